// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a program that was started with {@code --metrics-port 0} answers. */
final class HealthPort {
  private static final Pattern PORT = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/metrics");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private HealthPort() {}

  /** Status and words. */
  static String health(Program program) throws IOException, InterruptedException {
    return statusAndWords(program, "/health");
  }

  /** Status and words of {@code /ready}. */
  static String ready(Program program) throws IOException, InterruptedException {
    return statusAndWords(program, "/ready");
  }

  private static String statusAndWords(Program program, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = ask(program, path);
    return answer.statusCode() + " " + answer.body().strip();
  }

  static String metrics(Program program) throws IOException, InterruptedException {
    return ask(program, "/metrics").body();
  }

  /** Fails unless the program lives and says that it is well. */
  static void assertWell(String name, Program program) throws IOException, InterruptedException {
    assertThat(program.isAlive()).as("%s is alive: %s", name, program.output()).isTrue();
    assertThat(health(program)).as("health of %s: %s", name, program.output()).startsWith("200 ");
  }

  private static HttpResponse<String> ask(Program program, String path)
      throws IOException, InterruptedException {
    program.awaitLine("/metrics and /health");
    Matcher port = PORT.matcher(program.output());
    assertThat(port.find()).as(program.output()).isTrue();
    URI uri = URI.create("http://127.0.0.1:" + port.group(1) + path);
    return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
