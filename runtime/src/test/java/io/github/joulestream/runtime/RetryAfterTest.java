// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryAfterTest {
  @Test
  void isSecondsOrADate() {
    String date = "Tue, 24 Nov 2026 10:00:00 GMT";
    assertThat(RetryAfter.millis("120", null)).isEqualTo(120_000);
    assertThat(RetryAfter.millis("Tue, 24 Nov 2026 10:01:30 GMT", date)).isEqualTo(90_000);
    assertThat(RetryAfter.millis("Tue, 24 Nov 2026 09:00:00 GMT", date)).isZero();
    assertThat(RetryAfter.millis("Tue, 24 Nov 2026 10:01:30 GMT", null)).isZero();
    assertThat(RetryAfter.millis("soon", date)).isZero();
    assertThat(RetryAfter.millis(null, date)).isZero();
  }
}
