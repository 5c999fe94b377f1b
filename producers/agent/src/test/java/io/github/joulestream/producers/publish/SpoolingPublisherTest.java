// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.io.File;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SpoolingPublisherTest {
  private static final long LIMIT = 8 << 20;

  @TempDir Path folder;
  // retries of refused topics
  private final AtomicLong clock = new AtomicLong();

  private static TelemetryBatch batch(int sequence) {
    return new TelemetryBatch("lab", "n1", 1, sequence, List.of());
  }

  private static List<Long> sequences(List<ProducerRecord<String, byte[]>> records) {
    return records.stream()
        .filter(record -> record.topic().equals("telemetry"))
        .map(record ->
            WireSerdes.telemetry()
                .deserializer()
                .deserialize("telemetry", record.value())
                .sequence())
        .toList();
  }

  /** A producer that fails when it shall, as Kafka's does when brokers are away. */
  private static final class Switch extends MockProducer<String, byte[]> {
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    Switch() {
      super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<String, byte[]> record, @Nullable Callback callback) {
      RuntimeException e = failure.get();
      boolean large = e instanceof RecordTooLargeException;
      if (e != null && (!large || record.topic().equals("allocations"))) {
        if (callback != null) {
          callback.onCompletion(null, e);
        }
        return CompletableFuture.failedFuture(e);
      }
      return super.send(record, callback);
    }
  }

  private SpoolingPublisher publisher(SpoolingPublisher.Connector connector) {
    Spool spool = Spool.open(folder, LIMIT);
    return new SpoolingPublisher(
        spool, new HeldTopics(folder, spool, LIMIT, clock::get), "kafka:9092", connector);
  }

  @Test
  void whileKafkaIsAway_recordsWait_andGoInOrderWhenItIsBack() throws InterruptedException {
    Switch kafka = new Switch();
    kafka.failure.set(new TimeoutException("nobody there"));
    try (SpoolingPublisher publisher = publisher(() -> kafka)) {
      for (int i = 0; i < 500; i++) {
        publisher.publish(batch(i));
      }
      while (publisher.kafkaTrouble().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(publisher.kafkaTrouble()).contains("nobody there");
      assertThat(publisher.waiting()).isEqualTo(500);
      assertThat(publisher.published()).isZero();
      kafka.failure.set(null);
      publisher.publish(batch(500));
      publisher.flush();
      assertThat(publisher.kafkaTrouble()).isEmpty();
      assertThat(publisher.published()).isEqualTo(501);
      assertThat(publisher.waiting()).isZero();
    }
    assertThat(sequences(kafka.history())).hasSize(501).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void whatOneLifeLeaves_theNextSendsFirst() {
    Switch away = new Switch();
    away.failure.set(new TimeoutException("nobody there"));
    try (SpoolingPublisher publisher = publisher(() -> away)) {
      publisher.publish(batch(0));
      publisher.publish(batch(1));
      publisher.publish(AllocationEvent.release("lab", "n1", "a/b", 7));
    }
    Switch kafka = new Switch();
    try (SpoolingPublisher publisher = publisher(() -> kafka)) {
      publisher.publish(batch(2));
      publisher.flush();
    }
    assertThat(sequences(kafka.history())).containsExactly(0L, 1L, 2L);
    assertThat(kafka.history())
        .extracting(ProducerRecord::topic)
        .containsExactly("telemetry", "telemetry", "allocations", "telemetry");
    assertThat(kafka.history()).extracting(ProducerRecord::key).containsOnly("lab/n1");
  }

  @Test
  void whatKafkaNeverTakes_isLeftOutByItself() {
    Switch kafka = new Switch();
    kafka.failure.set(new RecordTooLargeException("too large"));
    try (SpoolingPublisher publisher = publisher(() -> kafka)) {
      publisher.publish(batch(0));
      publisher.publish(AllocationEvent.release("lab", "n1", "a/b", 7));
      publisher.publish(batch(1));
      publisher.flush();
      assertThat(publisher.refused()).isEqualTo(1);
      assertThat(publisher.published()).isEqualTo(2);
      assertThat(publisher.kafkaTrouble()).isEmpty();
    }
    // what went with the one that was refused goes a second time, in the same order
    List<Long> sent = sequences(kafka.history());
    assertThat(sent.stream().distinct()).containsExactly(0L, 1L);
    assertThat(sent.getLast()).isEqualTo(1);
  }

  /** A cluster in which a right can be missing, through Kafka's own exceptions. */
  private static final class Rights {
    final Set<String> missing = ConcurrentHashMap.newKeySet();
    final List<ProducerRecord<String, byte[]>> taken = new CopyOnWriteArrayList<>();
    final AtomicReference<@Nullable RuntimeException> ofAll = new AtomicReference<>();

    Producer<String, byte[]> connect() {
      return new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
        @Override
        public synchronized List<PartitionInfo> partitionsFor(String topic) {
          RuntimeException e = ofAll.get();
          if (e != null) {
            throw e;
          }
          if (missing.contains(topic)) {
            throw new TopicAuthorizationException(Set.of(topic));
          }
          return super.partitionsFor(topic);
        }

        @Override
        public synchronized Future<RecordMetadata> send(
            ProducerRecord<String, byte[]> record, @Nullable Callback callback) {
          taken.add(record);
          return super.send(record, callback);
        }
      };
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void ofATopicWithoutTheRight_recordsWait_thoseOfOthersAreSent_andItShows() {
    Rights kafka = new Rights();
    kafka.missing.add("telemetry");
    Metrics metrics = new Metrics();
    try (SpoolingPublisher publisher = publisher(kafka::connect)) {
      publisher.showIn(metrics);
      publisher.publish(batch(0));
      publisher.publish(AllocationEvent.release("lab", "n1", "a/b", 7));
      publisher.publish(batch(1));
      publisher.publish(AllocationEvent.release("lab", "n1", "a/b", 8));
      await(() -> publisher.published() == 2 && publisher.waiting() == 2);
      assertThat(kafka.taken).extracting(ProducerRecord::topic).containsOnly("allocations");
      assertThat(publisher.health().ok()).isTrue();
      assertThat(publisher.health().ready()).isFalse();
      assertThat(publisher.health().words())
          .contains("telemetry", "does not permit")
          .doesNotStartWith("ok");
      assertThat(metrics.text())
          .contains("joulestream_agent_kafka_refusals_total{reason=\"authorization\"} 1")
          .contains("joulestream_agent_held_records{topic=\"telemetry\"} 2");
      // the right is given
      kafka.missing.clear();
      clock.addAndGet(Duration.ofMinutes(1).toNanos());
      publisher.publish(batch(2));
      publisher.publish(batch(3));
      await(() -> publisher.waiting() == 0);
      assertThat(publisher.health().ready()).isTrue();
    }
    assertThat(sequences(kafka.taken)).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void whatWaitsForARight_isSentFirstAfterARestart() {
    Rights kafka = new Rights();
    kafka.missing.add("telemetry");
    try (SpoolingPublisher publisher = publisher(kafka::connect)) {
      publisher.publish(batch(0));
      publisher.publish(batch(1));
      await(() -> !publisher.health().ready() && publisher.waiting() == 2);
    }
    kafka.missing.clear();
    try (SpoolingPublisher publisher = publisher(kafka::connect)) {
      publisher.publish(batch(2));
      await(() -> publisher.waiting() == 0);
    }
    assertThat(sequences(kafka.taken)).containsExactly(0L, 1L, 2L);
  }

  @Test
  void whenKafkaKnowsNobodyByThatName_allWaits_andHealthSaysIt() {
    Rights kafka = new Rights();
    kafka.ofAll.set(new SaslAuthenticationException("invalid credentials"));
    try (SpoolingPublisher publisher = publisher(kafka::connect)) {
      publisher.publish(batch(0));
      await(() -> publisher.kafkaTrouble().isPresent());
      assertThat(publisher.health().ready()).isFalse();
      assertThat(publisher.health().words()).contains("invalid credentials", "--kafka-config");
      kafka.ofAll.set(null);
      publisher.flush();
      assertThat(publisher.health().ready()).isTrue();
    }
    assertThat(sequences(kafka.taken)).containsExactly(0L);
  }

  @Test
  void aProducerThatIsOfNoMoreUse_isReplaced() {
    List<Switch> made = new ArrayList<>();
    SpoolingPublisher.Connector connector =
        () -> {
          Switch producer = new Switch();
          if (made.isEmpty()) {
            producer.failure.set(new KafkaException("fenced"));
          }
          made.add(producer);
          return producer;
        };
    try (SpoolingPublisher publisher = publisher(connector)) {
      publisher.publish(batch(0));
      publisher.flush();
    }
    assertThat(made).hasSize(2);
    assertThat(made).allMatch(Switch::closed);
    assertThat(sequences(made.getLast().history())).containsExactly(0L);
  }

  @Test
  void aConnectionThatFails_isTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    Switch kafka = new Switch();
    SpoolingPublisher.Connector connector =
        () -> {
          if (attempts.incrementAndGet() == 1) {
            throw new KafkaException("no such host");
          }
          return kafka;
        };
    try (SpoolingPublisher publisher = publisher(connector)) {
      publisher.publish(batch(0));
      publisher.flush();
    }
    assertThat(attempts).hasValue(2);
    assertThat(sequences(kafka.history())).containsExactly(0L);
  }

  @Test
  void aRealProducerWithNobodyThere_endsQuickly_andKeepsWhatItHas() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    long start = System.nanoTime();
    try (SpoolingPublisher publisher =
        SpoolingPublisher.open(
            KafkaClients.of("127.0.0.1:" + port), "joulestream-test", folder, LIMIT)) {
      publisher.publish(batch(0));
    }
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(40);
    Switch kafka = new Switch();
    try (SpoolingPublisher publisher = publisher(() -> kafka)) {
      publisher.flush();
    }
    assertThat(sequences(kafka.history())).containsExactly(0L);
  }

  @Test
  void aCrowdOfThreads_losesNothing() throws InterruptedException {
    Switch kafka = new Switch();
    int threads = 4;
    int each = 2_000;
    try (SpoolingPublisher publisher = publisher(() -> kafka)) {
      List<Thread> crowd = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int life = t;
        crowd.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    publisher.publish(new TelemetryBatch("lab", "n" + life, life, i, List.of()));
                  }
                }));
      }
      for (Thread thread : crowd) {
        thread.join();
      }
      publisher.flush();
      assertThat(publisher.published()).isEqualTo(threads * (long) each);
    }
    for (int t = 0; t < threads; t++) {
      String key = "lab/n" + t;
      List<ProducerRecord<String, byte[]>> own =
          kafka.history().stream().filter(record -> record.key().equals(key)).toList();
      assertThat(sequences(own)).hasSize(each).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void aMistakeOfOurs_isCounted_andTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    Switch kafka = new Switch();
    SpoolingPublisher.Connector connector =
        () -> {
          if (attempts.incrementAndGet() == 1) {
            throw new ArithmeticException("a mistake");
          }
          return kafka;
        };
    Metrics metrics = new Metrics();
    try (SpoolingPublisher publisher = publisher(connector)) {
      publisher.showIn(metrics);
      publisher.publish(batch(0));
      publisher.flush();
      assertThat(metrics.text()).contains("joulestream_agent_send_failures_total 1");
    }
    assertThat(sequences(kafka.history())).containsExactly(0L);
  }

  @Test
  void aSettingThatNoWaitingMends_isRefusedAtTheStart() {
    Map<String, Object> kafka =
        Map.of("bootstrap.servers", "127.0.0.1:9", "compression.type", "lzw");
    assertThatThrownBy(() ->
            SpoolingPublisher.open(KafkaClients.of(kafka), "joulestream-test", folder, LIMIT)
                .close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("lzw");
    Compressions.check(Map.of("bootstrap.servers", "127.0.0.1:9", "compression.type", "gzip"));
  }

  /** The class path of this test, without the libraries that Kafka's client can do without. */
  @Test
  void aCompressionWhoseLibraryIsMissing_isRefusedAtTheStart() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.contains("zstd") && !entry.contains("snappy") && !entry.contains("lz4")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader without =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Method check =
          without.loadClass(Compressions.class.getName()).getDeclaredMethod("check", Map.class);
      check.setAccessible(true);
      for (String type : List.of("none", "gzip")) {
        check.invoke(null, Map.of("bootstrap.servers", "127.0.0.1:9", "compression.type", type));
      }
      for (String type : List.of("zstd", "snappy", "lz4")) {
        assertThatThrownBy(() ->
                check.invoke(
                    null, Map.of("bootstrap.servers", "127.0.0.1:9", "compression.type", type)))
            .as(type)
            .cause()
            .satisfies(e -> assertThat(e.getClass().getName()).isEqualTo(UserError.class.getName()))
            .hasMessageContaining("compression.type=" + type + " does not work here");
      }
    }
  }
}
