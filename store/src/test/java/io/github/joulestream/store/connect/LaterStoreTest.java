// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.history.HistoryRow;
import io.github.joulestream.store.history.HistoryStore;
import io.github.joulestream.store.history.Selection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LaterStoreTest {
  private static final class Store implements HistoryStore {
    private boolean closed;

    @Override
    public int requestsAtOnce() {
      return 7;
    }

    @Override
    public void read(Selection selection, Consumer<HistoryRow> rows) {}

    @Override
    public SortedSet<String> sites(Measurement measurement) {
      return new TreeSet<>(List.of("dc1"));
    }

    @Override
    public OptionalLong firstMillis(Selection of) {
      return OptionalLong.empty();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final AtomicLong nanos = new AtomicLong(-5);
  private final Store store = new Store();
  private int attempts;

  private HistoryStore connect() throws IOException {
    attempts++;
    if (attempts == 1) {
      throw new IOException("connection refused");
    }
    if (attempts == 2) {
      throw new UserError("the token is wrong");
    }
    return store;
  }

  @Test
  void aStoreThatComesLater_isConnectedTo_andTriedEveryTwoSecondsUntilThen() {
    LaterStore later = new LaterStore(this::connect, nanos::get);
    assertThat(later.requestsAtOnce()).isEqualTo(1);
    assertThatThrownBy(() -> later.sites(Measurement.LEDGER))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("connection refused");
    nanos.addAndGet(1_999_999_999L);
    assertThatThrownBy(() -> later.sites(Measurement.LEDGER))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("connection refused");
    assertThat(attempts).isEqualTo(1);
    nanos.addAndGet(1);
    assertThatThrownBy(() -> later.sites(Measurement.LEDGER))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the token is wrong");
    nanos.addAndGet(2_000_000_000L);
    assertThat(later.sites(Measurement.LEDGER)).containsExactly("dc1");
    assertThat(later.sites(Measurement.LEDGER)).containsExactly("dc1");
    assertThat(attempts).isEqualTo(3);
    assertThat(later.requestsAtOnce()).isEqualTo(7);
    later.close();
    assertThat(store.closed).isTrue();
  }

  @Test
  void aStoreThatIsClosed_isNotConnectedTo() {
    LaterStore later = new LaterStore(this::connect, nanos::get);
    later.close();
    assertThatThrownBy(() -> later.sites(Measurement.LEDGER))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(attempts).isZero();
  }
}
