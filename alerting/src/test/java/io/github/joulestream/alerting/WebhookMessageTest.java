// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookMessageTest {
  private static final long SINCE = Instant.parse("2026-11-25T10:00:00Z").toEpochMilli();

  private static Alert alert(AlertState state, long ended, int revision) {
    return new Alert(
        Alert.fingerprint("dc1", Rule.POWER_BUDGET, Scope.SITE),
        new AlertSubject(Rule.POWER_BUDGET, "dc1", "feed-a", "site"),
        Severity.CRITICAL,
        state,
        new AlertMeasurement(1_210_000, 1_200_000, "W", 100, 9_700),
        new AlertTimes(SINCE, SINCE + 9_000, ended),
        List.of(new Contributor(Contributor.Consumer.JOB, "c/17", 3_100, 372_000_000)),
        "power of site dc1 is 1.21 MW",
        revision,
        new AlertRouting("", "facilities", "a \"note\""));
  }

  private static JsonNode json(WebhookMessage message) throws IOException {
    return new ObjectMapper().readTree(message.body());
  }

  @Test
  void theMessage_holdsAllFieldsThatAreDocumented() throws IOException {
    Links links = new Links(URI.create("https://grafana.example"));
    Alert alert = alert(AlertState.FIRING, AlertTimes.OPEN, 2);
    WebhookMessage message = WebhookMessage.of(alert, links);
    JsonNode json = json(message);
    assertThat(json)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"fingerprint": "%s", "revision": 2, "state": "firing", "severity": "critical",
                     "rule": "power-budget", "site": "dc1", "scope": "site", "budget": "feed-a",
                     "value": 1210000.0, "limit": 1200000.0, "unit": "W", "threshold_percent": 100,
                     "since": "2026-11-25T10:00:00Z", "updated": "2026-11-25T10:00:09Z",
                     "ended": null, "completeness_ratio": 0.97,
                     "contributors": [
                       {"kind": "job", "name": "c/17", "share_ratio": 0.31, "watts": 372000.0}],
                     "summary": "power of site dc1 is 1.21 MW", "inhibited_by": "",
                     "owner": "facilities", "note": "a \\"note\\"", "dashboard": "%s"}
                    """
                        .formatted(alert.id(), links.to(alert))));
    assertThat(json.get("dashboard").asText()).startsWith("https://grafana.example/d/");
  }

  @Test
  void whatPeopleRead_isShown_andWhatProgramsLookUp_isAsItIs() throws IOException {
    for (String text : HostileTexts.all()) {
      if (!UTF_8.newEncoder().canEncode(text)) {
        continue;
      }
      Alert alert =
          new Alert(
              Alert.fingerprint("dc1", Rule.POWER_BUDGET, Scope.SITE),
              new AlertSubject(Rule.POWER_BUDGET, "dc1", "feed-a", "site"),
              Severity.CRITICAL,
              AlertState.FIRING,
              new AlertMeasurement(1, 2, "W", 100, 9_700),
              new AlertTimes(SINCE, SINCE, AlertTimes.OPEN),
              List.of(new Contributor(Contributor.Consumer.JOB, text, 1, 1)),
              text,
              1,
              new AlertRouting("", text, text));
      WebhookMessage message = WebhookMessage.of(alert, new Links(null));
      assertThat(HostileTexts.unsafe(new String(message.body(), UTF_8))).as(text).isEmpty();
      JsonNode json = json(message);
      for (String field : List.of("summary", "owner", "note")) {
        assertThat(json.get(field).asText()).isEqualTo(ShownText.of(text));
      }
      assertThat(json.at("/contributors/0/name").asText()).isEqualTo(text);
    }
  }

  @Test
  void anAlertThatResolved_hasItsEnd() throws IOException {
    Alert alert = alert(AlertState.RESOLVED, SINCE + 60_000, 3);
    JsonNode json = json(WebhookMessage.of(alert, new Links(null)));
    assertThat(json.get("state").asText()).isEqualTo("resolved");
    assertThat(json.get("ended").asText()).isEqualTo("2026-11-25T10:01:00Z");
    assertThat(json.get("dashboard").asText()).isEmpty();
  }

  /** A receiver ignores an id that it has received: a repeat has the same, a change another. */
  @Test
  void theId_isThatOfTheRevisionOfTheFiring() {
    Links links = new Links(null);
    Alert first = alert(AlertState.FIRING, AlertTimes.OPEN, 1);
    WebhookMessage message = WebhookMessage.of(first, links);
    assertThat(message.id()).isEqualTo(first.id() + "-" + SINCE + "-1");
    assertThat(WebhookMessage.of(first, links).id()).isEqualTo(message.id());
    assertThat(WebhookMessage.of(alert(AlertState.FIRING, AlertTimes.OPEN, 2), links).id())
        .isNotEqualTo(message.id());
  }

  @Test
  void theHeaders_signTheBodyUnderTheId() {
    Signature signature = new Signature("a secret of at least twenty-four bytes".getBytes(UTF_8));
    WebhookMessage message =
        WebhookMessage.of(alert(AlertState.FIRING, AlertTimes.OPEN, 1), new Links(null));
    Map<String, String> headers = message.headers(signature, 1_795_600_000);
    assertThat(headers).isEqualTo(signature.headers(message.id(), 1_795_600_000, message.body()));
    assertThat(headers).containsEntry("webhook-id", message.id());
    WebhookMessage other = new WebhookMessage(message.id(), "{}".getBytes(UTF_8));
    assertThat(other.headers(signature, 1_795_600_000).get("webhook-signature"))
        .isNotEqualTo(headers.get("webhook-signature"));
  }
}
