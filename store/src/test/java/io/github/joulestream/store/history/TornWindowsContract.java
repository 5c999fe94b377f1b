// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.store.TornServer;
import io.github.joulestream.store.TornServer.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of a store that are not complete, as a reader of sites, nodes and jobs meets them. */
public abstract class TornWindowsContract {
  private static final TimeRange RANGE = new TimeRange(86_400_000, 2 * 86_400_000);

  /** Of a store at an address. */
  protected abstract WindowReader reader(URI url);

  /** Beginnings of an answer, each without its end. */
  protected abstract List<String> beginnings();

  /** An answer with an end, that has less than it announces. */
  protected abstract String announcesMore();

  @ParameterizedTest
  @EnumSource(Ending.class)
  void anAnswerThatEndsInItsMiddle_isNoShorterResult(Ending ending) throws IOException {
    for (String sent : beginnings()) {
      try (TornServer server = TornServer.inChunks(false, ending, " " + sent)) {
        isUnreadable(server);
      }
      try (TornServer server = TornServer.ofLength(10_000, sent, ending)) {
        isUnreadable(server);
      }
    }
    try (TornServer server = TornServer.inChunks(true, ending, announcesMore())) {
      isUnreadable(server);
    }
  }

  private void isUnreadable(TornServer server) {
    List<Consumer<WindowReader>> reads =
        List.of(
            windows -> windows.job("s", "j", RANGE, 9, _ -> {}),
            windows -> windows.sitePower("s", RANGE, 60_000, 9, _ -> {}),
            windows -> windows.nodePower("s", "n", RANGE, 60_000, 9, _ -> {}),
            windows -> windows.placementsOfNode("s", "n", RANGE, 9, _ -> {}),
            windows -> windows.devices("s", "n", RANGE, 9, _ -> {}));
    for (Consumer<WindowReader> read : reads) {
      try (WindowReader windows = reader(server.url())) {
        assertThatThrownBy(() -> read.accept(windows))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageStartingWith("the store at " + server.url() + " cannot be read: ");
      }
    }
  }
}
