// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Delivers alerts from their topic to Alertmanager and to a webhook. An offset is committed when
 * the target has accepted all alerts before it, so after a crash none is lost; an alert that is
 * sent a second time has the same identity, so the target can recognise it.
 */
public final class AlertSender implements AutoCloseable {
  /** Consumer groups, one for each kind of target. */
  public static final List<String> GROUPS =
      List.of(AlertmanagerChannel.GROUP, WebhookChannel.GROUP);

  /**
   * An Alertmanager.
   *
   * @param url where it is
   * @param repeat how often all active alerts are sent again; well under its {@code
   *     resolve_timeout}
   * @param hold how long an alert is active there at least: longer than its {@code group_wait} and
   *     {@code group_interval}, or there is no notification of a short one
   */
  public record Alertmanager(URI url, Duration repeat, Duration hold) {
    public static final Duration DEFAULT_REPEAT = Duration.ofMinutes(1);
    public static final Duration DEFAULT_HOLD = Duration.ofSeconds(90);

    public Alertmanager {
      if (!repeat.isPositive() || hold.isNegative()) {
        throw new IllegalArgumentException(
            "repeated every %s, held for %s".formatted(repeat, hold));
      }
    }
  }

  /** A webhook, and how requests to it are signed. */
  public record Webhook(URI url, Signature signature) {}

  /**
   * The targets of alerts.
   *
   * @param grafana where Grafana is, for links; or null
   */
  public record Targets(
      @Nullable Alertmanager alertmanager, @Nullable Webhook webhook, @Nullable URI grafana) {
    /** True if there is no target. */
    public boolean isEmpty() {
      return alertmanager == null && webhook == null;
    }
  }

  /**
   * State of delivery to one target.
   *
   * @param delivered alerts that fired, changed or resolved and that it accepted; repeats do not
   *     count
   * @param refused alerts that it rejected, or that cannot be read; they are in {@code dead-letter}
   * @param retries requests that failed because it was unavailable
   * @param unavailability why it is unavailable now, or null
   */
  public record Status(
      String target, long delivered, long refused, long retries, @Nullable String unavailability) {}

  private final Admin admin;
  private final List<AlertChannel> channels = new ArrayList<>();

  /**
   * @param kafka how to reach the cluster
   * @param instance name of this instance: a restart resumes its assignment at once; must differ
   *     between instances, of which one is active and the others are on standby
   */
  public AlertSender(
      KafkaClients kafka, String instance, Targets targets, EpochClock clock, NanoClock nanos) {
    admin = kafka.admin("joulestream-alert-sender");
    Links links = new Links(targets.grafana());
    Alertmanager alertmanager = targets.alertmanager();
    if (alertmanager != null) {
      channels.add(new AlertmanagerChannel(kafka, instance, alertmanager, links, clock, nanos));
    }
    Webhook webhook = targets.webhook();
    if (webhook != null) {
      channels.add(new WebhookChannel(kafka, instance, webhook, links, clock, nanos));
    }
  }

  public void start() {
    channels.forEach(AlertChannel::start);
  }

  public List<Status> status() {
    return channels.stream().map(AlertChannel::status).toList();
  }

  /**
   * Health: bad if it stopped or is stuck, and not ready while Kafka does not take its dead letters
   * until somebody acts. While a target is unavailable it is good, with the reason; with how many
   * alerts were refused.
   */
  public Health health() {
    Health health =
        channels.stream()
            .map(AlertChannel::health)
            .filter(each -> !each.equals(Health.GOOD))
            .min(Comparator.comparing(Health::ok).thenComparing(Health::ready))
            .orElse(Health.GOOD);
    for (AlertChannel channel : channels) {
      for (String remark : channel.remarks()) {
        health = health.remark(remark);
      }
    }
    return health;
  }

  /** Dead letters that Kafka rejected. */
  public long lettersDropped() {
    return channels.stream().mapToLong(AlertChannel::dropped).sum();
  }

  /** Why it stopped, if it did. */
  public Optional<Throwable> failure() {
    return channels.stream()
        .map(AlertChannel::failure)
        .filter(failure -> failure != null)
        .<Throwable>map(failure -> failure)
        .findFirst();
  }

  /** True if every target has accepted all alerts that are committed on their topic. */
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
      return channels.stream().allMatch(channel -> channel.deliveredOffset() >= end);
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
    channels.forEach(AlertChannel::askToStop);
    channels.forEach(AlertChannel::close);
    admin.close();
  }
}
