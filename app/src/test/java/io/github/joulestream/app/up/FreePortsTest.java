// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void aPreferredPort_isTakenIfFree_elseAnother() throws IOException {
    int wanted;
    try (ServerSocketChannel first = FreePorts.listen(0)) {
      wanted = first.socket().getLocalPort();
      try (ServerSocketChannel other =
          FreePorts.open(FreePorts.Choice.preferred(wanted), FreePorts::listen)) {
        assertThat(other.socket().getLocalPort()).isPositive().isNotEqualTo(wanted);
      }
    }
    try (ServerSocketChannel now =
        FreePorts.open(FreePorts.Choice.preferred(wanted), FreePorts::listen)) {
      assertThat(now.socket().getLocalPort()).isEqualTo(wanted);
    }
  }

  @Test
  void aNamedPortThatIsTaken_isAnErrorThatSaysWhoHasIt_andWhatToDo() throws IOException {
    try (ServerSocketChannel first = FreePorts.listen(0)) {
      int taken = first.socket().getLocalPort();
      assertThatThrownBy(() ->
              FreePorts.open(FreePorts.Choice.named(taken, "--store-port"), FreePorts::listen)
                  .close())
          .isInstanceOf(UserError.class)
          .hasMessageContaining("port " + taken + " is in use by process ")
          .hasMessageContaining(Long.toString(ProcessHandle.current().pid()))
          .hasMessageContaining("--store-port PORT")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void whoListensOnAPort_isKnown_andWhereNobodyDoesNobodyIs() throws IOException {
    int port;
    try (ServerSocketChannel channel = FreePorts.listen(0)) {
      port = channel.socket().getLocalPort();
      assertThat(FreePorts.holder(port))
          .hasValueSatisfying(who -> assertThat(who).contains("java"));
    }
    assertThat(FreePorts.holder(port)).isEmpty();
  }

  @Test
  void aPortThatThereIsNot_isAUsageError() {
    for (int port : new int[] {-1, 65_536, 99_999}) {
      assertThatThrownBy(() -> FreePorts.Choice.named(port, "--kafka-port"))
          .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
          .hasMessage("--kafka-port must be 0 (any free port) to 65535, not " + port);
    }
  }
}
