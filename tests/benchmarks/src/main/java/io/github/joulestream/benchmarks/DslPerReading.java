// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.benchmarks.Peer.Energy;
import io.github.joulestream.benchmarks.Peer.Reading;
import io.github.joulestream.schemas.TelemetryBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What one would write first, with the DSL: a record for each reading, keyed by its device; an
 * aggregate that keeps the last counter of the device; its steps keyed anew by site and kind, and
 * added up in windows of 10 s. RocksDB, exactly once. Without jobs, corrections, gaps, wraps or
 * refusals: the bare sum of what the counters say.
 */
final class DslPerReading {
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofHours(1);

  private DslPerReading() {}

  static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, TelemetryBatch> batches = Peer.batches(builder);
    KStream<String, Energy> steps =
        batches
            .flatMap((node, batch) -> {
              List<KeyValue<String, Reading>> readings = new ArrayList<>();
              Peer.each(
                  batch,
                  (device, reading) ->
                      readings.add(KeyValue.pair(node + "/" + device.id(), reading)));
              return readings;
            })
            .groupByKey(Grouped.with(Serdes.String(), Peer.readings()))
            .aggregate(
                () -> Energy.NONE,
                (_, reading, last) -> last.next(reading),
                Materialized.<String, Energy, KeyValueStore<Bytes, byte[]>>with(
                        Serdes.String(), Peer.energies())
                    .withCachingDisabled())
            .toStream();
    sum(steps);
    return builder.build();
  }

  /** The second half, which is the same for a record per batch. */
  static void sum(KStream<String, Energy> steps) {
    steps
        .filter((_, step) -> step.stepMicrojoules() != 0)
        .map((_, step) -> KeyValue.pair(step.site() + "/" + step.kind(), step.stepMicrojoules()))
        .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()))
        .windowedBy(TimeWindows.ofSizeAndGrace(WINDOW, GRACE))
        .aggregate(
            () -> 0L,
            (_, step, sum) -> sum + step,
            Materialized.with(Serdes.String(), Serdes.Long()))
        .toStream()
        .map((window, sum) -> KeyValue.pair(window.key() + "@" + window.window().start(), sum))
        .to(Peer.RESULTS, Produced.with(Serdes.String(), Serdes.Long()));
  }
}
