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
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.signing.RecordSigner;
import io.github.joulestream.schemas.signing.SiteKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;

/**
 * Records of four nodes of a site that signs: one of which all is good, and three of which they are
 * refused until somebody mends the reason.
 */
final class MendableRecords {
  static final String SITE = "lab";
  static final int SECONDS = 600;

  /** In which records of one node are written. */
  static final OtherRelease LATER = later();

  private static final int READINGS_OF_A_BATCH = 2;
  private static final long MILLIWATTS = 300_000;

  private final SiteKey known = SiteKey.create(SITE);
  private final SiteKey next = SiteKey.create(SITE);
  private final long start = System.currentTimeMillis() / 1_000 * 1_000 - 1_000L * (SECONDS + 30);

  /** Why records of a node are refused. */
  enum Node {
    GOOD(0, ""),
    OF_A_LATER_RELEASE(1, "written with a schema"),
    WITH_THE_NEXT_KEY(2, "forged: it is signed with key"),
    DAMAGED(3, "its node is set aside");

    final int number;
    final String reason;

    Node(int number, String reason) {
      this.number = number;
      this.reason = reason;
    }

    /** Jobs have no node in their key, and so are not refused with one. */
    boolean isRefused(String topic) {
      return this != GOOD && (this != DAMAGED || !topic.equals(Topic.JOBS.topicName()));
    }

    String label() {
      return "n" + number;
    }

    String job() {
      return "job-" + number;
    }
  }

  private static OtherRelease later() {
    try {
      return OtherRelease.later("telemetry", "allocation", "job");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The site's key, with which all but one node's records are signed. */
  SiteKey known() {
    return known;
  }

  /** The site's next key. */
  SiteKey next() {
    return next;
  }

  private <T> ProducerRecord<String, byte[]> record(
      Node node, Topic topic, String of, String schema, Serde<T> serde, T value) throws Exception {
    byte[] bytes = serde.serializer().serialize(topic.topicName(), value);
    if (node == Node.OF_A_LATER_RELEASE) {
      bytes = LATER.rewritten(schema, bytes);
    }
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic.topicName(), SITE + "/" + of, bytes);
    SiteKey key = node == Node.WITH_THE_NEXT_KEY ? next : known;
    new RecordSigner(key.ofSite())
        .sign(record.topic(), record.key(), record.value(), record.headers());
    return record;
  }

  /** Readings of a second each, and a job that holds the GPU of the middle of them. */
  List<ProducerRecord<String, byte[]>> records(Node node) throws Exception {
    List<ProducerRecord<String, byte[]>> all = new ArrayList<>();
    long from = start + SECONDS * 250L;
    long to = start + SECONDS * 750L;
    AllocationEvent hold =
        AllocationEvent.hold(
            SITE, node.label(), node.job(), from, List.of(DeviceShare.whole("gpu0")), 1);
    AllocationEvent release = AllocationEvent.release(SITE, node.label(), node.job(), to);
    for (AllocationEvent event : List.of(hold, release)) {
      all.add(
          record(
              node,
              Topic.ALLOCATIONS,
              node.label(),
              "allocation",
              WireSerdes.allocations(),
              event));
    }
    JobRecord job =
        new JobRecord(
            SITE,
            node.job(),
            new JobDetails("ada", "physics", "train", "batch", Map.of()),
            new JobSpan(from, to),
            JobState.COMPLETED,
            JobWork.NONE,
            1);
    all.add(record(node, Topic.JOBS, node.job(), "job", WireSerdes.jobs(), job));
    for (int second = 0; second < SECONDS; second += READINGS_OF_A_BATCH) {
      all.add(
          record(
              node,
              Topic.TELEMETRY,
              node.label(),
              "telemetry",
              WireSerdes.telemetry(),
              batch(node, second)));
    }
    return all;
  }

  /** Two readings of a node. */
  TelemetryBatch batch(Node node, int second) {
    long[] times = new long[READINGS_OF_A_BATCH];
    long[] power = new long[READINGS_OF_A_BATCH];
    for (int i = 0; i < times.length; i++) {
      times[i] = start + 1_000L * (second + i);
      power[i] = MILLIWATTS + 7L * (second + i) + node.number;
    }
    return new TelemetryBatch(
        SITE,
        node.label(),
        1,
        second / READINGS_OF_A_BATCH,
        List.of(
            new DeviceSeries(
                Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))));
  }
}
