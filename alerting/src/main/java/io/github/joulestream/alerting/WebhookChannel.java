// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Tells a webhook of each revision of each alert, one after the other in their order. While it is
 * away nothing is read: what waits, waits in Kafka.
 */
final class WebhookChannel extends AlertChannel {
  static final String GROUP = "joulestream-alerts-webhook";
  private static final String NAME = "the webhook";

  private static final Duration POLL = Duration.ofMillis(100);
  private static final long HOLD_STEP_MILLIS = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Signature signature;
  private final Links links;
  private final EpochClock clock;
  private final NanoClock nanos;
  private final Backoff backoff = new Backoff(new Random());

  /** At the very first start: offset of the latest record of what stands; else null. */
  private @Nullable Map<String, Long> first;

  WebhookChannel(
      Map<String, Object> kafka,
      String instance,
      AlertSender.Webhook target,
      Links links,
      EpochClock clock,
      NanoClock nanos) {
    super(
        NAME,
        new AlertConsumer(kafka, NAME, GROUP, instance, AlertConsumer.Begin.WHERE_IT_WAS),
        new Endpoint(target.url()));
    this.signature = target.signature();
    this.links = links;
    this.clock = clock;
    this.nanos = nanos;
  }

  @Override
  void tell() {
    while (!stopping()) {
      List<AlertEvent> came = feed.poll(POLL);
      if (feed.hasBegun()) {
        first = feed.firstTime() ? new HashMap<>() : null;
      }
      if (first != null) {
        begin(first, came);
      } else if (tellAll(came) && feed.held()) {
        done(feed.position());
      }
    }
  }

  /** Finds the first of what still stands before it tells of anything. */
  private void begin(Map<String, Long> standing, List<AlertEvent> came) {
    for (AlertEvent fed : came) {
      if (fed.alert() != null && fed.alert().state() == AlertState.FIRING) {
        standing.put(fed.id(), fed.origin().offset());
      } else {
        standing.remove(fed.id());
      }
    }
    if (feed.knowsWhatStands()) {
      feed.goOnFrom(standing.values().stream().min(Long::compare).orElse(feed.position()));
      first = null;
    }
  }

  private void done(long offset) {
    feed.commit(offset);
    toldAllBefore(offset);
  }

  /** False if it was stopped, or lost its place, before all were told: then they come again. */
  private boolean tellAll(List<AlertEvent> alerts) {
    for (AlertEvent fed : alerts) {
      Alert alert = fed.alert();
      // many slow answers, and the group would think that we are gone
      if (alert != null && (!feed.keepPlace(Duration.ZERO) || !tell(fed, alert))) {
        return false;
      }
      feed.commit(fed.origin().offset() + 1);
    }
    return true;
  }

  private static String messageId(Alert alert) {
    // the same trouble again begins with revision 1 again
    return "%s-%d-%d".formatted(alert.id(), alert.times().sinceEpochMillis(), alert.revision());
  }

  @Override
  void make(Alert alert) {
    endpoint.check(signature.headers(messageId(alert), 0, json(alert)));
  }

  /** However long it takes. */
  private boolean tell(AlertEvent fed, Alert alert) {
    byte[] body = json(alert);
    String id = messageId(alert);
    while (true) {
      if (stopping()) {
        return false;
      }
      long epochSeconds = Math.floorDiv(clock.epochMillis(), 1_000);
      switch (endpoint.post("", body, signature.headers(id, epochSeconds, body))) {
        case Answer.Taken(_) -> {
          countTold(1);
          isThere();
          backoff.reset();
          return true;
        }
        case Answer.Refused(String why) -> {
          return feed.keep(fed.origin(), "the webhook refuses it: " + why);
        }
        case Answer.Away away -> {
          isAway(away);
          if (!hold(backoff.pauseMillis(away.retryAfterMillis()))) {
            return false;
          }
        }
      }
    }
  }

  private boolean hold(long pauseMillis) {
    long until = nanos.nanos() + Duration.ofMillis(pauseMillis).toNanos();
    for (long left = pauseMillis; left > 0; left = (until - nanos.nanos()) / 1_000_000) {
      if (stopping() || !feed.keepPlace(Duration.ofMillis(Math.min(left, HOLD_STEP_MILLIS)))) {
        return false;
      }
    }
    return true;
  }

  private byte[] json(Alert alert) {
    ObjectNode json = JSON.createObjectNode();
    json.put("fingerprint", alert.id());
    json.put("revision", alert.revision());
    json.put("state", lower(alert.state()));
    json.put("severity", lower(alert.severity()));
    json.put("rule", alert.rule().label());
    json.put("site", alert.site());
    json.put("scope", alert.scope());
    json.put("budget", alert.budget());
    json.put("value", alert.measured().value());
    json.put("limit", alert.measured().limit());
    json.put("unit", alert.measured().unit());
    json.put("threshold_percent", alert.measured().thresholdPercent());
    json.put("since", Figures.time(alert.times().sinceEpochMillis()));
    json.put("updated", Figures.time(alert.times().updatedEpochMillis()));
    json.put(
        "ended", alert.times().hasEnded() ? Figures.time(alert.times().endedEpochMillis()) : null);
    json.put("completeness_ratio", alert.measured().completenessBasisPoints() / 10_000.0);
    ArrayNode contributors = json.putArray("contributors");
    for (Contributor contributor : alert.contributors()) {
      contributors
          .addObject()
          .put("kind", lower(contributor.kind()))
          .put("name", contributor.name())
          .put("share_ratio", contributor.shareBasisPoints() / 10_000.0)
          .put("watts", contributor.milliwatts() / 1e3);
    }
    json.put("summary", alert.summary());
    json.put("inhibited_by", alert.routing().inhibitedBy());
    json.put("owner", alert.routing().owner());
    json.put("note", alert.routing().note());
    json.put("dashboard", links.to(alert));
    try {
      return JSON.writeValueAsString(json).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
