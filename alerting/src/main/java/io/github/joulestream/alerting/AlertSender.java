// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Topic;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Takes alerts from their topic to people and programs. What a target was told of is committed only
 * when the target has it, so after a crash nothing is lost; and what is told a second time has the
 * identity it had the first time, so it is known as the same.
 */
public final class AlertSender implements AutoCloseable {
  /**
   * An Alertmanager.
   *
   * @param url where it is
   * @param repeat how often it is told again of all that stands; well under its {@code
   *     resolve_timeout}
   * @param hold how long an alert stands there at least: longer than its {@code group_wait} and
   *     {@code group_interval}, or nobody hears of a short one
   */
  public record Alertmanager(URI url, Duration repeat, Duration hold) {
    public static final Duration DEFAULT_REPEAT = Duration.ofMinutes(1);
    public static final Duration DEFAULT_HOLD = Duration.ofSeconds(90);

    public Alertmanager {
      if (!repeat.isPositive() || hold.isNegative()) {
        throw new IllegalArgumentException("told again every %s, held %s".formatted(repeat, hold));
      }
    }
  }

  /** A webhook, and how requests to it are signed. */
  public record Webhook(URI url, Signature signature) {}

  /**
   * Who is told.
   *
   * @param grafana where Grafana is, for links; or null
   */
  public record Targets(
      @Nullable Alertmanager alertmanager, @Nullable Webhook webhook, @Nullable URI grafana) {
    /** True if nobody is told. */
    public boolean isEmpty() {
      return alertmanager == null && webhook == null;
    }
  }

  /**
   * How delivery to one target gets on.
   *
   * @param told alerts that fired, changed or ended and that it took; what it is only told again,
   *     lest it forget, does not count
   * @param refused that it will never take, or that cannot be read; they are in {@code dead-letter}
   * @param retries how often it was not there
   * @param trouble why it takes nothing now, or null
   */
  public record Status(
      String target, long told, long refused, long retries, @Nullable String trouble) {}

  private final Admin admin;
  private final List<AlertChannel> lanes = new ArrayList<>();

  /**
   * @param kafka how to reach the cluster
   * @param instance name of this instance: a restart takes its place again at once; must differ
   *     between instances, of which one works and the others stand by
   */
  public AlertSender(
      Map<String, Object> kafka,
      String instance,
      Targets targets,
      EpochClock clock,
      NanoClock nanos) {
    admin = Admin.create(kafka);
    Links links = new Links(targets.grafana());
    Alertmanager alertmanager = targets.alertmanager();
    if (alertmanager != null) {
      lanes.add(new AlertmanagerChannel(kafka, instance, alertmanager, links, clock, nanos));
    }
    Webhook webhook = targets.webhook();
    if (webhook != null) {
      lanes.add(new WebhookChannel(kafka, instance, webhook, links, clock, nanos));
    }
  }

  public void start() {
    lanes.forEach(AlertChannel::start);
  }

  public List<Status> status() {
    return lanes.stream().map(AlertChannel::status).toList();
  }

  /** How it is: bad if it gave up or is stuck. While a target is away it waits, and says so. */
  public Health health() {
    for (AlertChannel lane : lanes) {
      Throwable e = lane.failure();
      if (e != null) {
        return Health.bad("the alert sender stopped: " + e.getMessage());
      }
      Optional<String> stuck = lane.stuck();
      if (stuck.isPresent()) {
        return Health.bad(stuck.get());
      }
    }
    return status().stream()
        .filter(status -> status.trouble() != null)
        .findFirst()
        .map(status -> Health.good("%s is away: %s".formatted(status.target(), status.trouble())))
        .orElse(Health.GOOD);
  }

  /** Dead letters that Kafka will never take. */
  public long lettersDropped() {
    return lanes.stream().mapToLong(AlertChannel::dropped).sum();
  }

  /** Why it gave up, if it did. */
  public Optional<Throwable> failure() {
    return lanes.stream()
        .map(AlertChannel::failure)
        .filter(failure -> failure != null)
        .<Throwable>map(failure -> failure)
        .findFirst();
  }

  /** True if every target was told of all that is committed on the topic of alerts. */
  public boolean caughtUp() {
    TopicPartition alerts = new TopicPartition(Topic.ALERTS.topicName(), 0);
    try {
      long end =
          admin
              .listOffsets(
                  Map.of(alerts, OffsetSpec.latest()),
                  new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
              .partitionResult(alerts)
              .get()
              .offset();
      return lanes.stream().allMatch(lane -> lane.toldOffset() >= end);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of the topic of alerts cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Finishes the request under way and stops. */
  @Override
  public void close() {
    lanes.forEach(AlertChannel::askToStop);
    lanes.forEach(AlertChannel::close);
    admin.close();
  }
}
