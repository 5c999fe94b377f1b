// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class HealthOptionTest {
  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean answers(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  private static AutoCloseable open(HealthOption option) {
    return option.open(new Metrics(), () -> Health.GOOD);
  }

  @Test
  void withoutAnOptionTheProgramsOwnPortIsOpened() throws Exception {
    int port = free();
    try (AutoCloseable _ = open(new HealthOption(port))) {
      assertThat(answers(port)).isTrue();
      // a second one of a sort goes without
      open(new HealthOption(port)).close();
      assertThat(answers(port)).isTrue();
    }
    assertThat(answers(port)).isFalse();
  }

  @Test
  void aPortThatWasNamedAndIsTakenIsAnError() throws Exception {
    int port = free();
    try (AutoCloseable _ = open(new HealthOption(port))) {
      HealthOption named = new HealthOption(free());
      named.port = Integer.toString(port);
      assertThatThrownBy(() -> open(named)).isInstanceOf(UserError.class);
    }
  }

  @Test
  void offOpensNone() throws Exception {
    int port = free();
    for (String off : new String[] {"off", "none", "OFF"}) {
      HealthOption option = new HealthOption(port);
      option.port = off;
      try (AutoCloseable _ = open(option)) {
        assertThat(answers(port)).isFalse();
      }
    }
  }

  @Test
  void whatIsNoPortIsAnErrorOfUsage() {
    for (String bad : new String[] {"-1", "65536", "99999", "http", ""}) {
      HealthOption option = new HealthOption(0);
      option.port = bad;
      assertThatThrownBy(() -> open(option))
          .as(bad)
          .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue());
    }
  }
}
