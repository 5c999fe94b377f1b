// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.store.TornServer;
import io.github.joulestream.store.TornServer.Ending;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.StoredHistory;
import io.github.joulestream.store.history.TornAnswersContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers of a QuestDB that are not complete, as a reader meets them. */
class QuestDbHistoryTest extends TornAnswersContract {
  // a query for columns and one for rows have the same answer here: it serves as both
  private static final String HEAD =
      "{\"query\":\"q\",\"columns\":[{\"name\":\"column\",\"type\":\"VARCHAR\"},"
          + "{\"name\":\"site\",\"type\":\"SYMBOL\"},{\"name\":\"time\",\"type\":\"LONG\"},"
          + "{\"name\":\"measured_total_millijoules\",\"type\":\"LONG\"}],\"timestamp\":-1,\"dataset\":[";
  private static final String ROW = "[\"measured_total_millijoules\",\"s\",3600000000000,17]";
  private static final String OTHER = "[\"x\",\"s\",7200000000000,18]";

  @Override
  protected HistoryReader reader(URI url) {
    return new StoredHistory(new QuestDbHistory(url, ReadLimits.OF_REPORTS));
  }

  @Override
  protected List<String> beginnings() {
    return List.of(
        "", HEAD, HEAD + ROW, HEAD + ROW + ",", HEAD + ROW + "]", HEAD + "[\"a\",\"s\",36");
  }

  @Test
  void aCompleteAnswer_isRead() throws IOException {
    try (TornServer server =
        TornServer.inChunks(
            true, Ending.CLOSED, HEAD + ROW, "," + OTHER, "],\"count\":2,\"timings\":{}}")) {
      assertThat(read(server.url()))
          .extracting(SiteStep::stepStart)
          .containsExactly(3_600_000L, 7_200_000L);
    }
  }

  @Test
  void anAnswerWithFewerRowsThanItCounts_isNotComplete() throws IOException {
    try (TornServer server =
        TornServer.inChunks(true, Ending.CLOSED, HEAD + ROW + "],\"count\":2}")) {
      isUnreadable(server, "ended an answer in its middle, after 1 rows");
    }
    try (TornServer server = TornServer.inChunks(true, Ending.CLOSED, HEAD + ROW + "]}")) {
      isUnreadable(server, "in its middle");
    }
    try (TornServer server =
        TornServer.inChunks(true, Ending.CLOSED, HEAD + "[\"a\",\"s\",1]],\"count\":1}")) {
      isUnreadable(server, "row");
    }
  }

  @Test
  void anErrorInAnAnswer_isTheReason() throws IOException {
    try (TornServer server =
        TornServer.inChunks(
            true,
            Ending.CLOSED,
            HEAD + ROW + "],\"count\":1,\"error\":\"timeout, query aborted\"}")) {
      isUnreadable(server, "timeout, query aborted");
    }
    try (TornServer server =
        TornServer.ofStatus(400, "{\"query\":\"q\",\"error\":\"no such function\"}")) {
      isUnreadable(server, "it answers 400: no such function");
    }
    try (TornServer server = TornServer.ofStatus(500, "")) {
      isUnreadable(server, "it answers 500");
    }
  }

  @Test
  void aTableThatIsNotThere_hasNoRows() throws IOException {
    try (TornServer server =
        TornServer.ofStatus(400, "{\"error\":\"table does not exist [table=ledger]\"}")) {
      assertThat(read(server.url())).isEmpty();
    }
  }

  @Test
  void aTableThatIsNotThere_isLookedForAgain() throws IOException {
    try (TornServer server =
            TornServer.ofStatus(400, "{\"error\":\"table does not exist [table=ledger]\"}");
        HistoryReader history =
            new StoredHistory(new QuestDbHistory(server.url(), ReadLimits.OF_VIEWS))) {
      assertThat(history.sites()).isEmpty();
      assertThat(history.sites()).isEmpty();
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void aStoreThatDeniesAccess_isNamedWithWhatToGive() throws IOException {
    for (int status : List.of(401, 403)) {
      try (TornServer server = TornServer.ofStatus(status, "Unauthorized")) {
        isUnreadable(server, "denies access (%d) -> give user and password".formatted(status));
      }
    }
  }

  @Test
  void aStoreThatIsAway_isUnreadable() throws IOException {
    URI nobody;
    try (TornServer server = TornServer.ofStatus(200, "")) {
      nobody = server.url();
    }
    assertThatThrownBy(() -> read(nobody))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("the store at " + nobody + " cannot be read: ");
  }
}
