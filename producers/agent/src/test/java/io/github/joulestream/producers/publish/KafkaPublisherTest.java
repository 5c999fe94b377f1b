// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KafkaPublisherTest {
  private static final TelemetryBatch BATCH =
      new TelemetryBatch(
          "lab",
          "n1",
          1,
          0,
          List.of(
              new DeviceSeries(
                  Device.sensor("gpu0", DeviceKind.GPU),
                  Readings.ofPower(new long[] {1}, new long[] {2}))));

  @Test
  @Timeout(value = 8, unit = TimeUnit.SECONDS)
  void nobodyListens_saysSoWithinSeconds() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertUnreachable("127.0.0.1:" + port);
  }

  @Test
  @Timeout(value = 8, unit = TimeUnit.SECONDS)
  void somebodyListensButNeverAnswers_saysSoWithinSeconds() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertUnreachable("127.0.0.1:" + mute.getLocalPort());
    }
  }

  private static void assertUnreachable(String address) {
    assertThatThrownBy(
            () -> KafkaPublisher.connect(KafkaClients.of(address), "joulestream-test").close())
        .isInstanceOf(UserError.class)
        .hasMessage(
            "cannot reach Kafka at %s within 5 s; start one (joulestream up), or give --kafka HOST:PORT"
                .formatted(address));
  }

  @Test
  void addressThatIsNone_isSaid() {
    assertThatThrownBy(
            () -> KafkaPublisher.connect(KafkaClients.of("nonsense"), "joulestream-test").close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nonsense");
  }

  private static final long START = 1_700_000_000_000L;

  private static MockProducer<String, byte[]> producer(boolean takesAll) {
    return new MockProducer<>(takesAll, null, new StringSerializer(), new ByteArraySerializer());
  }

  @Test
  void records_goToTheirTopicsByTheirKeys() {
    MockProducer<String, byte[]> producer = producer(true);
    JobRecord job =
        new JobRecord(
            "lab",
            "a/b",
            new JobDetails("u", "p", "n", "q", Map.of()),
            JobSpan.openSince(START),
            JobState.RUNNING,
            JobWork.NONE,
            0);
    AllocationEvent event = AllocationEvent.release("lab", "n1", "a/b", START + 7);
    try (KafkaPublisher publisher = new KafkaPublisher(producer)) {
      publisher.publish(BATCH);
      publisher.publish(event);
      publisher.publish(job);
      publisher.flush();
      assertThat(publisher.published()).isEqualTo(3);
      assertThat(publisher.failed()).isZero();
    }
    assertThat(producer.history())
        .extracting(ProducerRecord::topic)
        .containsExactly("telemetry", "allocations", "jobs");
    assertThat(producer.history())
        .extracting(ProducerRecord::key)
        .containsExactly("lab/n1", "lab/n1", "lab/a/b");
    List<byte[]> values = producer.history().stream().map(ProducerRecord::value).toList();
    assertThat(WireSerdes.telemetry().deserializer().deserialize("telemetry", values.get(0)))
        .isEqualTo(BATCH);
    assertThat(WireSerdes.allocations().deserializer().deserialize("allocations", values.get(1)))
        .isEqualTo(event);
    assertThat(WireSerdes.jobs().deserializer().deserialize("jobs", values.get(2))).isEqualTo(job);
  }

  @Test
  void failureOfOneRecord_isThrownByWhateverComesNext() {
    MockProducer<String, byte[]> producer = producer(false);
    try (KafkaPublisher publisher = new KafkaPublisher(producer)) {
      publisher.publish(BATCH);
      publisher.publish(BATCH);
      producer.completeNext();
      producer.errorNext(new RecordTooLargeException("too large"));
      assertThatThrownBy(() -> publisher.publish(BATCH))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("too large");
      assertThatThrownBy(publisher::flush)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("too large");
      assertThat(publisher.published()).isEqualTo(1);
      assertThat(publisher.failed()).isEqualTo(1);
    }
  }
}
