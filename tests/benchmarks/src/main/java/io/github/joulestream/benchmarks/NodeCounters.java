// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What Flink's peer needs of a batch: the counters of its devices. A class that Flink can write by
 * itself: public, with public fields and without arguments.
 */
public final class NodeCounters {
  public String node = "";
  public long epochMillis;
  public String[] devices = {};
  // site and kind, by device
  public String[] kinds = {};
  public long[] firstMicrojoules = {};
  public long[] lastMicrojoules = {};

  /** Decodes a batch as all do. */
  static final class Reader implements KafkaRecordDeserializationSchema<NodeCounters> {
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<NodeCounters> out)
        throws IOException {
      out.collect(
          of(WireSerdes.telemetry().deserializer().deserialize("telemetry", record.value())));
    }

    private static NodeCounters of(TelemetryBatch batch) {
      int count = batch.devices().size();
      NodeCounters counters = new NodeCounters();
      counters.node = Keys.node(batch.site(), batch.node());
      counters.epochMillis = batch.devices().getFirst().readings().epochMillis()[0];
      counters.devices = new String[count];
      counters.kinds = new String[count];
      counters.firstMicrojoules = new long[count];
      counters.lastMicrojoules = new long[count];
      for (int i = 0; i < count; i++) {
        DeviceSeries series = batch.devices().get(i);
        Readings readings = series.readings();
        counters.devices[i] = series.device().id();
        counters.kinds[i] = batch.site() + "/" + series.device().kind();
        counters.firstMicrojoules[i] = readings.energy(0);
        counters.lastMicrojoules[i] = readings.energy(readings.size() - 1);
      }
      return counters;
    }

    @Override
    public TypeInformation<NodeCounters> getProducedType() {
      return TypeInformation.of(NodeCounters.class);
    }
  }
}
