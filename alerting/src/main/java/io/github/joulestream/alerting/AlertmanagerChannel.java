// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.runtime.Backoff;
import io.github.joulestream.runtime.ClockWatch;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends alerts to Alertmanager by its API v2: changes at once, and all active alerts repeatedly, as
 * Prometheus does. So a restarted Alertmanager has them again, and a repeat changes nothing there.
 */
final class AlertmanagerChannel extends AlertChannel {
  static final String GROUP = "joulestream-alerts-alertmanager";
  private static final String NAME = "Alertmanager";

  private static final String ALERTS = "/api/v2/alerts";
  private static final String STATUS = "/api/v2/status";
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int MAX_NOTICES = 100;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Links links;
  private final long repeatNanos;
  private final long holdMillis;
  private final EpochClock clock;
  private final NanoClock nanos;
  private final ClockWatch watch;
  private final Backoff backoff = newBackoff();
  private ActiveAlerts active;
  private long roundNanos;
  private long notBeforeNanos;
  private String uptime = "";

  AlertmanagerChannel(
      KafkaClients kafka,
      String instance,
      AlertSender.Alertmanager target,
      Links links,
      EpochClock clock,
      NanoClock nanos) {
    super(
        NAME,
        new AlertConsumer(kafka, NAME, GROUP, instance, AlertConsumer.Begin.AT_FIRST_RECORD),
        new TargetEndpoint(target.url()));
    this.links = links;
    this.repeatNanos = target.repeat().toNanos();
    this.holdMillis = target.hold().toMillis();
    this.clock = clock;
    this.nanos = nanos;
    this.watch = new ClockWatch(clock, nanos);
    this.active = new ActiveAlerts(links, holdMillis);
    this.notBeforeNanos = nanos.nanos();
  }

  @Override
  void deliver() {
    while (!stopping()) {
      List<AlertEvent> events = consumer.poll(POLL);
      if (consumer.hasBegun()) {
        active = new ActiveAlerts(links, holdMillis);
        roundNanos = nanos.nanos();
        // alerts that are active already are sent with the first round, whenever that succeeds
        consumer.startAtEnd();
      }
      for (AlertEvent event : events) {
        active.take(event, nowEpochMillis());
      }
      if (consumer.knowsActiveAlerts() && nanos.nanos() - notBeforeNanos >= 0) {
        sendWhatIsDue();
      }
    }
  }

  /** When a step of the clock has been applied: one within a request counts once, not twice. */
  private long nowEpochMillis() {
    active.clockStepped(watch.step());
    return clock.epochMillis();
  }

  @Override
  void make(Alert alert) {
    json(List.of(active.first(alert)));
  }

  private void sendWhatIsDue() {
    if (nanos.nanos() - roundNanos >= 0) {
      Boolean restarted = wasRestarted();
      if (restarted == null || !post(active.all(restarted, nowEpochMillis()))) {
        return;
      }
      roundNanos = nanos.nanos() + repeatNanos;
    } else if (active.hasPending() && !post(active.pending(nowEpochMillis()))) {
      return;
    }
    long offset = consumer.position();
    consumer.commit(offset);
    deliveredAllBefore(offset);
  }

  /** Null if it is unavailable. Without its start time in the answer it counts as not restarted. */
  private @Nullable Boolean wasRestarted() {
    return switch (endpoint.get(STATUS)) {
      case Answer.Accepted(String body) -> {
        String before = uptime;
        uptime = uptime(body);
        yield !before.isEmpty() && !before.equals(uptime);
      }
      case Answer.Rejected(_) -> false;
      case Answer.Unavailable answer -> {
        pause(answer);
        yield null;
      }
    };
  }

  private static String uptime(String body) {
    try {
      JsonNode status = JSON.readTree(body);
      return status == null ? "" : status.path("uptime").asText("");
    } catch (JsonProcessingException e) {
      return ""; // not the status of an Alertmanager
    }
  }

  /** False if it is unavailable: then all that is due stays due. */
  private boolean post(List<ActiveAlerts.Notice> notices) {
    for (int from = 0; from < notices.size(); from += MAX_NOTICES) {
      List<ActiveAlerts.Notice> batch =
          notices.subList(from, Math.min(notices.size(), from + MAX_NOTICES));
      if (!postBatch(batch)) {
        return false;
      }
    }
    noteAvailable();
    backoff.reset();
    return true;
  }

  private boolean postBatch(List<ActiveAlerts.Notice> notices) {
    if (!consumer.keepAssignment(Duration.ZERO)) {
      return false;
    }
    byte[] body = json(notices.stream().flatMap(notice -> notice.alerts().stream()).toList());
    switch (endpoint.post(ALERTS, body, Map.of())) {
      case Answer.Accepted(_) -> {
        countDelivered(active.delivered(notices, nowEpochMillis()));
      }
      case Answer.Rejected(String reason) -> {
        if (notices.size() == 1) {
          active.rejected(notices.getFirst());
          return consumer.deadLetter(
              notices.getFirst().origin(), "Alertmanager rejected it: " + reason);
        } else {
          // one of them, perhaps: the others are sent one by one
          for (ActiveAlerts.Notice notice : notices) {
            if (!postBatch(List.of(notice))) {
              return false;
            }
          }
        }
      }
      case Answer.Unavailable answer -> {
        pause(answer);
        return false;
      }
    }
    return true;
  }

  private void pause(Answer.Unavailable answer) {
    noteUnavailable(answer);
    notBeforeNanos =
        nanos.nanos() + Duration.ofMillis(backoff.pauseMillis(answer.retryAfterMillis())).toNanos();
    // it may have been restarted when it is available again
    roundNanos = notBeforeNanos;
  }

  private static byte[] json(List<AlertmanagerAlert> toSend) {
    ArrayNode alerts = JSON.createArrayNode();
    for (AlertmanagerAlert one : toSend) {
      ObjectNode alert = alerts.addObject();
      one.labels().forEach(alert.putObject("labels")::put);
      one.annotations().forEach(alert.putObject("annotations")::put);
      alert.put("startsAt", AlertFormat.time(one.startsEpochMillis()));
      if (one.endsEpochMillis() != AlertmanagerAlert.NO_END) {
        alert.put("endsAt", AlertFormat.time(one.endsEpochMillis()));
      }
      if (!one.link().isEmpty()) {
        alert.put("generatorURL", one.link());
      }
    }
    try {
      return JSON.writeValueAsString(alerts).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON of texts was not written", e);
    }
  }
}
