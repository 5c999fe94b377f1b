// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.benchmarks.Peer.Energy;
import io.github.joulestream.benchmarks.Peer.NodeEnergy;
import io.github.joulestream.schemas.TelemetryBatch;
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
import org.apache.kafka.streams.state.KeyValueStore;

/** The same with a record for each batch: the aggregate keeps the last counters of a whole node. */
final class DslPerBatch {
  private DslPerBatch() {}

  static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, TelemetryBatch> batches = Peer.batches(builder);
    KStream<String, Energy> steps =
        batches
            .groupByKey(Grouped.with(Serdes.String(), Peer.telemetry()))
            .aggregate(
                NodeEnergy::empty,
                (_, batch, last) -> last.next(batch),
                Materialized.<String, NodeEnergy, KeyValueStore<Bytes, byte[]>>with(
                        Serdes.String(), Peer.nodeEnergies())
                    .withCachingDisabled())
            .toStream()
            .flatMap((node, energy) -> {
              List<KeyValue<String, Energy>> ofDevices = new ArrayList<>();
              energy.devices().forEach((id, step) -> ofDevices.add(KeyValue.pair(node + id, step)));
              return ofDevices;
            });
    DslPerReading.sum(steps);
    return builder.build();
  }
}
