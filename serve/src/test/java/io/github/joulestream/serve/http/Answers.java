// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;

/** What tests have in common: a route, and what an answer of a server is. */
final class Answers {
  static final Route SITE =
      Route.get(
          "/api/v1/sites/{site}",
          Set.of("zone", "label.", "name*"),
          request ->
              Answer.json(
                  Map.of(
                      "site", request.path("site"),
                      "labels", request.parametersWith("label."),
                      "names", request.parameters("name"),
                      "zone", request.parameter("zone").orElse("none"),
                      "who", request.visibility().viewer().name())));

  private Answers() {}

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  static void isProblem(HttpResponse<String> response, int status) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = json(response);
    assertThat(problem.get("type").asText()).isEqualTo("about:blank");
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("title").asText()).isNotBlank();
    assertThat(problem.get("detail").asText()).isNotBlank();
    assertThat(problem.get("instance").asText()).doesNotContain("?");
  }
}
