// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.app.Main;
import io.github.joulestream.serve.access.StaticTokens;
import io.github.joulestream.serve.api.JobPath;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A simulated site with a broker and a store, and {@code joulestream serve} beside it, which asks
 * for tokens. On one of its nodes a job of somebody runs whose names occur nowhere else.
 */
final class ServedSite implements AutoCloseable {
  static final String SITE = "simulated";
  static final String NODE = "node-001";
  static final String JOB = "zqcluster/zq4711";
  static final String USER = "zqvictim";
  static final String PROJECT = "zqproject";
  static final String TRUSTED = "127.0.0.2";

  /** What nobody may read who may not see that job. */
  static final List<String> MARKS =
      List.of("zqcluster", "zq4711", USER, PROJECT, "zqname", "zqmodel");

  /** Texts of a job of somebody who wants a browser or a spreadsheet to run them. */
  static final String SCRIPT = "<script>zqalert(1)</script>";

  static final String IMAGE = "\"><img src=x onerror=zqalert(2)>";
  static final String FORMULA = "=cmd|' /C zqcalc'!A0";

  /** A text that turns the direction of what follows it, and hides. */
  static final String TURNED = "zqturned\u202ecod\u2066.\u200b\ufeffexe";

  private static final int FIRST_EVENTS = 10;
  private static final JsonMapper JSON = new JsonMapper();

