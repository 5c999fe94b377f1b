// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.app.Main;
import io.github.joulestream.e2e.OneBrokerSite.Part;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The wall clock of one part after the other is set back or ahead by an hour while readings flow,
 * and set right again: after each step new readings are booked and stored, the API has fresh
 * figures, and alerts are sent.
 */
class ITClockJumps {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SESSION = Duration.ofSeconds(15);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern ADDRESS = Pattern.compile("serving (http://[^\\s/]+)");
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern ONLY = Pattern.compile(System.getProperty("clock.rows", "."));

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Part, SteppedClock> clocks = new EnumMap<>(Part.class);
  private boolean budgetIsSet;

  /** What a row of the table is about. */
  private record Row(String fault, List<Part> parts, Duration first, String promised) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(
              "clock of an agent 1 h ahead, and right again",
              List.of(Part.AGENT),
              HOUR,
              "readings more than 5 min ahead are refused, counted and kept; others are booked"),
          new Row(
              "clock of `streams` 1 h back, and right again",
              List.of(Part.STREAMS),
              HOUR.negated(),
              "exactly once"),
          new Row(
              "clocks of store writer, API and alert sender 1 h back, and right again",
              List.of(Part.STORE_WRITER, Part.SERVE, Part.ALERT_SENDER),
              HOUR.negated(),
              "figures are fresh and alerts are sent"),
          new Row(
              "clock of the broker 1 h back, and right again",
              List.of(Part.BROKER),
              HOUR.negated(),
              "readings more than 5 min ahead of it are refused, counted and kept"));

  @Test
  void whateverTheClocksDo_nothingIsLostOrBookedTwice() throws Exception {
    Map<Part, Map<String, String>> environments = new EnumMap<>(Part.class);
    for (Row row : ROWS) {
      for (Part part : row.parts) {
        SteppedClock clock = new SteppedClock(folder, part.name());
        clocks.put(part, clock);
        environments.put(part, clock.environment());
      }
    }
    try (Inbox inbox = new Inbox();
        OneBrokerSite site = new OneBrokerSite(folder, environments)) {
      site.startAlertSender(inbox.url());
      site.start(Part.SERVE);
      site.awaitRuns(Part.SERVE);
      awaitWork(site, inbox);
      List<String> happened = new ArrayList<>();
      for (Row row : ROWS) {
        if (ONLY.matcher(row.fault).find()) {
          happened.add(step(site, inbox, row));
        }
      }
      OneBrokerSite.Figures figures = site.settle();
      int done = 0;
      for (Row row : ROWS) {
        if (ONLY.matcher(row.fault).find()) {
          figures.report(row.fault, 1, row.promised, happened.get(done++));
        }
      }
    }
  }

  private String step(OneBrokerSite site, Inbox inbox, Row row) throws Exception {
    long refused = refused(site);
    int restarts = site.restarts();
    List<Long> seconds = new ArrayList<>();
    for (Duration ahead : List.of(row.first, Duration.ZERO)) {
      for (Part part : row.parts) {
        requireNonNull(clocks.get(part), part.name()).set(ahead);
      }
      long begun = System.nanoTime();
      if (ahead.isNegative() && row.parts.contains(Part.BROKER)) {
        // all that is sent is ahead of its clock: it is counted, and there is nothing later to show
        site.awaitProgress();
        seconds.add(Duration.ofNanos(System.nanoTime() - begun).toSeconds());
        continue;
      }
      awaitWork(site, inbox);
      seconds.add(Duration.ofNanos(System.nanoTime() - begun).toSeconds());
      // beyond the session of a consumer: one that sends no heartbeats is expelled by then
      Await.until(
          "a session is over",
          LIMIT,
          () -> {
            site.supervise();
            return System.nanoTime() - begun > SESSION.toNanos();
          });
      awaitWork(site, inbox);
    }
    String happened =
        String.format(
            Locale.ROOT,
            "all parts worked %d s and %d s after the steps, %d restarts by the supervisor,"
                + " %,d readings refused and counted",
            seconds.getFirst(),
            seconds.getLast(),
            site.restarts() - restarts,
            refused(site) - refused);
    System.out.printf("clocks: %s: %s%n", row.fault, happened);
    return happened;
  }

  private static long refused(OneBrokerSite site) {
    Totals<SiteAmount> totals = site.books.site(OneBrokerSite.SITE);
    return totals.get(SiteAmount.REFUSED_FUTURE)
        + totals.get(SiteAmount.REFUSED_LATE)
        + totals.get(SiteAmount.REFUSED_OLD);
  }

  /** New readings are stored, the API has later ones, and an alert that fires or ends is sent. */
  private void awaitWork(OneBrokerSite site, Inbox inbox) throws Exception {
    int sent = inbox.taken().size();
    String budget =
        budgetIsSet
            ? "budget remove whole --site=site"
            : "budget set whole --site=site --scope=site --power=1W --thresholds=50 --forecast=0s"
                + " --resolve-after=10s --cooldown=0s";
    budgetIsSet = !budgetIsSet;
    assertThat(Main.run((budget + " --kafka=" + site.kafka()).split(" "))).as(budget).isZero();
    String before = readingTime(site);
    site.awaitProgress();
    Await.until(
        "the API has later readings than " + before,
        LIMIT,
        () -> {
          site.supervise();
          String now = readingTime(site);
          return !now.isEmpty() && !now.equals(before);
        },
        site::outputs);
    Await.until(
        "an alert is sent",
        LIMIT,
        () -> {
          site.supervise();
          return inbox.taken().size() > sent;
        },
        site::outputs);
  }

  /** The time of the latest reading that the API has; empty while it has none. */
  private String readingTime(OneBrokerSite site) throws Exception {
    Matcher address = ADDRESS.matcher(site.program(Part.SERVE).output());
    if (!address.find()) {
      return "";
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address.group(1) + "/api/v1/sites/site")).build();
    HttpResponse<String> answer;
    try {
      answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException _) {
      return ""; // it has ended: the supervisor starts it again
    }
    JsonNode state = JSON.readTree(answer.body());
    return answer.statusCode() == 200 && state.path("nodesReporting").asInt() > 0
        ? state.path("at").asText()
        : "";
  }
}
