// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalogue of topics and the exchange of schemas, on a real broker. */
class ITTopics {
  @TempDir Path folder;
  private EmbeddedKafka broker;

  @BeforeEach
  void startBroker() throws Exception {
    broker = EmbeddedKafka.start(folder, 0);
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private String topics(int expectedExit, String verb, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of("topics", verb, "--kafka", broker.bootstrap()));
    args.addAll(List.of(more));
    try (Program program = Program.start(args.toArray(String[]::new))) {
      assertThat(program.await()).as(program.output()).isEqualTo(expectedExit);
      return program.output();
    }
  }

  /**
   * A partition is in the metadata before its leader takes records: what is sent then is refused
   * for the moment, and of two requests in flight the second may be the first that is taken. That
   * is a matter of timing, hence so many partitions.
   */
  @Test
  void partitionsThatAreNotThereYet_delayRecordsForAMoment() throws Exception {
    int partitions = 200;
    byte[] large = new byte[12_000];
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
        KafkaProducer<byte[], byte[]> producer =
            KafkaClients.of(broker.bootstrap())
                .with("linger.ms", 0)
                .producer(
                    "joulestream-test", new ByteArraySerializer(), new ByteArraySerializer())) {
      var created = admin.createTopics(List.of(new NewTopic("new", partitions, (short) 1)));
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int round = 0; round < 4; round++) {
        for (int partition = 0; partition < partitions; partition++) {
          // a batch of its own
          sent.add(producer.send(new ProducerRecord<>("new", partition, null, large)));
        }
      }
      created.all().get();
      for (Future<RecordMetadata> one : sent) {
        assertThat(one.get(60, TimeUnit.SECONDS).hasOffset()).isTrue();
      }
    }
  }

  /** What is sent when {@code create} has returned is taken at once. */
  @Test
  void createdTopics_takeRecords() throws Exception {
    KafkaClients kafka = KafkaClients.of(broker.bootstrap());
    try (Admin admin = kafka.admin("joulestream-test")) {
      new TopicAdmin(admin).create(20, (short) 1);
      List<TopicPartition> all = new ArrayList<>();
      for (Topic topic : Topic.values()) {
        for (int i = 0; i < (topic.spread() == Topic.Spread.BY_KEY ? 20 : 1); i++) {
          all.add(new TopicPartition(topic.topicName(), i));
        }
      }
      try (KafkaProducer<byte[], byte[]> producer =
          kafka.producer(
              "joulestream-test", new ByteArraySerializer(), new ByteArraySerializer())) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (TopicPartition partition : all) {
          sent.add(
              producer.send(
                  new ProducerRecord<>(
                      partition.topic(), partition.partition(), new byte[1], new byte[1])));
        }
        for (Future<RecordMetadata> one : sent) {
          assertThat(one.get(20, TimeUnit.SECONDS).hasOffset()).isTrue();
        }
        assertThat(
                producer.metrics().entrySet().stream()
                    .filter(metric -> metric.getKey().name().equals("record-retry-total"))
                    .filter(metric -> metric.getKey().group().equals("producer-metrics"))
                    .map(metric -> metric.getValue().metricValue()))
            .as("records that were sent again")
            .containsExactly(0.0);
      }
    }
  }

  @Test
  void checkNamesEveryDifference_andCreateMakesWhatIsMissing() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin
          .createTopics(
              List.of(
                  // as somebody may have made them by hand
                  new NewTopic("telemetry", Optional.of(3), Optional.empty())
                      .configs(Topic.TELEMETRY.config()),
                  new NewTopic("grid", Optional.of(2), Optional.empty())
                      .configs(Map.of("cleanup.policy", "delete")),
                  new NewTopic("dead-letter", Optional.of(1), Optional.empty()),
                  new NewTopic("joulestream-x-changelog", Optional.of(1), Optional.empty())))
          .all()
          .get();
      String before = topics(1, "check");
      assertThat(before)
          .contains("job-window: is missing")
          .contains("grid: has 2 partitions, must have 1")
          .contains("grid: cleanup.policy is delete, must be compact")
          .contains("dead-letter: retention.bytes is missing")
          // one broker: its replication is as it can be
          .doesNotContain("replication is", "joulestream-x-changelog")
          .doesNotContain("telemetry: ");

      assertThat(topics(2, "create", "--replication", "0")).contains("--replication of 0: ");
      assertThat(topics(0, "create", "--partitions", "4", "--alter", "--dead-letter-limit", "2G"))
          .contains("job-window", "altered dead-letter: ", "retention.bytes=2147483648")
          .doesNotContain("telemetry");
      assertThat(topics(1, "check"))
          .doesNotContain("is missing", "cleanup.policy is")
          .contains("has 4 partitions, telemetry has 3; they must have the same number");

      admin.deleteTopics(List.of("telemetry", "grid")).all().get();
      Await.until("they are gone", () -> !admin.listTopics().names().get().contains("telemetry"));
      topics(0, "create", "--partitions", "4");
      topics(0, "check");
      // a limit of the installation's own is none of the catalogue's business
      assertThat(topics(0, "check", "--replication", "1")).contains("as they must be");
      assertThat(topics(1, "check", "--replication", "2"))
          .contains(
              "telemetry: replication is 1, wanted 2",
              "joulestream-x-changelog: replication is 1, wanted 2");
    }
  }

  @Test
  void aRecordOfALaterRelease_isUnderstoodOnceItsSchemaIsInTheTopic() throws Exception {
    topics(0, "create", "--partitions", "1");
    // a later release: one more field at the end
    Schema own;
    try (InputStream in = JobRecord.class.getResourceAsStream("job.avsc")) {
      own = new Schema.Parser().parse(in);
    }
    List<Schema.Field> fields = new ArrayList<>();
    own.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    fields.add(
        new Schema.Field("carbonGrams", Schema.create(Schema.Type.DOUBLE), "of a later release"));
    Schema later =
        Schema.createRecord(own.getName(), own.getDoc(), own.getNamespace(), false, fields);
    byte[] bytes = write(later);

    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
    SchemaExchange.join(KafkaClients.of(kafka));
    assertThatThrownBy(() -> WireSerdes.jobs().deserializer().deserialize("jobs", bytes))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("not known here");

    String fingerprint = "%016x".formatted(SchemaNormalization.parsingFingerprint64(later));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("schemas", fingerprint, later.toString())).get();
    }
    Await.until("the schema is read in the background", () -> isReadable(bytes));
    JobRecord job = WireSerdes.jobs().deserializer().deserialize("jobs", bytes);
    assertThat(job.job()).isEqualTo("later/7");
    assertThat(job.details().user()).isEqualTo("ada");
  }

  private static boolean isReadable(byte[] bytes) {
    try {
      return WireSerdes.jobs().deserializer().deserialize("jobs", bytes) != null;
    } catch (SerializationException e) {
      assertThat(e).hasMessageContaining("not known here");
      return false;
    }
  }

  @Test
  void missingSchemas_areSaid_andCreatePublishesThem() throws Exception {
    topics(0, "create", "--partitions", "1");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin.deleteTopics(List.of("schemas")).all().get();
      Await.until("it is gone", () -> !admin.listTopics().names().get().contains("schemas"));
      admin
          .createTopics(
              List.of(
                  new NewTopic("schemas", Optional.of(1), Optional.empty())
                      .configs(Topic.SCHEMAS.config())))
          .all()
          .get();
      assertThat(topics(1, "check"))
          .contains("schemas: lacks this release's Alert, ")
          .contains("Telemetry");
      // no program publishes them by itself
      try (Program alerts = Program.start("alert", "list", "--kafka", broker.bootstrap())) {
        alerts.await();
        assertThat(alerts.output()).contains("run: joulestream topics create --kafka");
      }
      assertThat(topics(1, "check")).contains("schemas: lacks this release's Alert, ");
      assertThat(topics(0, "create")).contains("published this release's schemas");
      assertThat(topics(0, "check")).doesNotContain("lacks");
      assertThat(topics(0, "create")).contains("this release's schemas are there");
    }
  }

  /** A record of that schema, with every field at a default of its type. */
  private static byte[] write(Schema schema) throws Exception {
    GenericData.Record record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(
          field.pos(),
          switch (field.schema().getType()) {
            case STRING -> "";
            case LONG -> 0L;
            case INT -> 0;
            case DOUBLE -> 0.0;
            case MAP -> Map.of();
            case ENUM ->
                new GenericData.EnumSymbol(
                    field.schema(), field.schema().getEnumSymbols().getFirst());
            default -> throw new AssertionError(field);
          });
    }
    record.put("site", "site");
    record.put("job", "later/7");
    record.put("user", "ada");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(
        ByteBuffer.allocate(10)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0xC3)
            .put((byte) 1)
            .putLong(SchemaNormalization.parsingFingerprint64(schema))
            .array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericData.Record>(schema).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}
