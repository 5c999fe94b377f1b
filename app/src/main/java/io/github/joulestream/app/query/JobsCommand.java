// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.api.JobPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs of who asks: energy, cost, what was held idle, and advice. */
@Command(
    name = "jobs",
    sortOptions = false,
    description = "Show your jobs, running and past: energy, cost, CO2e, held idle, advice.",
    footer = {
      "",
      "Without --since, jobs that run or ended within ten minutes. What you may see is shown, no more.",
      "",
      "  joulestream jobs                      your jobs that run",
      "  joulestream jobs --since 7d           those of the last week",
      "  joulestream jobs 4711                 one of them, with advice",
      "  joulestream jobs --all --sort -energy --json"
    })
public final class JobsCommand extends QueryCommand {
  private static final int MOST = 100_000;
  private static final int MOST_ADVISED = 3;
  private static final int FOUND = 2;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "JOB",
      description = "One job: 4711, or cluster/4711; without it a list.")
  @Nullable String job;

  @Option(names = "--all", description = "All jobs that you may see, not only your own.")
  boolean all;

  @Option(names = "--user", paramLabel = "NAME", description = "Jobs of this user.")
  @Nullable String user;

  @Option(names = "--project", paramLabel = "NAME", description = "Jobs of this project.")
  @Nullable String project;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Jobs in this state: running, completed, failed, cancelled, timeout, unknown.")
  @Nullable String state;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Jobs under way since then: 24h, 7d, 2026-11-01, 2026-11-01T12:00:00Z.")
  @Nullable String since;

  @Option(names = "--site", paramLabel = "NAME", description = "Jobs of this site.")
  @Nullable String site;

  @Option(
      names = "--sort",
      paramLabel = "BY",
      description = "power, energy, start or heldIdle; with a minus sign the largest first.")
  @Nullable String sort;

  @Option(
      names = "--limit",
      paramLabel = "NUMBER",
      defaultValue = "100",
      description = "Jobs at most (default: ${DEFAULT-VALUE}).")
  int limit = 100;

  @Override
  void query(ApiClient api) throws Exception {
    if (limit < 1 || limit > MOST) {
      throw UserError.usage("--limit takes 1 to 100,000 jobs, not " + limit);
    }
    if (job != null) {
      JsonNode detail = api.get(path(api, job));
      if (json) {
        print(detail);
      } else {
        print(JobText.lines(detail, clock.epochMillis()));
      }
      return;
    }
    list(api);
  }

  private void list(ApiClient api) throws ApiClient.Unreachable {
    boolean own = !all && user == null && project == null;
    // a machine's token is nobody's: it has no jobs of its own
    boolean isSomebody = own && !api.get("/api/v1/me").path("user").asText().isEmpty();
    JobPages pages =
        JobPages.read(
            api,
            parameters(
                "site", site,
                "user", isSomebody ? "me" : user,
                "project", project,
                "state", state == null ? null : state.toUpperCase(Locale.ROOT),
                "from", since,
                "sort", sort),
            limit);
    if (json) {
      ObjectNode whole = new JsonMapper().createObjectNode();
      whole.putArray("jobs").addAll(pages.jobs());
      whole.put("more", pages.more());
      print(whole);
      return;
    }
    if (pages.jobs().isEmpty()) {
      out()
          .println(
              (isSomebody ? "no jobs of yours" : "no jobs")
                  + (since == null ? " run now; --since 7d shows those that are over" : ""));
      return;
    }
    print(JobTable.lines(pages.jobs(), clock.epochMillis()));
    if (pages.more()) {
      out().printf("there are more than %,d: --limit shows more%n", limit);
    }
    if (isSomebody) {
      print(advice(api, pages.jobs()));
    }
  }

  /** Advice on those that held the most idle. */
  private static List<String> advice(ApiClient api, List<JsonNode> jobs)
      throws ApiClient.Unreachable {
    List<JsonNode> idle =
        jobs.stream()
            .filter(job -> job.path("heldIdleMillijoules").asLong() > 0)
            .sorted(
                Comparator.comparingLong((JsonNode job) -> job.path("heldIdleMillijoules").asLong())
                    .reversed())
            .limit(MOST_ADVISED)
            .toList();
    List<String> lines = new ArrayList<>();
    for (JsonNode job : idle) {
      JsonNode detail = api.get(job.path("path").asText());
      lines.addAll(JobText.advice(detail, Figures.text(job.path("job")) + ": "));
    }
    if (!lines.isEmpty()) {
      lines.addFirst("");
    }
    return lines;
  }

  private String path(ApiClient api, String id) throws ApiClient.Unreachable {
    if (site != null) {
      return JobPath.of(site, id);
    }
    List<String> sites = new ArrayList<>();
    for (JsonNode each : api.get("/api/v1/sites").path("sites")) {
      sites.add(each.path("site").asText());
    }
    if (sites.size() == 1) {
      return JobPath.of(sites.getFirst(), id);
    }
    return pathInList(api, id);
  }

  /** Of several sites, the one where a job of that name is listed. */
  private String pathInList(ApiClient api, String id) throws ApiClient.Unreachable {
    List<String> paths = new ArrayList<>();
    for (Map<String, String> filters :
        List.of(parameters(), parameters("from", since == null ? "7d" : since))) {
      for (JsonNode each : JobPages.read(api, filters, MOST).jobs()) {
        String path = each.path("path").asText();
        if (each.path("job").asText().equals(id) && !paths.contains(path)) {
          paths.add(path);
        }
      }
    }
    if (paths.size() >= FOUND) {
      throw UserError.usage("several sites have a job of that name; name one with --site");
    }
    if (paths.isEmpty()) {
      throw new UserError("no such job of yours within a week; name its site with --site");
    }
    return paths.getFirst();
  }
}
