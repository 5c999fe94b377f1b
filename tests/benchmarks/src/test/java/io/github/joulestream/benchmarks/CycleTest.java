// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CycleTest {
  private static final long START = 1_700_000_000_000L;
  private static final long BEGAN = START + 1_000_000;

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "5, true", "10, false", "10, true"})
  void whatIsSentIsWhatWasRead(int rows, boolean hours) {
    Cycle cycle = new Cycle(new Cycle.Plan("dc1", 20, 60, 1, rows, hours), START);

    cycle.check();

    assertThat(cycle.devices()).isEqualTo(20 * 15);
    if (rows > 1) {
      assertThat(cycle.batchesPerSecond()).isEqualTo(20.0 / rows);
    }
    // a reading of each device a second, and where jobs begin and end one more
    assertThat(cycle.readingsPerSecond()).isCloseTo(20 * 15, within(20 * 15 * 0.1));
  }

  /** Sends 12 nodes, as two senders of a copy each, for so many seconds. */
  private static MockProducer<byte[], byte[]> sent(int rows, boolean hours, int seconds) {
    Cycle cycle = new Cycle(new Cycle.Plan("dc1", 6, 60, 1, rows, hours), START);
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    RecordSender to = new RecordSender(producer);
    List<Cycle.Sender> senders = new ArrayList<>();
    for (int phase = 0; phase < 2; phase++) {
      senders.add(cycle.new Sender(300 * phase, new Copies(to, 6, 12, phase, 2, 1), phase));
    }
    senders.forEach(sender -> sender.begin(BEGAN));
    for (long step = 0; step <= seconds * 10L; step++) {
      for (Cycle.Sender sender : senders) {
        sender.send(step, BEGAN);
      }
    }
    return producer;
  }

  private static <T> List<T> read(
      MockProducer<byte[], byte[]> producer, String topic, Serde<T> serde) {
    return producer.history().stream()
        .filter(record -> record.topic().equals(topic))
        .map(record -> serde.deserializer().deserialize(topic, record.value()))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "5, true", "10, false", "10, true"})
  void aSiteContinuesFromTurnToTurn(int rows, boolean hours) {
    Map<String, List<TelemetryBatch>> byNode =
        read(sent(rows, hours, 300), "telemetry", WireSerdes.telemetry()).stream()
            .collect(Collectors.groupingBy(TelemetryBatch::node));

    assertThat(byNode).hasSize(12);
    byNode
        .values()
        .forEach(batches -> {
          for (int i = 0; i < batches.size(); i++) {
            assertThat(batches.get(i).sequence()).isEqualTo(i);
          }
          for (int d = 0; d < 15; d++) {
            int device = d;
            long[] times = column(batches, device, Readings::epochMillis);
            long[] counter = column(batches, device, Readings::energyMicrojoules);
            assertThat(times[0]).isBetween(BEGAN, BEGAN + 1_000);
            for (int i = 1; i < times.length; i++) {
              assertThat(times[i] - times[i - 1]).isBetween(1L, 1_000L);
              assertThat(counter[i]).isGreaterThan(counter[i - 1]);
            }
          }
        });
  }

  private static long[] column(
      List<TelemetryBatch> batches, int device, Function<Readings, long[]> column) {
    return batches.stream()
        .flatMapToLong(batch -> Arrays.stream(column.apply(batch.devices().get(device).readings())))
        .toArray();
  }

  @Test
  void whereAJobOfMinutesEndsAnotherBegins() {
    MockProducer<byte[], byte[]> producer = sent(10, true, 3_600);
    Map<String, String> holders = new HashMap<>();
    int ends = 0;
    for (AllocationEvent event : read(producer, "allocations", WireSerdes.allocations())) {
      String node = event.node() + "/";
      if (event.action() == AllocationEvent.Action.RELEASE) {
        ends++;
        assertThat(holders.values().removeIf((node + event.job())::equals)).isTrue();
      } else {
        event
            .devices()
            .forEach(share -> assertThat(holders.put(node + share, node + event.job())).isNull());
      }
    }
    assertThat(ends).isPositive();

    Map<String, JobRecord> last = new HashMap<>();
    read(producer, "jobs", WireSerdes.jobs()).forEach(job -> last.put(job.job(), job));
    long ended = last.values().stream().filter(job -> job.span().hasEnded()).count();
    // one in twenty lasts 2 minutes, the others one to eight hours
    assertThat(ended).isBetween(last.size() / 10L, last.size() * 9L / 10);
  }

  @Test
  void aTurnHoldsWholeBatches() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cycle.Plan("dc1", 20, 60, 1, 7, true));
  }
}
