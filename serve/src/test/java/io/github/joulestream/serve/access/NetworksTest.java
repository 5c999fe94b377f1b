// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.7, 10.0.0.7, true",
    "10.0.0.7, 10.0.0.6, false",
    "10.0.0.4/31, 10.0.0.5, true",
    "10.0.0.4/31, 10.0.0.6, false",
    "0.0.0.0/0, 192.0.2.1, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "fd00::/8, fd12::1, true",
    "fd00::/8, fe80::1, false",
    "2001:db8::/33, 2001:db8:8000::, false",
    "127.0.0.1, ::ffff:127.0.0.1, true",
  })
  void aRange_holdsItsAddresses(String range, String address, boolean held) {
    assertThat(Networks.of(List.of(range)).contains(InetAddress.ofLiteral(address)))
        .isEqualTo(held);
  }

  /** Names are not looked up: whoever answers for the name would be believed. */
  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8x", "::/129"})
  void whatIsNoRange_isRefused(String text) {
    assertThatThrownBy(() -> Networks.of(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void none_holdsNothing() {
    assertThat(Networks.of(List.of()).contains(InetAddress.ofLiteral("127.0.0.1"))).isFalse();
    assertThat(Networks.of(List.of()).isEmpty()).isTrue();
    assertThat(Networks.of(List.of("10.0.0.0/8", "::1"))).hasToString("10.0.0.0/8, ::1");
  }
}
