// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.signing.RecordSigner;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;

/** One record for Kafka: what goes over the wire, and where to. */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Message(String topic, String key, byte[] value) {
  static Message of(TelemetryBatch batch) {
    return of(
        Topic.TELEMETRY, Keys.node(batch.site(), batch.node()), WireSerdes.telemetry(), batch);
  }

  static Message of(AllocationEvent event) {
    return of(
        Topic.ALLOCATIONS, Keys.node(event.site(), event.node()), WireSerdes.allocations(), event);
  }

  static Message of(JobRecord job) {
    return of(Topic.JOBS, Keys.job(job.site(), job.job()), WireSerdes.jobs(), job);
  }

  static Message of(NodeRecord node) {
    return of(Topic.NODES, Keys.node(node.site(), node.node()), WireSerdes.nodes(), node);
  }

  static Message of(GridRecord record) {
    return of(Topic.GRID, record.key(), WireSerdes.grid(), record);
  }

  private static <T> Message of(Topic topic, String key, Serde<T> serde, T value) {
    String name = topic.topicName();
    return new Message(name, key, serde.serializer().serialize(name, value));
  }

  /**
   * The record, signed. A message that waits in a spool is signed when it is sent: with the key of
   * then, also if it was written before there was one.
   */
  ProducerRecord<String, byte[]> record(RecordSigner signer) {
    ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, value);
    signer.sign(topic, key, value, record.headers());
    return record;
  }

  /** About what it takes in memory and on the wire. */
  int size() {
    return topic.length() + key.length() + value.length;
  }
}
