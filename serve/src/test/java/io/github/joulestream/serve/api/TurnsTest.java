// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.http.Problem;
import java.time.Duration;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final Viewer ALICE = new Viewer("alice", Role.USER, new TreeSet<>());
  private static final Viewer BOB = new Viewer("bob", Role.USER, new TreeSet<>());

  @Test
  void oneViewer_leavesTurnsToOthers() throws Exception {
    Turns turns = new Turns(2, 1, Duration.ofSeconds(7));
    Turns.Turn first = turns.take(ALICE);
    assertThatThrownBy(() -> turns.take(ALICE))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.status()).isEqualTo(429));
    try (Turns.Turn _ = turns.take(BOB)) {
      first.close();
      try (Turns.Turn _ = turns.take(ALICE)) {
        assertThatThrownBy(() -> turns.take(new Viewer("", Role.VIEWER, new TreeSet<>())))
            .isInstanceOfSatisfying(
                Problem.class, problem -> assertThat(problem.status()).isEqualTo(503));
      }
    }
  }
}
