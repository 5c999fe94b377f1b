// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.TornServer;
import io.github.joulestream.store.TornServer.Ending;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.StoredHistory;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.TornAnswersContract;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Answers of an InfluxDB that are not complete, as a reader meets them. */
class InfluxQlHistoryTest extends TornAnswersContract {
  private static final String PART =
      "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"ledger\",\"tags\":{\"site\":\"s\"},"
          + "\"columns\":[\"time\",\"measured_total_millijoules\"],\"values\":[[%d,%d]],"
          + "\"partial\":true}],\"partial\":true}]}\n";
  private static final String FIRST = PART.formatted(3_600_000_000_000L, 17);
  private static final String LAST =
      PART.formatted(7_200_000_000_000L, 18).replace(",\"partial\":true", "");

  @Override
  protected HistoryReader reader(URI url) {
    return new StoredHistory(
        new InfluxQlHistory(
            new InfluxV1(new InfluxAddress(url, InfluxAddress.NO_TOKEN, "-")),
            Buckets.named("joulestream"),
            ReadLimits.OF_REPORTS));
  }

  @Override
  protected List<String> beginnings() {
    return List.of(
        "", FIRST, FIRST + LAST, FIRST + "{\"res", FIRST.substring(0, FIRST.indexOf("]]")));
  }

  @Test
  void aCompleteAnswer_isRead() throws IOException {
    try (TornServer server = TornServer.inChunks(true, Ending.CLOSED, FIRST, LAST)) {
      assertThat(read(server.url()))
          .extracting(SiteStep::stepStart)
          .containsExactly(3_600_000L, 7_200_000L);
    }
    try (TornServer server =
        TornServer.inChunks(true, Ending.CLOSED, "{\"results\":[{\"statement_id\":0}]}\n")) {
      assertThat(read(server.url())).isEmpty();
    }
  }

  @Test
  void anAnswerThatAnnouncesMore_isNotComplete() throws IOException {
    for (String whole : List.of(FIRST, "", LAST.substring(0, LAST.length() - 3))) {
      try (TornServer server = TornServer.inChunks(true, Ending.CLOSED, " " + whole)) {
        isUnreadable(server, "");
      }
    }
  }

  @Test
  void anErrorInAnAnswer_isTheReason() throws IOException {
    for (String error :
        List.of(
            "{\"error\":\"engine: closed\"}\n",
            "{\"results\":[{\"statement_id\":0,\"error\":\"engine: closed\"}]}\n")) {
      try (TornServer server = TornServer.inChunks(true, Ending.CLOSED, FIRST, error)) {
        isUnreadable(server, "engine: closed");
      }
    }
    try (TornServer server = TornServer.ofStatus(503, "{\"error\":\"overloaded\"}")) {
      isUnreadable(server, "answers 503: overloaded");
    }
  }

  @Test
  void aDatabaseThatIsNotThere_hasNoRows() throws IOException {
    try (TornServer server =
        TornServer.inChunks(
            true,
            Ending.CLOSED,
            "{\"results\":[{\"statement_id\":0,\"error\":\"database not found: x\"}]}\n")) {
      assertThat(read(server.url())).isEmpty();
    }
  }

  @Test
  void aStoreThatDeniesAccess_isNamedWithWhatToGive() throws IOException {
    try (TornServer server = TornServer.ofStatus(401, "{\"error\":\"authorization failed\"}")) {
      isUnreadable(
          server,
          "authorization failed -> give --store-token-file of a user who may read database joulestream-years");
    }
  }

  @Test
  void yearsAreAskedForByTheMonth_andNamesAreTexts() throws IOException {
    try (TornServer server =
            TornServer.inChunks(true, Ending.CLOSED, "{\"results\":[{\"statement_id\":0}]}\n");
        HistoryReader history = reader(server.url())) {
      history.siteSteps(
          new TreeSet<>(Set.of("o'\\\n\"s")),
          new TimeRange(0, 365 * 86_400_000L),
          Windows.QUARTER_HOUR_MILLIS,
          _ -> {});
      assertThat(server.requests())
          .hasSize(12)
          .allMatch(line -> line.contains("joulestream-years"));
      assertThat(server.requests().getFirst())
          .contains("site%22+%3D+%27o%5C%27%5C%5C%E2%90%8A%22s%27")
          .contains("time+%3E%3D+0000000+AND+time+%3C+2678400000000000");
    }
  }
}
