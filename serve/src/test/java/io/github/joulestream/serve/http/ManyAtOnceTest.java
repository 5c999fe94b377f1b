// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Over a real server: requests that take long, texts in paths, and whether it is ready. */
class ManyAtOnceTest {
  @Test
  void oneViewer_leavesTurnsToOthers() throws Exception {
    CountDownLatch begun = new CountDownLatch(ApiHandler.AT_ONCE_OF_ONE);
    CountDownLatch end = new CountDownLatch(1);
    Route slow =
        Route.get(
            "/api/v1/slow",
            Set.of(),
            request -> {
              begun.countDown();
              try {
                assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return Answer.json(Map.of());
            });
    Route quick = Route.get("/api/v1/quick", Set.of(), request -> Answer.json(Map.of()));
    try (TestServer server = new TestServer(List.of(slow, quick))) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      try {
        for (int i = 0; i < ApiHandler.AT_ONCE_OF_ONE; i++) {
          HttpRequest request =
              HttpRequest.newBuilder(server.uri("/api/v1/slow"))
                  .header("X-Test-User", "alice")
                  .build();
          answers.add(server.client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.get("/api/v1/quick", "X-Test-User", "alice").statusCode()).isEqualTo(429);
        assertThat(server.get("/api/v1/quick", "X-Test-User", "bob").statusCode()).isEqualTo(200);
      } finally {
        end.countDown();
      }
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      }
      assertThat(server.get("/api/v1/quick", "X-Test-User", "alice").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void encodedCharacters_areData() throws Exception {
    Route job =
        Route.get(
            "/api/v1/jobs/{id}", Set.of(), request -> Answer.json(List.of(request.path("id"))));
    try (TestServer server = new TestServer(List.of(job))) {
      assertThat(server.get("/api/v1/jobs/a%3Bb").body()).isEqualTo("[\"a;b\"]");
      assertThat(server.get("/api/v1/jobs/a;b").statusCode()).isIn(400, 404);
      HttpResponse<String> answer = server.get("/api/v1/jobs/a?x=1");
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("there is no such parameter; there are none here");
    }
  }

  @Test
  void readiness_hasItsReason_withoutNamesOfHosts() throws Exception {
    Health away = Health.starting("Kafka cannot be read: broker7.example");
    try (TestServer server =
        new TestServer(new ServiceRoutes(new Metrics(), () -> away).routes())) {
      HttpResponse<String> answer = server.get("/ready");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("not now: Kafka cannot be read\n");
      assertThat(server.get("/health").body()).isEqualTo("ok\n");
    }
  }
}
