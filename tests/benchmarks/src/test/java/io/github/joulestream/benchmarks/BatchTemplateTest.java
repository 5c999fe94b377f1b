// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchTemplateTest {
  private static final long START = 1_700_000_000_000L;

  private static TelemetryBatch batch(String node, long sequence, long later, long laterOfSecond) {
    return new TelemetryBatch(
        "dc1",
        node,
        START,
        sequence,
        List.of(
            new DeviceSeries(
                Device.sensor("gpu0", DeviceKind.GPU),
                Readings.ofCounter(
                    new long[] {START + later, START + later + 1_000},
                    new long[] {500_000, 510_000},
                    new long[] {7_000_000, 512_000_000})),
            new DeviceSeries(
                Device.sensor("gpu1", DeviceKind.GPU),
                Readings.ofPower(
                    new long[] {START + laterOfSecond, START + laterOfSecond + 1_000},
                    new long[] {70_000, Readings.MISSING}))));
  }

  private static TelemetryBatch decoded(byte[] bytes) {
    return WireSerdes.telemetry().deserializer().deserialize("telemetry", bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "n1, 0, 0",
    "node-001-1099, 63, 1",
    "node-001-1099, 64, 86400000",
    "ü, 9223372036854775807, -1700000000001",
  })
  void onlyNodeSequenceAndTimesDiffer(String node, long sequence, long later) {
    BatchTemplate template = BatchTemplate.of(batch("node-001", 5, 0, 0));

    byte[] sent = template.of(node.getBytes(UTF_8), sequence, later);

    assertThat(decoded(sent)).isEqualTo(batch(node, sequence, later, later));
    assertThat(template.readings()).isEqualTo(4);
  }

  @Test
  void aBatchOfDevicesWithTimesOfTheirOwnKeepsThem() {
    BatchTemplate template = BatchTemplate.of(batch("node-001", 5, 0, 250));

    assertThat(decoded(template.of("n1".getBytes(UTF_8), 6, 0))).isEqualTo(batch("n1", 6, 0, 250));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> template.of("n1".getBytes(UTF_8), 6, 1))
        .withMessageContaining("times");
  }
}
