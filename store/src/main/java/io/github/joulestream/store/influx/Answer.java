// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * What a server answered.
 *
 * @param retryAfterMillis how long it wants to be left alone, ms; 0 if it does not say
 */
public record Answer(int status, String body, long retryAfterMillis) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_MESSAGE = 500;

  public boolean fine() {
    return status / 100 == 2;
  }

  /** It does not let us in: 401 says that it does not know us, 403 that we may not. */
  boolean denied() {
    return status == 401 || status == 403;
  }

  /**
   * It will never take it. 400: cannot be parsed, or breaks a rule; 413: too large; 422: of a type
   * that a field cannot take.
   */
  boolean refused() {
    return status == 400 || status == 413 || status == 422;
  }

  JsonNode json() {
    try {
      JsonNode node = JSON.readTree(body);
      return node == null ? MissingNode.getInstance() : node;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** Its reason, in one line of bearable length. */
  String message() {
    JsonNode json = json();
    String text =
        json.hasNonNull("message")
            ? json.get("message").asText()
            : json.hasNonNull("error") ? json.get("error").asText() : body;
    String line = text.strip().replaceAll("\\s*\\R\\s*", "; ");
    return line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + "..." : line;
  }

  @Override
  public String toString() {
    String message = message();
    return message.isEmpty() ? Integer.toString(status) : status + ": " + message;
  }
}
