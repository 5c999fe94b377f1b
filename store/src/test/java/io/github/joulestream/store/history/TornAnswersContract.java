// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.store.TornServer;
import io.github.joulestream.store.TornServer.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of a store that are not complete, as a reader of ledgers meets them. */
public abstract class TornAnswersContract {
  /** Of a store at an address. */
  protected abstract HistoryReader reader(URI url);

  /** Beginnings of an answer, each without its end. */
  protected abstract List<String> beginnings();

  /** The hours of the first day of site s. */
  protected final List<SiteStep> read(URI url) {
    List<SiteStep> steps = new ArrayList<>();
    try (HistoryReader history = reader(url)) {
      history.siteSteps(
          new TreeSet<>(Set.of("s")),
          new TimeRange(0, 86_400_000),
          Windows.HOUR_MILLIS,
          steps::add);
    }
    return steps;
  }

  /** What the server answers is no result, and the reason is in one line. */
  protected final void isUnreadable(TornServer server, String reason) {
    assertThatThrownBy(() -> read(server.url()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("the store at " + server.url() + " cannot be read: ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void anAnswerThatEndsInItsMiddle_isNoShorterResult(Ending ending) throws IOException {
    for (String sent : beginnings()) {
      try (TornServer server = TornServer.inChunks(false, ending, " " + sent)) {
        isUnreadable(server, "");
      }
      try (TornServer server = TornServer.ofLength(10_000, sent, ending)) {
        isUnreadable(server, "");
      }
    }
  }
}
