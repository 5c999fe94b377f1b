// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final AtomicLong nanos = new AtomicLong(-7);

  @Test
  void aBucket_hasItsBurst_andFillsAtItsRate() {
    RateLimit limit = new RateLimit(2, 3, nanos::get);
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take("ann")).isZero();
    }
    assertThat(limit.take("ann")).isEqualTo(Duration.ofMillis(500));
    assertThat(limit.take("ben")).isZero();
    nanos.addAndGet(499_999_999);
    assertThat(limit.take("ann")).isPositive();
    nanos.addAndGet(1);
    assertThat(limit.take("ann")).isZero();
    assertThat(limit.take("ann")).isPositive();
    nanos.addAndGet(3_600_000_000_000L);
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take("ann")).isZero();
    }
    assertThat(limit.take("ann")).isPositive();
  }

  @Test
  void withoutARate_nothingIsLimited() {
    RateLimit limit = new RateLimit(0, 1, nanos::get);
    for (int i = 0; i < 1_000; i++) {
      assertThat(limit.take("ann")).isZero();
    }
  }

  @Test
  void buckets_areBounded_andFullOnesMakePlace() {
    RateLimit limit = new RateLimit(1, 2, nanos::get);
    for (int i = 0; i < 10_000; i++) {
      assertThat(limit.take("peer" + i)).isZero();
    }
    assertThat(limit.take("one more")).isEqualTo(Duration.ofSeconds(1));
    nanos.addAndGet(1_000_000_000);
    assertThat(limit.take("one more")).isZero();
  }
}
