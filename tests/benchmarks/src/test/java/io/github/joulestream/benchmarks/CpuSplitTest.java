// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.benchmarks.CpuSplit.Part;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuSplitTest {
  private static final String JOULESTREAM = "io.github.joulestream.";
  private static final String KAFKA = "org.apache.kafka.";

  @ParameterizedTest
  @CsvSource({
    "energy.attribute.NodeAccount.apply, BOOKS",
    "energy.integrate.Interval.between, BOOKS",
    "streams.accounting.AttributeEnergy.process, BOOKS",
    "streams.accounting.TotalJobs.add, BOOKS",
    "streams.accounting.IncrementEmitter.emit, OUTPUT",
    "streams.accounting.AttributionOutput.toJobs, OUTPUT",
    "schemas.TelemetryReader.read, DECODING",
    "schemas.WireReader.readLong, DECODING",
    "schemas.JobWindowCodec.read, DECODING",
    "schemas.JobWindowCodec.write, OUTPUT",
    "schemas.WireWriter.writeLong, OUTPUT",
    "streams.state.CommitStore.put, COMMIT",
    "streams.state.Journal.append, COMMIT",
    "streams.topology.AccountingTopology.name, KAFKA_STREAMS",
  })
  void aClassOfOursDecides(String frame, Part part) {
    assertThat(CpuSplit.part(List.of(JOULESTREAM + frame))).isEqualTo(part);
  }

  @ParameterizedTest
  @CsvSource({
    "streams.processor.internals.StreamTask.process, KAFKA_STREAMS",
    "streams.processor.internals.RecordCollectorImpl.send, OUTPUT",
    "streams.state.internals.RocksDBStore.get, ROCKSDB",
    "clients.producer.KafkaProducer.doSend, OUTPUT",
    "clients.producer.internals.Sender.runOnce, CLIENTS",
    "clients.consumer.internals.FetchCollector.collectFetch, CLIENTS",
    "common.record.internal.DefaultRecord.writeTo, CLIENTS",
    "common.network.Selector.poll, CLIENTS",
  })
  void aClassOfKafkaDecides(String frame, Part part) {
    assertThat(CpuSplit.part(List.of(KAFKA + frame))).isEqualTo(part);
  }

  @Test
  void theInnermostFrameThatBelongsToAPartDecides() {
    assertThat(
            CpuSplit.part(
                List.of(
                    "java.util.HashMap.get",
                    JOULESTREAM + "energy.attribute.NodeAccount.apply",
                    JOULESTREAM + "streams.accounting.AttributeEnergy.process",
                    KAFKA + "streams.processor.internals.ProcessorNode.process")))
        .isEqualTo(Part.BOOKS);
    assertThat(
            CpuSplit.part(
                List.of(
                    "com.github.luben.zstd.ZstdOutputStreamNoFinalizer.write",
                    KAFKA + "common.record.MemoryRecordsBuilder.append",
                    KAFKA + "clients.producer.KafkaProducer.doSend")))
        .isEqualTo(Part.CLIENTS);
  }

  @Test
  void sensorsAreWorkOfWhoUpdatesThem() {
    assertThat(
            CpuSplit.part(
                List.of(
                    KAFKA + "common.metrics.Sensor.record",
                    KAFKA + "streams.processor.internals.StreamTask.process")))
        .isEqualTo(Part.KAFKA_STREAMS);
  }

  @Test
  void anAccountThatIsWrittenIsState() {
    assertThat(
            CpuSplit.part(
                List.of(
                    JOULESTREAM + "energy.StateBytes.writeLong",
                    JOULESTREAM + "energy.attribute.NodeAccount.write",
                    JOULESTREAM + "streams.state.NodeStateCache.written",
                    JOULESTREAM + "streams.state.NodeStateCache.write")))
        .isEqualTo(Part.COMMIT);
    assertThat(
            CpuSplit.part(
                List.of(
                    JOULESTREAM + "energy.StateBytes.signed",
                    JOULESTREAM + "streams.state.PendingDevices.write",
                    JOULESTREAM + "streams.accounting.AttributeEnergy.commit")))
        .isEqualTo(Part.COMMIT);
  }

  @Test
  void whatNoRuleNamesIsOther() {
    assertThat(CpuSplit.part(List.of("java.lang.Object.wait", "java.lang.Thread.run")))
        .isEqualTo(Part.OTHER);
  }

  @Test
  void partsAreHundredthsOfTheProcess() {
    // of 10 s the compiler has 2, the collector 1, RocksDB's threads 1, and Java 6
    CpuSplit split =
        new CpuSplit(
            new ThreadTimes(10_000_000_000L, 2_000_000_000L, 1_000_000_000L, 0, 1_000_000_000L));
    for (int i = 0; i < 3; i++) {
      split.add(List.of(JOULESTREAM + "energy.attribute.NodeAccount.apply"));
    }
    split.add(List.of(JOULESTREAM + "schemas.TelemetryReader.read"));
    split.add(List.of("org.rocksdb.RocksDB.get"));
    split.add(List.of("java.lang.Thread.run"));
    split.add(List.of());

    assertThat(split.percent())
        .containsEntry(Part.BOOKS, 30.0)
        .containsEntry(Part.DECODING, 10.0)
        .containsEntry(Part.ROCKSDB, 20.0)
        .containsEntry(Part.OTHER, 10.0)
        .containsEntry(Part.COMPILER, 20.0)
        .containsEntry(Part.COLLECTOR, 10.0)
        .containsEntry(Part.COMMIT, 0.0);
    assertThat(split.percent().values().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(100, Offset.offset(1e-9));
    assertThat(split.json().get("samples_without_stack").asInt()).isEqualTo(1);
  }
}
