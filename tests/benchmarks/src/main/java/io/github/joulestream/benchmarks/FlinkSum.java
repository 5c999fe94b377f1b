// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Adds up the steps of a window. */
final class FlinkSum implements AggregateFunction<Tuple2<String, Long>, Long, Long> {
  private static final long serialVersionUID = 1;

  @Override
  public Long createAccumulator() {
    return 0L;
  }

  @Override
  public Long add(Tuple2<String, Long> step, Long sum) {
    return sum + step.f1;
  }

  @Override
  public Long getResult(Long sum) {
    return sum;
  }

  @Override
  public Long merge(Long one, Long other) {
    return one + other;
  }

  /** Names the sum by its key and window. */
  static final class Named
      extends ProcessWindowFunction<Long, Tuple2<String, Long>, String, TimeWindow> {
    private static final long serialVersionUID = 1;

    @Override
    public void process(
        String key, Context context, Iterable<Long> sums, Collector<Tuple2<String, Long>> out) {
      out.collect(Tuple2.of(key + "@" + context.window().getStart(), sums.iterator().next()));
    }
  }

  /** Writes it as the other peers do. */
  static final class Serialized implements KafkaRecordSerializationSchema<Tuple2<String, Long>> {
    private static final long serialVersionUID = 1;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        Tuple2<String, Long> sum, KafkaSinkContext context, @Nullable Long epochMillis) {
      return new ProducerRecord<>(
          Peer.RESULTS,
          sum.f0.getBytes(UTF_8),
          ByteBuffer.allocate(Long.BYTES).putLong(sum.f1).array());
    }
  }
}
