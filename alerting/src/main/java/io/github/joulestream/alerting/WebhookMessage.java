// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.Alert;
import java.util.Locale;
import java.util.Map;

/**
 * The message of one revision of an alert to a webhook.
 *
 * @param id the same each time that the revision is sent
 * @param body JSON
 */
@SuppressWarnings("ArrayRecordComponent") // sent as it is
record WebhookMessage(String id, byte[] body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static WebhookMessage of(Alert alert, Links links) {
    // the revision begins at 1 with each firing
    String id =
        "%s-%d-%d".formatted(alert.id(), alert.times().sinceEpochMillis(), alert.revision());
    return new WebhookMessage(id, json(alert, links));
  }

  /** Headers of a request with this message, signed at that time. */
  Map<String, String> headers(Signature signature, long epochSeconds) {
    return signature.headers(id, epochSeconds, body);
  }

  private static byte[] json(Alert alert, Links links) {
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
    json.put("since", AlertFormat.time(alert.times().sinceEpochMillis()));
    json.put("updated", AlertFormat.time(alert.times().updatedEpochMillis()));
    json.put(
        "ended",
        alert.times().hasEnded() ? AlertFormat.time(alert.times().endedEpochMillis()) : null);
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
    // for people; names that programs look up stay as they are
    json.put("summary", ShownText.of(alert.summary()));
    json.put("inhibited_by", alert.routing().inhibitedBy());
    json.put("owner", ShownText.of(alert.routing().owner()));
    json.put("note", ShownText.of(alert.routing().note()));
    json.put("dashboard", links.to(alert));
    try {
      return ShownText.of(JSON.writeValueAsString(json)).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON of texts and numbers was not written", e);
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
