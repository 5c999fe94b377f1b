// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

/** Laws of the wire over generated values; more by {@code -Dlaws.rounds=N -Dlaws.seed=S}. */
class WireLawsTest {
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 3_000);
  private static final long SEED = Long.getLong("laws.seed", 17L);

  @Test
  void law_whatDecodes_canBeWrittenAgain_andIsTheSame() {
    System.out.println("WireLawsTest seed " + SEED);
    for (Map.Entry<String, WireTest.Message> entry : WireTest.messages().entrySet()) {
      AvroSerde<?> serde = (AvroSerde<?>) entry.getValue().serde();
      Schema schema = entry.getValue().codec().schema();
      int decoded = 0;
      for (int round = 0; round < ROUNDS; round++) {
        AnyWire any = new AnyWire(new Random(SEED + 1_000_003L * round));
        byte[] bytes = entry.getKey().equals("telemetry") ? any.telemetry() : any.record(schema);
        try {
          WireLaws.comesBack(serde, bytes);
          decoded++;
        } catch (SerializationException e) {
          assertThat(e.getMessage()).as(entry.getKey()).isNotBlank();
        } catch (AssertionError e) {
          throw new AssertionError(
              "%s, round %d of seed %d".formatted(entry.getKey(), round, SEED), e);
        }
      }
      // neither all nor nothing: else it would say nothing
      assertThat(decoded).as(entry.getKey()).isBetween(ROUNDS / 20, ROUNDS - ROUNDS / 100);
    }
  }
}
