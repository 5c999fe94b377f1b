// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.junit.jupiter.api.Test;

class PoisonTest {
  private record Place(String topic, int partition, long offset) implements RecordMetadata {}

  @Test
  void aRecordAtWhichTheProgramFailed_isKnownWhenItComesAgain() {
    Poison poison = new Poison();
    Place bad = new Place("telemetry", 3, 17);
    assertThat(poison.reason(bad)).isNull();
    assertThatThrownBy(() ->
            poison.guard(
                bad,
                () -> {
                  throw new ArithmeticException("long overflow");
                }))
        .isInstanceOf(Poison.PoisonFound.class)
        .hasMessageContaining("telemetry-3@17");
    assertThat(poison.reason(bad)).contains("long overflow");
    assertThat(poison.reason(new Place("telemetry", 3, 18))).isNull();
  }

  @Test
  void whatWorks_isNotRemembered() {
    Poison poison = new Poison();
    Place fine = new Place("telemetry", 0, 0);
    assertThat(poison.guard(fine, () -> 7)).isEqualTo(7);
    assertThat(poison.reason(fine)).isNull();
  }
}
