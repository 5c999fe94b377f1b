// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.runtime.Backoff;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends each revision of each alert to a webhook, one after the other in their order. While the
 * webhook is unavailable no further record is read: alerts wait in Kafka.
 */
final class WebhookChannel extends AlertChannel {
  static final String GROUP = "joulestream-alerts-webhook";
  private static final String NAME = "the webhook";

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long PAUSE_STEP_MILLIS = 500;

  private final Signature signature;
  private final Links links;
  private final EpochClock clock;
  private final NanoClock nanos;
  private final Backoff backoff = newBackoff();

  /** At the very first start: offset of the latest record of each active alert; else null. */
  private @Nullable Map<String, Long> first;

  WebhookChannel(
      KafkaClients kafka,
      String instance,
      AlertSender.Webhook target,
      Links links,
      EpochClock clock,
      NanoClock nanos) {
    super(
        NAME,
        new AlertConsumer(kafka, NAME, GROUP, instance, AlertConsumer.Begin.AT_COMMITTED_OFFSET),
        new TargetEndpoint(target.url()));
    this.signature = target.signature();
    this.links = links;
    this.clock = clock;
    this.nanos = nanos;
  }

  @Override
  void deliver() {
    while (!stopping()) {
      List<AlertEvent> events = consumer.poll(POLL);
      if (consumer.hasBegun()) {
        first = consumer.firstTime() ? new HashMap<>() : null;
      }
      if (first != null) {
        begin(first, events);
      } else if (deliverAll(events) && consumer.isAssigned()) {
        done(consumer.position());
      }
    }
  }

  /** Finds the first alert that is still active before any is sent. */
  private void begin(Map<String, Long> active, List<AlertEvent> events) {
    for (AlertEvent event : events) {
      if (event.alert() != null && event.alert().state() == AlertState.FIRING) {
        active.put(event.id(), event.origin().offset());
      } else {
        active.remove(event.id());
      }
    }
    if (consumer.knowsActiveAlerts()) {
      consumer.startFrom(active.values().stream().min(Long::compare).orElse(consumer.position()));
      first = null;
    }
  }

  private void done(long offset) {
    consumer.commit(offset);
    deliveredAllBefore(offset);
  }

  /** False if it was stopped or lost its assignment before all were sent: they are read again. */
  private boolean deliverAll(List<AlertEvent> alerts) {
    for (AlertEvent event : alerts) {
      Alert alert = event.alert();
      // while answers are slow, the group must not take this instance for dead
      if (alert != null && (!consumer.keepAssignment(Duration.ZERO) || !deliver(event, alert))) {
        return false;
      }
      consumer.commit(event.origin().offset() + 1);
    }
    return true;
  }

  @Override
  void make(Alert alert) {
    endpoint.check(WebhookMessage.of(alert, links).headers(signature, 0));
  }

  /** Sends an alert until the webhook accepts or rejects it; false if it was stopped. */
  private boolean deliver(AlertEvent event, Alert alert) {
    WebhookMessage message = WebhookMessage.of(alert, links);
    while (true) {
      if (stopping()) {
        return false;
      }
      long epochSeconds = Math.floorDiv(clock.epochMillis(), 1_000);
      switch (endpoint.post("", message.body(), message.headers(signature, epochSeconds))) {
        case Answer.Accepted(_) -> {
          countDelivered(1);
          noteAvailable();
          backoff.reset();
          return true;
        }
        case Answer.Rejected(String reason) -> {
          return consumer.deadLetter(event.origin(), "the webhook rejected it: " + reason);
        }
        case Answer.Unavailable answer -> {
          noteUnavailable(answer);
          if (!pause(backoff.pauseMillis(answer.retryAfterMillis()))) {
            return false;
          }
        }
      }
    }
  }

  private boolean pause(long pauseMillis) {
    long until = nanos.nanos() + Duration.ofMillis(pauseMillis).toNanos();
    for (long left = pauseMillis; left > 0; left = (until - nanos.nanos()) / 1_000_000) {
      if (stopping()
          || !consumer.keepAssignment(Duration.ofMillis(Math.min(left, PAUSE_STEP_MILLIS)))) {
        return false;
      }
    }
    return true;
  }
}
