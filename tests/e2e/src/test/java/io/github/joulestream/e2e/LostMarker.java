// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Brings a partition into the state that Kafka leaves it in when it drops the marker that should
 * end a transaction: the transaction's coordinator has ended it, and in the partition it is open.
 */
final class LostMarker {
  static final String TRANSACTIONAL_ID = "joulestream-lost-marker";

  private LostMarker() {}

  /**
   * Commits a transaction elsewhere, then writes a record of the same producer to the partition.
   * Brokers refuse such a record unless their verification of transactions is off.
   *
   * @param elsewhere a topic that nothing is compared of
   */
  static void in(TopicPartition partition, String elsewhere, Map<String, Object> kafka)
      throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.BROKER, ""),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("transaction.partition.verification.enable", "false"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
      Map<String, Object> config = new HashMap<>(kafka);
      config.put("transactional.id", TRANSACTIONAL_ID);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(elsewhere, new byte[1], new byte[1])).get();
        producer.commitTransaction();
      }
      Await.until(
          "the coordinator has ended it",
          () -> describe(admin).state().toString().equals("CompleteCommit"));
      Uuid topic =
          admin
              .describeTopics(List.of(partition.topic()))
              .topicNameValues()
              .values()
              .iterator()
              .next()
              .get()
              .topicId();
      // the broker's change of its settings takes a moment
      Await.until("the record is taken", () -> send(admin, partition, topic, kafka));
    }
  }

  private static TransactionDescription describe(Admin admin) throws Exception {
    return admin
        .describeTransactions(List.of(TRANSACTIONAL_ID))
        .description(TRANSACTIONAL_ID)
        .get();
  }

  private static boolean send(
      Admin admin, TopicPartition partition, Uuid topic, Map<String, Object> kafka)
      throws Exception {
    TransactionDescription transaction = describe(admin);
    MemoryRecords records =
        MemoryRecords.withTransactionalRecords(
            Compression.NONE,
            transaction.producerId(),
            (short) transaction.producerEpoch(),
            0,
            new SimpleRecord(System.currentTimeMillis(), "lost".getBytes(UTF_8), new byte[1]));
    ProduceRequestData.TopicProduceData data =
        new ProduceRequestData.TopicProduceData()
            .setName(partition.topic())
            .setTopicId(topic)
            .setPartitionData(
                List.of(
                    new ProduceRequestData.PartitionProduceData()
                        .setIndex(partition.partition())
                        .setRecords(records)));
    ProduceRequestData.TopicProduceDataCollection topics =
        new ProduceRequestData.TopicProduceDataCollection();
    topics.add(data);
    // the version before brokers add partitions to transactions by themselves
    short version = ProduceRequest.LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2;
    ProduceRequest request =
        ProduceRequest.builder(
                new ProduceRequestData()
                    .setTransactionalId(TRANSACTIONAL_ID)
                    .setAcks((short) -1)
                    .setTimeoutMs(10_000)
                    .setTopicData(topics))
            .build(version);
    RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, version, "lost-marker", 1);
    String[] address = String.valueOf(kafka.get("bootstrap.servers")).split(":", 2);
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      ByteBuffer bytes = request.serializeWithHeader(header);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(bytes.remaining());
      out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = in.readNBytes(in.readInt());
      ByteBufferAccessor body = new ByteBufferAccessor(ByteBuffer.wrap(answer));
      body.readInt(); // the number of the request; tagged fields follow, of which there are none
      body.readByte();
      ProduceResponse response = ProduceResponse.parse(body, version);
      return response.data().responses().stream()
          .flatMap(one -> one.partitionResponses().stream())
          .allMatch(one -> one.errorCode() == 0);
    }
  }

  /** As {@code kafka-transactions.sh abort --topic T --partition P --start-offset OFFSET}. */
  static void abort(TopicPartition partition, Map<String, Object> kafka) throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      Collection<ProducerState> producers =
          admin
              .describeProducers(List.of(partition))
              .partitionResult(partition)
              .get()
              .activeProducers();
      ProducerState open =
          producers.stream()
              .filter(state -> state.currentTransactionStartOffset().isPresent())
              .findFirst()
              .orElseThrow();
      admin
          .abortTransaction(
              new AbortTransactionSpec(
                  partition,
                  open.producerId(),
                  (short) open.producerEpoch(),
                  Math.max(0, open.coordinatorEpoch().orElse(0))))
          .all()
          .get();
      assertThat(
              admin
                  .describeProducers(List.of(partition))
                  .partitionResult(partition)
                  .get()
                  .activeProducers())
          .allMatch(state -> state.currentTransactionStartOffset().isEmpty());
    }
  }
}
