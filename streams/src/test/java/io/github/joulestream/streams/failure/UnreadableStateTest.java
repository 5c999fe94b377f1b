// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.joulestream.energy.StateFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class UnreadableStateTest {
  @Test
  void stateOfALaterRelease_isAnErrorForTheOperator_inOneLine() {
    IOException unknown =
        (IOException) catchThrowable(() -> new StateFormat("a thing", 'T', 1).check(2));
    StreamsException thrown = new StreamsException("task 0_1", new UncheckedIOException(unknown));
    assertThat(UnreadableState.of("joulestream", thrown))
        .hasValueSatisfying(error -> {
          assertThat(error.getMessage())
              .startsWith("the state of joulestream is not readable: a thing of format 2: ")
              .contains("Start the release that wrote it, or reset the state")
              .doesNotContain("\n");
          assertThat(error).hasCause(thrown);
        });
  }

  @Test
  void damagedState_isAnErrorForTheOperator() {
    IOException damaged =
        new DamagedStateException("chunk 7 of node-journal", new IOException("it has 3 bytes"));
    assertThat(UnreadableState.of("joulestream", new UncheckedIOException(damaged)))
        .hasValueSatisfying(error ->
            assertThat(error)
                .hasMessageStartingWith(
                    "the state of joulestream is not readable: chunk 7 of node-journal is damaged:"
                        + " it has 3 bytes; no record was processed with it"));
  }

  @Test
  void otherFailures_areNone() {
    assertThat(UnreadableState.of("joulestream", new StreamsException("the disk"))).isEmpty();
    assertThat(
            UnreadableState.of(
                "joulestream", new UncheckedIOException(new IOException("the disk"))))
        .isEmpty();
  }
}
