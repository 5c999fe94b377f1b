// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DistinctErrorsTest {
  private final List<String> lines = new ArrayList<>();
  private long nanos;
  private final DistinctErrors errors = new DistinctErrors(lines::add, () -> nanos);

  @Test
  void ofEachKindOneLineAMinuteWithTheNumberOfThoseLeftOut() {
    errors.warn("jobs: empty", "jobs-0@1: empty");
    errors.warn("jobs: empty", "jobs-0@2: empty");
    errors.warn("nodes: empty", "nodes-0@1: empty");
    nanos = Duration.ofSeconds(59).toNanos();
    errors.warn("jobs: empty", "jobs-0@3: empty");
    nanos = Duration.ofMinutes(1).toNanos();
    errors.warn("jobs: empty", "jobs-0@4: empty");
    errors.warn("jobs: empty", "jobs-0@5: empty");
    nanos = Duration.ofMinutes(2).toNanos();
    errors.warn("nodes: empty", "nodes-0@2: empty");

    assertThat(lines)
        .containsExactly(
            "jobs-0@1: empty",
            "nodes-0@1: empty",
            "jobs-0@4: empty (2 more like it were not logged)",
            "nodes-0@2: empty");
  }

  @Test
  void howeverManyKindsSomebodyInvents_aMinuteHasABoundedNumberOfLines() {
    for (int i = 0; i < 10_000; i++) {
      errors.warn("kind " + i, "line " + i);
    }
    assertThat(lines).hasSize(256).endsWith("line 255");
    // then there is room again, and what was left out is said
    nanos = Duration.ofMinutes(1).toNanos();
    errors.warn("another", "another");
    errors.warn("kind 255", "line 255 again");
    assertThat(lines)
        .hasSize(258)
        .endsWith("another (9744 more like it were not logged)", "line 255 again");
  }
}
