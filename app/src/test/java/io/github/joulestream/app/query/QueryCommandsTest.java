// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.joulestream.app.Main;
import io.github.joulestream.cli.Program;
import io.github.joulestream.runtime.tls.MadeCertificate;
import io.github.joulestream.runtime.tls.ServerCertificate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Commands that read the API, against a server that answers as the API does. */
class QueryCommandsTest {
  private static final String CHARGES =
      "\"charges\":{\"cost\":1.234,\"currency\":\"EUR\",\"costKnownRatio\":0.5,"
          + "\"co2eLocationGrams\":1500.0,\"co2eMarketGrams\":null,\"co2eKnownRatio\":1,"
          + "\"renewableRatio\":0.25}";
  private static final String QUALITY =
      "\"quality\":{\"measuredMillijoules\":36000000,\"estimatedMillijoules\":0,"
          + "\"modelledMillijoules\":0}";

  @TempDir Path folder;

  private final Map<String, String> answers = new TreeMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private int status = 200;

  private record Result(int status, String out, String err) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serve(server);
    answers.put("/api/v1/me", "{\"user\":\"alice\"}");
  }

  private void serve(HttpServer started) {
    started.createContext(
        "/",
        exchange -> {
          String request = exchange.getRequestURI().toString();
          requests.add(request);
          authorizations.add(
              String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          String answer = answers.get(request);
          byte[] body =
              (answer == null
                      ? "{\"detail\":\"no answer for it\\u001b[2J\",\"parameter\":\"p\"}"
                      : answer)
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().add("Retry-After", "7");
          exchange.sendResponseHeaders(answer == null && status == 200 ? 404 : status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    started.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of(args));
    if (!all.contains("--api")) {
      all.addAll(List.of("--api", "http://127.0.0.1:" + server.getAddress().getPort()));
    }
    int exit = Program.run(command, all.toArray(String[]::new));
    return new Result(exit, out.toString(), err.toString());
  }

  private static String job(String id, long heldIdle) {
    return ("{\"site\":\"s\",\"job\":\"%s\",\"path\":\"/api/v1/jobs/s/-/%s\",\"user\":\"alice\","
            + "\"project\":\"p1\",\"name\":\"train\\u001b[31m\",\"partition\":\"\","
            + "\"state\":\"COMPLETED\",\"start\":\"2026-11-01T10:00:00Z\","
            + "\"end\":\"2026-11-01T12:05:00Z\",\"nodes\":1,\"gpus\":null,\"milliwatts\":null,"
            + "\"energyMillijoules\":36000000,\"byKind\":{},\"heldIdleMillijoules\":%d,"
            + "\"gpuHeldMillis\":7200000,\"gpuBusyMillis\":3600000,\"coverageRatio\":0.975,%s,%s}")
        .formatted(id, id, heldIdle, QUALITY, CHARGES);
  }

  private static String detail(String id) {
    return ("{\"job\":%s,\"labels\":{},\"work\":{\"amount\":5000,\"unit\":\"tokens\","
            + "\"perJoule\":0.125},\"peakMilliwatts\":700000,\"endedBy\":\"\",\"placements\":[],"
            + "\"nodesNow\":[{\"node\":\"n1\",\"milliwatts\":650500,\"gpus\":1,\"busyRatio\":0.5}],"
            + "\"advice\":[{\"text\":\"Ask for 1 GPU.\",\"savingMillijoules\":18000000}],"
            + "\"share\":{}}")
        .formatted(job(id, 18_000_000));
  }

  @Test
  void jobs_areYourOwn_withAdviceOnThoseHeldIdle() {
    answers.put(
        "/api/v1/jobs?user=me&from=7d&limit=100",
        "{\"jobs\":[%s,%s],\"next\":null}".formatted(job("7", 18_000_000), job("8", 0)));
    answers.put("/api/v1/jobs/s/-/7", detail("7"));
    Result result = run("jobs", "--since", "7d");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
        .containsExactly(
            "JOB|NAME|USER|PROJECT|STATE|TIME|POWER|ENERGY|COST|CO2E|HELD IDLE",
            "7|train\\u001b[31m|alice|p1|completed|2 h 5 min|-|10 Wh|1.23 EUR|1.5 kg|50.0 %",
            "8|train\\u001b[31m|alice|p1|completed|2 h 5 min|-|10 Wh|1.23 EUR|1.5 kg|0.0 %",
            "",
            "7: Ask for 1 GPU. (about 5 Wh)");
    assertThat(authorizations).containsOnly("null");
  }

  @Test
  void pages_areReadUntilTheLimit() {
    answers.put(
        "/api/v1/jobs?user=bob&state=RUNNING&sort=-energy&limit=3",
        "{\"jobs\":[%s,%s],\"next\":\"/api/v1/jobs?cursor=x%%2By\"}"
            .formatted(job("1", 0), job("2", 0)));
    answers.put(
        "/api/v1/jobs?cursor=x%2By",
        "{\"jobs\":[%s,%s],\"next\":null}".formatted(job("3", 0), job("4", 0)));
    Result result =
        run("jobs", "--user", "bob", "--state", "running", "--sort", "-energy", "--limit", "3");
    assertThat(result.out().lines().skip(1).map(line -> line.substring(0, 1)).toList())
        .containsExactly("1", "2", "3", "t");
    assertThat(result.out()).endsWith("there are more than 3: --limit shows more\n");
    Result json =
        run("jobs", "--user=bob", "--state=running", "--sort=-energy", "--limit=3", "--json");
    assertThat(json.out()).contains("\"more\" : true", "\"energyMillijoules\" : 36000000");
  }

  @Test
  void aTokenOfNobody_hasAllJobs_andNone_isSaid() throws IOException {
    answers.put("/api/v1/me", "{\"user\":\"\"}");
    answers.put("/api/v1/jobs?limit=100", "{\"jobs\":[],\"next\":null}");
    Path token = Files.writeString(folder.resolve("token"), "secret\n");
    Result result = run("jobs", "--token-file", token.toString());
    assertThat(result.out()).isEqualTo("no jobs run now; --since 7d shows those that are over\n");
    assertThat(authorizations).containsOnly("Bearer secret");
  }

  @Test
  void oneJob_isShownWithAdvice_whateverItsId() {
    answers.put("/api/v1/jobs/s/c/7~10", detail("c/7/0"));
    Result result = run("jobs", "c/7/0", "--site", "s");
    assertThat(result.out())
        .contains("job              c/7/0 of s\n")
        .contains("energy           10 Wh; 100.0 % measured, 0.0 % estimated, 0.0 % modelled\n")
        .contains("cost             1.23 EUR for 50 % of the energy\n")
        .contains("CO2e             1.5 kg\n")
        .contains("work             5000 tokens, 0.125 per joule\n")
        .contains("n1    650.5 W     1  50 %\n")
        .endsWith("\n\nAsk for 1 GPU. (about 5 Wh)\n")
        .doesNotContain("\u001b");
    assertThat(run("jobs", "c/7/0", "--site", "s", "--json").out()).contains("\"advice\" : [ {");
  }

  @Test
  void withoutASite_theJobIsLookedFor() {
    answers.put("/api/v1/sites", "{\"sites\":[{\"site\":\"s\"}]}");
    answers.put("/api/v1/jobs/s/-/7", detail("7"));
    assertThat(run("jobs", "7").out()).contains("7 of s");
    answers.put("/api/v1/sites", "{\"sites\":[]}");
    answers.put("/api/v1/jobs?limit=1000", "{\"jobs\":[%s],\"next\":null}".formatted(job("8", 0)));
    answers.put(
        "/api/v1/jobs?from=7d&limit=1000",
        "{\"jobs\":[%s,%s],\"next\":null}".formatted(job("7", 0), job("8", 0)));
    assertThat(run("jobs", "7").out()).contains("7 of s");
    Result none = run("jobs", "9");
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).contains("no such job of yours within a week");
  }

  @Test
  void usage_isATable_withItsTotal() {
    String row =
        ("{\"key\":\"%s\",\"energyMillijoules\":%d,\"byKind\":{},\"heldIdleMillijoules\":9000000,"
            + "\"gpuHeldMillis\":7200000,\"gpuBusyMillis\":3600000,\"coverageRatio\":1,%s,%s,"
            + "\"sharedIdleMillijoules\":null}");
    answers.put(
        "/api/v1/usage?groupBy=project&period=this-month",
        ("{\"range\":{\"from\":\"2026-11-01T00:00:00Z\",\"to\":\"2026-12-01T00:00:00Z\","
                + "\"zone\":\"UTC\"},\"rows\":[%s,%s],\"total\":%s,"
                + "\"asOf\":\"2026-11-29T00:00:00Z\",\"notes\":[\"a\\nnote\"]}")
            .formatted(
                row.formatted("p1", 36_000_000, QUALITY, CHARGES),
                row.formatted("p2\\n", 36_000_000, QUALITY, CHARGES),
                row.formatted("(total)", 72_000_000, QUALITY, CHARGES)));
    Result result = run("usage");
    assertThat(result.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
        .containsExactly(
            "2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z (UTC), as of 2026-11-29T00:00:00Z",
            "PROJECT|ENERGY|SHARE|COST|CO2E|GPU HOURS|BUSY|HELD IDLE",
            "p1|10 Wh|50.0 %|1.23 EUR|1.5 kg|2.0|50.0 %|25.0 %",
            "p2\\n|10 Wh|50.0 %|1.23 EUR|1.5 kg|2.0|50.0 %|25.0 %",
            "(total)|20 Wh|100.0 %|1.23 EUR|1.5 kg|2.0|50.0 %|12.5 %",
            "a\\nnote");
  }

  @Test
  void top_showsSitesAndJobs() {
    answers.put(
        "/api/v1/sites",
        "{\"sites\":[{\"site\":\"s\",\"milliwatts\":1500000,\"jobsMilliwatts\":1000000,"
            + "\"idleMilliwatts\":500000,\"heldIdleMilliwatts\":0,\"gpusBusy\":3.5,\"gpus\":8,"
            + "\"nodesReporting\":1,\"nodes\":2,\"alertsFiring\":0,\"ageSeconds\":1.25}]}");
    answers.put(
        "/api/v1/jobs?state=RUNNING&sort=-power&limit=15",
        "{\"jobs\":[%s],\"next\":null}".formatted(job("7", 0)));
    assertThat(run("top", "--once").out().lines().map(line -> line.replaceAll(" {2,}", "|")))
        .startsWith(
            "SITE|POWER|JOBS|IDLE|HELD IDLE|GPUS BUSY|NODES|ALERTS|AGE",
            "s|1.5 kW|1 kW|500 W|0 W|3.5 of 8|1 of 2|0|1.3 s",
            "")
        .hasSize(5);
    assertThat(run("top", "--once", "--json").out()).startsWith("{\"sites\":[{").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | 2 | p: no answer for it",
        "401 | 1 | give --token-file FILE, or JOULESTREAM_API_TOKEN",
        "403 | 1 | no answer for it",
        "404 | 1 | no answer for it",
        "422 | 2 | no answer for it",
        "429 | 1 | try again in 7 s",
        "500 | 1 | answers 500",
        "503 | 1 | try again in 7 s",
      })
  void whatTheApiRefuses_isOneLine(int answered, int exit, String text) {
    status = answered;
    Result result = run("usage");
    assertThat(result.err()).contains(text).hasLineCount(1).doesNotContain("\u001b");
    assertThat(result.status()).isEqualTo(exit);
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jobs --api ftp://h | 2 | --api takes a URL",
        "jobs --api http://u:p@h | 2 | the URL of --api has a secret in it",
        "jobs --api http://127.0.0.1:1 | 1 | cannot be reached",
        "jobs --token-file /none/such | 1 | --token-file: there is no file /none/such",
        "jobs --limit 0 | 2 | --limit takes",
        "top --limit 1001 | 2 | --limit takes",
        "usage --period 2026-10 --from 7d | 2 | do not go together",
      })
  void whatCannotBeAsked_isRefused(String line, int exit, String text) {
    Result result = run(line.split(" "));
    assertThat(result.err()).contains(text).hasLineCount(1);
    assertThat(result.status()).isEqualTo(exit);
    assertThat(requests).isEmpty();
  }

  @Test
  void aFileThatHoldsNoToken_isRefused_andNotRepeated() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), "");
    assertThat(run("jobs", "--token-file", empty.toString()).err()).contains("empty is empty");
    for (String text : List.of("two words", "clé", "a\nb")) {
      Path file = Files.writeString(folder.resolve("token"), text);
      Result result = run("jobs", "--token-file", file.toString());
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains("holds no token").doesNotContain("words", "cl");
    }
    assertThat(requests).isEmpty();
  }

  @Test
  void https_isTrusted_byTheAuthoritiesThatAreNamed() throws Exception {
    MadeCertificate made = MadeCertificate.valid("EC");
    Path certificate = Files.writeString(folder.resolve("cert.pem"), made.certificatePem());
    Path key = Files.writeString(folder.resolve("key.pem"), made.keyPem());
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(ServerCertificate.read(certificate, key).context(null)));
    serve(https);
    String api = "https://127.0.0.1:" + https.getAddress().getPort();
    try {
      answers.put("/api/v1/jobs?user=me&limit=100", "{\"jobs\":[],\"next\":null}");
      Result trusted = run("jobs", "--api", api, "--api-ca", certificate.toString());
      assertThat(trusted.out()).startsWith("no jobs of yours run now");
      Result other = run("jobs", "--api", api);
      assertThat(other.status()).isEqualTo(1);
      assertThat(other.err()).contains("cannot be reached").hasLineCount(1);
      assertThat(run("jobs", "--api", api, "--api-ca", key.toString()).err())
          .contains("has no certificate in PEM");
    } finally {
      https.stop(0);
    }
  }

  @Test
  void aTokenThatIsRefused_isNotRepeated() throws IOException {
    status = 401;
    Path token = Files.writeString(folder.resolve("token"), "sesame");
    Result result = run("top", "--once", "--token-file", token.toString(), "--verbose");
    assertThat(result.err()).contains("the token is not taken").doesNotContain("sesame");
  }
}
