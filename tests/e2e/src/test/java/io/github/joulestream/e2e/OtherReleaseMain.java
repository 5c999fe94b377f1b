// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The agent and the hooks of a node of another release: BOOTSTRAP SITE, and {@code later} or the
 * number of an earlier release. It publishes that release's schemas, and a minute of one GPU of
 * which a job holds 50 s.
 */
final class OtherReleaseMain {
  static final String LATER = "later";
  static final String NODE = "n1";
  static final String JOB = "job-1";
  static final String USER = "ada";
  static final int READINGS = 61;
  static final long MEASURED_MILLIJOULES = 60 * 500_000L;
  static final long JOB_MILLIJOULES = 50 * 500_000L;

  private final KafkaProducer<String, byte[]> producer;
  private final OtherRelease release;
  private final String site;

  private OtherReleaseMain(
      KafkaProducer<String, byte[]> producer, OtherRelease release, String site) {
    this.producer = producer;
    this.release = release;
    this.site = site;
  }

  public static void main(String[] args) throws Exception {
    OtherRelease release = release(args[2]);
    Map<String, Object> kafka = Map.of("bootstrap.servers", args[0]);
    release.publishSchemas(kafka);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      new OtherReleaseMain(producer, release, args[1]).publish();
    }
    System.out.printf("%d readings published%n", READINGS);
  }

  static OtherRelease release(String name) throws IOException {
    return name.equals(LATER)
        ? OtherRelease.later("telemetry", "allocation", "job")
        : OtherRelease.earlier(name);
  }

  private void publish() throws Exception {
    long start = System.currentTimeMillis() - 1_000L * READINGS;
    long end = start + 50_000;
    send(
        "allocations",
        NODE,
        "allocation",
        WireSerdes.allocations(),
        AllocationEvent.hold(site, NODE, JOB, start, List.of(DeviceShare.whole("gpu0")), 1));
    for (int from = 0; from < READINGS; from += 10) {
      send("telemetry", NODE, "telemetry", WireSerdes.telemetry(), batch(start, from));
    }
    send(
        "allocations",
        NODE,
        "allocation",
        WireSerdes.allocations(),
        AllocationEvent.release(site, NODE, JOB, end));
    send(
        "jobs",
        JOB,
        "job",
        WireSerdes.jobs(),
        new JobRecord(
            site,
            JOB,
            new JobDetails(USER, "project", "name", "queue", Map.of()),
            new JobSpan(start, end),
            JobState.COMPLETED,
            JobWork.NONE,
            1));
  }

  /** 500 W, a reading a second, ten seconds at most. */
  private TelemetryBatch batch(long start, int from) {
    int size = Math.min(10, READINGS - from);
    long[] times = new long[size];
    long[] milliwatts = new long[size];
    for (int i = 0; i < size; i++) {
      times[i] = start + 1_000L * (from + i);
      milliwatts[i] = 500_000;
    }
    return new TelemetryBatch(
        site,
        NODE,
        1,
        from / 10,
        List.of(
            new DeviceSeries(
                Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, milliwatts))));
  }

  private <T> void send(String topic, String of, String schema, Serde<T> serde, T value)
      throws Exception {
    byte[] bytes = release.rewritten(schema, serde.serializer().serialize(topic, value));
    producer.send(new ProducerRecord<>(topic, site + "/" + of, bytes)).get();
  }
}
