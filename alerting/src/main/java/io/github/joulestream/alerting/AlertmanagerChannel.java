// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Alert;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Tells Alertmanager, by its interface v2: of news at once, and of all that stands again and again,
 * as Prometheus does. So it does not matter that Alertmanager forgets when it is started anew, and
 * a repeat changes nothing there.
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
  private final Backoff backoff = new Backoff(new Random());
  private ActiveAlerts standing;
  private long roundNanos;
  private long notBeforeNanos;
  private String uptime = "";

  AlertmanagerChannel(
      Map<String, Object> kafka,
      String instance,
      AlertSender.Alertmanager target,
      Links links,
      EpochClock clock,
      NanoClock nanos) {
    super(
        NAME,
        new AlertConsumer(kafka, NAME, GROUP, instance, AlertConsumer.Begin.AT_THE_BEGINNING),
        new Endpoint(target.url()));
    this.links = links;
    this.repeatNanos = target.repeat().toNanos();
    this.holdMillis = target.hold().toMillis();
    this.clock = clock;
    this.nanos = nanos;
    this.standing = new ActiveAlerts(links, holdMillis);
    this.notBeforeNanos = nanos.nanos();
  }

  @Override
  void tell() {
    while (!stopping()) {
      List<AlertEvent> came = feed.poll(POLL);
      if (feed.hasBegun()) {
        standing = new ActiveAlerts(links, holdMillis);
        roundNanos = nanos.nanos();
        // what stands already is told with the first round, whenever that succeeds
        feed.beginsNow();
      }
      for (AlertEvent fed : came) {
        standing.take(fed, clock.epochMillis());
      }
      if (feed.knowsWhatStands() && nanos.nanos() - notBeforeNanos >= 0) {
        tellWhatIsDue();
      }
    }
  }

  @Override
  void make(Alert alert) {
    json(List.of(standing.first(alert)));
  }

  private void tellWhatIsDue() {
    if (nanos.nanos() - roundNanos >= 0) {
      Boolean forgotten = wasStartedAnew();
      if (forgotten == null || !post(standing.all(forgotten, clock.epochMillis()))) {
        return;
      }
      roundNanos = nanos.nanos() + repeatNanos;
    } else if (standing.hasNews() && !post(standing.news(clock.epochMillis()))) {
      return;
    }
    long offset = feed.position();
    feed.commit(offset);
    toldAllBefore(offset);
  }

  /** Null if it is away. One that does not say since when it runs counts as the same as before. */
  private @Nullable Boolean wasStartedAnew() {
    return switch (endpoint.get(STATUS)) {
      case Answer.Taken(String body) -> {
        String before = uptime;
        uptime = uptime(body);
        yield !before.isEmpty() && !before.equals(uptime);
      }
      case Answer.Refused(_) -> false;
      case Answer.Away away -> {
        pause(away);
        yield null;
      }
    };
  }

  private static String uptime(String body) {
    try {
      JsonNode status = JSON.readTree(body);
      return status == null ? "" : status.path("uptime").asText("");
    } catch (JsonProcessingException e) {
      return ""; // something else answers for it: then nobody knows
    }
  }

  /** False if it is away: then what is due stays due. */
  private boolean post(List<ActiveAlerts.Notice> notices) {
    for (int from = 0; from < notices.size(); from += MAX_NOTICES) {
      List<ActiveAlerts.Notice> part =
          notices.subList(from, Math.min(notices.size(), from + MAX_NOTICES));
      if (!postPart(part)) {
        return false;
      }
    }
    isThere();
    backoff.reset();
    return true;
  }

  private boolean postPart(List<ActiveAlerts.Notice> notices) {
    if (!feed.keepPlace(Duration.ZERO)) {
      return false;
    }
    byte[] body = json(notices.stream().flatMap(notice -> notice.postings().stream()).toList());
    switch (endpoint.post(ALERTS, body, Map.of())) {
      case Answer.Taken(_) -> {
        countTold(standing.told(notices, clock.epochMillis()));
      }
      case Answer.Refused(String why) -> {
        if (notices.size() == 1) {
          standing.refused(notices.getFirst());
          return feed.keep(notices.getFirst().origin(), why);
        } else {
          // one of them, perhaps: the others must not suffer
          for (ActiveAlerts.Notice notice : notices) {
            if (!postPart(List.of(notice))) {
              return false;
            }
          }
        }
      }
      case Answer.Away away -> {
        pause(away);
        return false;
      }
    }
    return true;
  }

  private void pause(Answer.Away away) {
    isAway(away);
    notBeforeNanos =
        nanos.nanos() + Duration.ofMillis(backoff.pauseMillis(away.retryAfterMillis())).toNanos();
    // it may have forgotten everything when it is back
    roundNanos = notBeforeNanos;
  }

  private static byte[] json(List<AlertmanagerAlert> postings) {
    ArrayNode alerts = JSON.createArrayNode();
    for (AlertmanagerAlert posting : postings) {
      ObjectNode alert = alerts.addObject();
      posting.labels().forEach(alert.putObject("labels")::put);
      posting.annotations().forEach(alert.putObject("annotations")::put);
      alert.put("startsAt", Figures.time(posting.startsEpochMillis()));
      if (posting.endsEpochMillis() != AlertmanagerAlert.NO_END) {
        alert.put("endsAt", Figures.time(posting.endsEpochMillis()));
      }
      if (!posting.link().isEmpty()) {
        alert.put("generatorURL", posting.link());
      }
    }
    try {
      return JSON.writeValueAsString(alerts).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can always be written", e);
    }
  }
}
