// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.reports.StandardOutput;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sites and the jobs with the most power, again and again. */
@Command(
    name = "top",
    sortOptions = false,
    description = "Show sites and the jobs with the most power, every two seconds.",
    footer = {
      "",
      "Ctrl-C ends it. Where the output is no terminal, one list follows the other.",
      "",
      "  joulestream top",
      "  joulestream top --once --json"
    })
public final class TopCommand extends QueryCommand {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final int MOST = 1_000;
  private static final String CLEAR = "\u001b[2J";
  private static final String HOME = "\u001b[H";
  private static final String END_OF_LINE = "\u001b[K";
  private static final String REST = "\u001b[J";

  @Option(names = "--once", description = "Once, and end.")
  boolean once;

  @Option(names = "--site", paramLabel = "NAME", description = "Of this site alone.")
  @Nullable String site;

  @Option(
      names = "--limit",
      paramLabel = "NUMBER",
      defaultValue = "15",
      description = "Jobs at most (default: ${DEFAULT-VALUE}).")
  int limit = 15;

  @Override
  void query(ApiClient api) throws Exception {
    if (limit < 1 || limit > MOST) {
      throw UserError.usage("--limit takes 1 to 1,000 jobs, not " + limit);
    }
    // what cannot be read at first is an error; later it may come back
    List<String> first = read(api);
    if (once) {
      print(first);
      return;
    }
    boolean terminal = !json && StandardOutput.isTerminal();
    if (terminal) {
      out().print(CLEAR);
    }
    show(first, terminal);
    try (ShutdownSignal stopping = new ShutdownSignal()) {
      while (!stopping.await(INTERVAL)) {
        try {
          show(read(api), terminal);
        } catch (ApiClient.Unreachable e) {
          show(List.of(ShownText.of(String.valueOf(e.getMessage()))), terminal);
        }
      }
    }
  }

  private List<String> read(ApiClient api) throws ApiClient.Unreachable {
    List<JsonNode> sites = sites(api);
    JobPages jobs =
        JobPages.read(api, parameters("site", site, "state", "RUNNING", "sort", "-power"), limit);
    if (json) {
      ObjectNode whole = new JsonMapper().createObjectNode();
      whole.putArray("sites").addAll(sites);
      whole.putArray("jobs").addAll(jobs.jobs());
      whole.put("more", jobs.more());
      return new ArrayList<>(List.of(whole.toString()));
    }
    List<String> lines = new ArrayList<>(SiteTable.lines(sites));
    lines.add("");
    lines.addAll(JobTable.lines(jobs.jobs(), clock.epochMillis()));
    if (jobs.more()) {
      lines.add("and more: --limit shows more");
    }
    return lines;
  }

  private List<JsonNode> sites(ApiClient api) throws ApiClient.Unreachable {
    List<JsonNode> sites = new ArrayList<>();
    for (JsonNode each : api.get("/api/v1/sites").path("sites")) {
      if (site == null || each.path("site").asText().equals(site)) {
        sites.add(each);
      }
    }
    return sites;
  }

  private void show(List<String> lines, boolean over) {
    if (over) {
      StringBuilder screen = new StringBuilder(HOME);
      lines.forEach(line -> screen.append(line).append(END_OF_LINE).append('\n'));
      out().print(screen.append(REST));
    } else {
      print(lines);
    }
    out().flush();
  }
}
