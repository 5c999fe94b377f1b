// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.joulestream.runtime.HttpAnswer;

/**
 * Answer of an InfluxDB.
 *
 * @param retryAfterMillis how long the server asks to wait, ms; 0 if it does not ask
 */
public record InfluxAnswer(int status, String body, long retryAfterMillis) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static InfluxAnswer of(HttpAnswer answer) {
    return new InfluxAnswer(answer.status(), answer.body(), answer.retryAfterMillis());
  }

  /** True if the server did what was asked for: 2xx. */
  public boolean ok() {
    return status / 100 == 2;
  }

  /** True if the credentials are unknown (401) or not sufficient (403). */
  boolean denied() {
    return status == 401 || status == 403;
  }

  /**
   * True if the server will never take it. 400: cannot be parsed, or breaks a rule; 413: too large;
   * 422: of a type that a field cannot take.
   */
  boolean refused() {
    return status == 400 || status == 413 || status == 422;
  }

  /** The body as JSON; missing if it is none. */
  JsonNode json() {
    try {
      JsonNode node = JSON.readTree(body);
      return node == null ? MissingNode.getInstance() : node;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** The server's reason, in one line of at most 500 characters. */
  String message() {
    JsonNode json = json();
    return HttpAnswer.oneLine(
        json.hasNonNull("message")
            ? json.get("message").asText()
            : json.hasNonNull("error") ? json.get("error").asText() : body);
  }

  @Override
  public String toString() {
    String message = message();
    return message.isEmpty() ? Integer.toString(status) : status + ": " + message;
  }
}