  /** What was answered; of a stream its beginning. */
  record Answer(int status, String body, HttpHeaders headers) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError(body, e);
      }
    }

    String type() {
      return headers.firstValue("Content-Type").orElse("");
    }
  }

  final TokenIssuer issuer = new TokenIssuer();
  private final Path tokens;
  private final List<Program> programs = new ArrayList<>();
  private final Map<String, HttpClient> clients = new ConcurrentHashMap<>();
  private final AtomicInteger address = new AtomicInteger(10);
  private String kafka = "";
  private int port;

  private ServedSite(Path folder) throws Exception {
    tokens = Files.createFile(folder.resolve("tokens"));
    Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-------"));
  }

  static ServedSite start(Path folder) throws Exception {
    ServedSite site = new ServedSite(folder);
    try {
      site.run(folder);
      return site;
    } catch (Throwable e) {
      site.close();
      throw e;
    }
  }

  private void run(Path folder) throws Exception {
    Program up =
        Program.start(
            "up", "--simulate", "2", "--no-agent", "--kafka-port=0", "--store-port=0", "--no-page");
    programs.add(up);
    up.awaitLine("ready after");
    kafka = found(up, "Kafka  ([0-9.:]+)");
    Path keys = Files.writeString(folder.resolve("jwks.json"), issuer.jwks());
    Program serve =
        Program.start(
            "serve",
            "--listen=127.0.0.1:0",
            "--metrics-port=off",
            "--kafka=" + kafka,
            "--store-url=" + found(up, "store  (http://127.0.0.1:\\d+)"),
            "--tokens=" + tokens,
            "--oidc-issuer=" + TokenIssuer.URL,
            "--oidc-audience=" + TokenIssuer.AUDIENCE,
            "--oidc-jwks=" + keys,
            "--trusted-peer=" + TRUSTED,
            "--requests-per-second=0");
    programs.add(serve);
    serve.awaitLine("serving http");
    port = Integer.parseInt(found(serve, "serving http://127\\.0\\.0\\.1:(\\d+)"));
    // sums are of quarters of an hour that are over, so there is a site with a past too
    Program past =
        Program.start(
            "simulate", "--site=past", "--nodes=1", "--past=40m", "--jobs=1", "--kafka=" + kafka);
    programs.add(past);
    assertThat(past.await()).as(past.output()).isZero();
    start("past", "38m", JOB, NODE, USER, PROJECT, "zqname", "zqmodel");
    start(SITE, "1s", JOB, NODE, USER, PROJECT, "zqname", "zqmodel");
    start(SITE, "1s", SCRIPT + "/7", "node-002", IMAGE, FORMULA, SCRIPT, SCRIPT);
    start(SITE, "1s", "zqturned/8", "node-002", TURNED, TURNED, TURNED, TURNED);
  }

  private static String found(Program program, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(program.output());
    assertThat(matcher.find()).as(program.output()).isTrue();
    return matcher.group(1);
  }

  private void start(
      String at,
      String ago,
      String job,
      String node,
      String user,
      String account,
      String name,
      String model)
      throws Exception {
    // a busy machine's broker may take longer than the command waits
    await(
        job + " is reported",
        () ->
            Main.run(
                    "job",
                    "start",
                    job,
                    "--site=" + at,
                    "--at=" + ago,
                    "--node=" + node,
                    "--user=" + user,
                    "--account=" + account,
                    "--name=" + name,
                    "--label",
                    "model=" + model,
                    "--kafka=" + kafka)
                == 0);
  }

  /** Until live figures and the store have the jobs, and who may see all sees them. */
  void awaitJobs(String admin) throws Exception {
    for (String job : List.of(JOB, SCRIPT + "/7", "zqturned/8")) {
      await(
          job + " is live and has energy",
          () -> {
            Answer answer = get(admin, JobPath.of(SITE, job));
            return answer.status() == 200
                && answer.json().at("/job/energyMillijoules").asLong() > 0;
          });
      await(
          job + " is in the store",
          () ->
              get(admin, "/api/v1/jobs?from=1h&limit=1000&format=csv")
                  .body()
                  .contains(job.substring(job.indexOf('/'))));
    }
    await(
        "placements are in the store",
        () ->
            get(admin, "/api/v1/sites/%s/nodes/%s/placement?from=1h".formatted(SITE, NODE))
                .body()
                .contains(JOB));
    await(
        "quarter hours are in the store",
        () -> get(admin, "/api/v1/usage?from=1h&groupBy=user").body().contains(USER));
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    Await.until(what, Duration.ofMinutes(3), condition);
  }

  /** A token that grants what these words say, once it is taken. */
  String token(String words) throws Exception {
    return tokens(List.of(words)).getFirst();
  }

  /** Viewers who may all see the same, and are as many as there are to be. */
  Askers askers(int many, String words) throws Exception {
    List<String> each = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      each.add(words + i);
    }
    return new Askers(this, tokens(each));
  }

  private List<String> tokens(List<String> words) throws Exception {
    List<String> created = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (String each : words) {
      created.add(StaticTokens.create());
      lines.append(StaticTokens.line(created.getLast(), each)).append('\n');
    }
    Files.writeString(tokens, lines, UTF_8, StandardOpenOption.APPEND);
    for (String token : created) {
      await("the token is taken", () -> get(token, "/api/v1/me").status() == 200);
    }
    return created;
  }

  int port() {
    return port;
  }

  /** An address of this machine from which nothing was asked yet: failures are counted by it. */
  String address() {
    return "127.0.1." + address.incrementAndGet();
  }

  /** Asks with a token. */
  Answer get(String token, String pathAndQuery) throws Exception {
    return send(
        "127.0.0.9",
        HttpRequest.newBuilder(uri(pathAndQuery)).header("Authorization", "Bearer " + token));
  }

  URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:%d%s".formatted(port, pathAndQuery));
  }

  /**
   * Asks from an address of loopback.
   *
   * @return of an event stream what came with its first events
   */
  Answer send(String from, HttpRequest.Builder request) throws Exception {
    HttpClient client =
        clients.computeIfAbsent(
            from,
            key ->
                HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .localAddress(InetAddress.ofLiteral(key))
                    .build());
    HttpResponse<InputStream> response =
        client.send(
            request.timeout(Duration.ofSeconds(60)).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      boolean stream =
          response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
      String body = stream ? beginning(in) : new String(in.readAllBytes(), UTF_8);
      return new Answer(response.statusCode(), body, response.headers());
    }
  }

  /** What a stream says in its first frames; the very first has all jobs that are shown. */
  private static String beginning(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] some = new byte[8192];
    while (text.toString().split("event:", -1).length <= FIRST_EVENTS) {
      int length = in.read(some);
      if (length < 0) {
        return text.toString();
      }
      text.append(new String(some, 0, length, UTF_8));
    }
    return text.toString();
  }

  @Override
  public void close() {
    clients.values().forEach(HttpClient::shutdownNow);
    for (Program program : programs.reversed()) {
      try {
        program.interrupt();
        program.await();
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        program.close();
      }
    }
  }
}
