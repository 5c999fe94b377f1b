// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.ThrottleReason;
import io.github.joulestream.producers.probe.nvml.StatusNode;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that a node reports besides power, from the library with NVML's interface and files as of the
 * kernel: as the agent publishes it, decoded.
 */
class StatusOnTheWireTest {
  @TempDir Path root;
  private final List<byte[]> published = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void whatTheAgentPublishes_hasEachColumnOfEachDevice() throws Exception {
    try (StatusNode node = new StatusNode(root);
        NodeAgent agent =
            new NodeAgent(
                new AgentSettings("s", "n"), node.probes(), new Wire(), () -> 0, nanos::get)) {
      assertThat(next(agent).keySet())
          .containsExactlyInAnyOrder("GPU-aa", "GPU-bb", "package-0", "nvme0n1");
      node.count();
      Map<String, DeviceStatus> second = next(agent);
      EnumMap<StatusColumn, Long> expected = new EnumMap<>(StatusColumn.class);
      expected.put(StatusColumn.TEMPERATURE_DECIDEGREES, 610L);
      expected.put(StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES, 710L);
      expected.put(StatusColumn.SM_CLOCK_MEGAHERTZ, 1_901L);
      expected.put(StatusColumn.MEMORY_CLOCK_MEGAHERTZ, 2_601L);
      expected.put(StatusColumn.POWER_LIMIT_MILLIWATTS, 550_001L);
      expected.put(StatusColumn.THROTTLE_REASONS, (long) ThrottleReason.THERMAL.bit());
      expected.put(StatusColumn.FAN_BASIS_POINTS, 4_100L);
      expected.put(StatusColumn.ECC_CORRECTED_ERRORS, 5L);
      expected.put(StatusColumn.ECC_UNCORRECTED_ERRORS, 6L);
      expected.put(StatusColumn.XID_ERRORS, 2L);
      expected.put(StatusColumn.LAST_XID, 79L);
      expected.put(StatusColumn.NVLINK_SENT_BYTES, 700L << 10);
      expected.put(StatusColumn.NVLINK_RECEIVED_BYTES, 800L << 10);
      expected.put(StatusColumn.PCIE_SENT_BYTES, 9_000L);
      expected.put(StatusColumn.PCIE_RECEIVED_BYTES, 10_000L);
      assertThat(requireNonNull(second.get("GPU-bb")).values()).isEqualTo(expected);
      // of a GPU: all but what drives and meters of a site have
      Set<StatusColumn> others =
          EnumSet.of(StatusColumn.WEAR_BASIS_POINTS, StatusColumn.WATER_MILLILITRES);
      assertThat(expected.keySet()).isEqualTo(EnumSet.complementOf(EnumSet.copyOf(others)));

      expected.put(StatusColumn.TEMPERATURE_DECIDEGREES, 600L);
      expected.put(StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES, 700L);
      expected.put(StatusColumn.SM_CLOCK_MEGAHERTZ, 1_900L);
      expected.put(StatusColumn.MEMORY_CLOCK_MEGAHERTZ, 2_600L);
      expected.put(StatusColumn.POWER_LIMIT_MILLIWATTS, 550_000L);
      expected.put(StatusColumn.THROTTLE_REASONS, (long) ThrottleReason.POWER_CAP.bit());
      expected.put(StatusColumn.FAN_BASIS_POINTS, 4_000L);
      expected.remove(StatusColumn.LAST_XID);
      expected.replaceAll((column, value) ->
          column.position() >= StatusColumn.ECC_CORRECTED_ERRORS.position() ? 0 : value);
      assertThat(requireNonNull(second.get("GPU-aa")).values()).isEqualTo(expected);
      assertThat(requireNonNull(second.get("package-0")).values())
          .isEqualTo(Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, 485L));
      assertThat(requireNonNull(second.get("nvme0n1")).values())
          .isEqualTo(Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, 389L));
    }
  }

  /** The statuses of the next batch that has any. */
  private Map<String, DeviceStatus> next(NodeAgent agent) {
    for (int turn = 0; turn < 20; turn++) {
      published.clear();
      agent.turn(nanos.addAndGet(1_000_000_000) / 1_000_000);
      assertThat(published).hasSize(1);
      TelemetryBatch batch =
          WireSerdes.telemetry().deserializer().deserialize("telemetry", published.getFirst());
      if (!batch.statuses().isEmpty()) {
        return batch.statuses().stream()
            .collect(toMap(DeviceStatus::deviceId, Function.identity()));
      }
    }
    throw new AssertionError("no statuses in twenty turns");
  }

  /** As the spool has it: bytes. */
  private final class Wire implements Publisher {
    @Override
    public void publish(TelemetryBatch batch) {
      published.add(WireSerdes.telemetry().serializer().serialize("telemetry", batch));
    }

    @Override
    public void publish(AllocationEvent event) {}

    @Override
    public void publish(JobRecord job) {}

    @Override
    public void publish(NodeRecord node) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
