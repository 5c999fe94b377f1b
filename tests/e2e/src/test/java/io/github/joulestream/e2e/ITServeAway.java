// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.WebDriverWait;

/** {@code serve} while its broker or its store is gone for a time, each a process of its own. */
class ITServeAway {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Within which it must be known that something is away: 11 s of silence, and a busy machine. */
  private static final Duration NOTICED = Duration.ofSeconds(45);

  private static final String SITE = "/api/v1/sites/simulated";
  private static final String USAGE = "/api/v1/usage?groupBy=user&" + MadeApi.RANGE;

  /** What is answered out of the store. */
  private static final List<String> OF_THE_STORE =
      List.of(
          USAGE,
          SITE + "/power",
          SITE + "/ledger",
          SITE + "/nodes/node-001/power",
          SITE + "/nodes/node-001/placement",
          "/api/v1/jobs?" + MadeApi.RANGE,
          "/api/v1/efficiency?groupBy=user&" + MadeApi.RANGE,
          "/api/v1/whatif/pooling?site=simulated&" + MadeApi.RANGE,
          "/api/v1/alerts?" + MadeApi.RANGE,
          "/api/v1/grid/simulated?" + MadeApi.RANGE,
          "/api/v1/reports/director?period=2026-10");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path folder;

  private static final List<Program> programs = new ArrayList<>();
  private static int kafkaPort;
  private static int storePort;
  private static Program broker;
  private static Program store;
  private static Program serve;
  private static String address;

  @BeforeAll
  static void start() throws Exception {
    kafkaPort = FreePort.findLasting();
    storePort = FreePort.findLasting();
    broker = startBroker();
    store = startStore();
    broker.awaitLine("the broker runs");
    Map<String, Object> kafka = Map.of("bootstrap.servers", "127.0.0.1:" + kafkaPort);
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(1, (short) 1);
      SchemaExchange.publish(KafkaClients.of(kafka));
    }
    String cluster = "--kafka=127.0.0.1:" + kafkaPort;
    keep(Program.start("streams", cluster, "--state=" + folder.resolve("state")));
    keep(Program.start("simulate", cluster, "--nodes=2"));
    serve =
        keep(
            Program.start(
                "serve",
                cluster,
                "--store-url=" + storeUrl(),
                "--listen=127.0.0.1:0",
                "--metrics-port=off",
                "--requests-per-second=0"));
    store.awaitLine("the store runs");
    fillStore();
    serve.awaitLine("serving http");
    Matcher found =
        Pattern.compile("serving (http://127\\.0\\.0\\.1:\\d+)").matcher(serve.output());
    assertThat(found.find()).isTrue();
    address = found.group(1);
    await("it is ready", () -> ready().statusCode() == 200);
    await("figures move", () -> get(SITE).statusCode() == 200 && age() < 5);
  }

  private static Program keep(Program program) {
    programs.add(program);
    return program;
  }

  private static Program startBroker() throws Exception {
    return keep(main(BrokerMain.class, "kafka", kafkaPort));
  }

  private static Program startStore() throws Exception {
    return keep(main(StoreMain.class, "questdb", storePort));
  }

  private static Program main(Class<?> of, String data, int port) throws Exception {
    return Program.startMain(
        of.getName(), Map.of(), folder.resolve(data).toString(), Integer.toString(port));
  }

  private static URI storeUrl() {
    return URI.create("http://127.0.0.1:" + storePort);
  }

  private static void fillStore() throws Exception {
    StoreConnection connection =
        StoreConnection.to(
            new InfluxAddress(storeUrl(), InfluxAddress.NO_TOKEN, "-"), null, Buckets.named("x"));
    try (PointSink sink = connection.sink();
        QuestDbReader reader = new QuestDbReader(storeUrl())) {
      new MadeMonth().writeTo(sink);
      await("the store shows what was written", reader::applied);
    }
  }

  @AfterAll
  static void end() {
    programs.reversed().forEach(Program::close);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(60)).build(),
        BodyHandlers.ofString(UTF_8));
  }

  private static HttpResponse<String> ready() throws Exception {
    return get("/ready");
  }

  /** Age of the live figures, s. */
  private static double age() throws Exception {
    JsonNode age = JSON.readTree(get(SITE).body()).path("ageSeconds");
    return age.isNumber() ? age.asDouble() : Double.MAX_VALUE;
  }

  private static String at() throws Exception {
    return JSON.readTree(get(SITE).body()).path("at").asText();
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    Await.until(what, LIMIT, condition, () -> serve.output());
  }

  /** Waits until it is not ready for that reason; says how long that took. */
  private static void awaitAway(String reason) throws Exception {
    long began = System.nanoTime();
    Await.until(reason, NOTICED, () -> ready().statusCode() == 503, () -> serve.output());
    assertThat(ready().body()).isEqualTo("not now: " + reason + "\n");
    said(reason, began);
  }

  private static void awaitReady(String what) throws Exception {
    long began = System.nanoTime();
    await(what, () -> ready().statusCode() == 200);
    said(what, began);
  }

  private static void said(String what, long began) {
    System.out.printf(
        Locale.ROOT, "serve: %s, seen after %.1f s%n", what, (System.nanoTime() - began) / 1e9);
  }

  private static ReadStream stream() throws Exception {
    return new ReadStream(URI.create(address + "/api/v1/live/simulated?cells=nodes"));
  }

  @Test
  void whileTheStoreIsAwayLiveFiguresAreServed_andHistoryOnceItIsBack() throws Exception {
    JsonNode before = used();
    assertThat(before.toString()).contains("ada");
    try (ReadStream stream = stream()) {
      store.kill();
      // an answer of just before is given again for two seconds
      await("the answer of before is not given again", () -> get(USAGE).statusCode() == 503);
      for (String path : OF_THE_STORE) {
        assertUnavailable(path);
      }
      awaitAway("the store does not answer");
      assertThat(get("/health").statusCode()).isEqualTo(200);
      String at = at();
      int frames = stream.sites();
      await("live figures move", () -> !at().equals(at));
      await("the stream has frames", () -> stream.sites() > frames + 1);
      assertThat(stream.isOver()).isFalse();
      pageSays("/sites/simulated/history", "the store cannot be read now");
      store = startStore();
      awaitReady("the store is back");
      await("history is answered", () -> get(USAGE).statusCode() == 200);
      assertThat(used()).isEqualTo(before);
      assertThat(stream.isOver()).isFalse();
    }
  }

  /** Energy by user, with all its figures. */
  private static JsonNode used() throws Exception {
    HttpResponse<String> answer = get(USAGE);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode rows = JSON.readTree(answer.body()).path("rows");
    assertThat(rows.size()).isPositive();
    return rows;
  }

  private static void assertUnavailable(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).as(path).isPresent();
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .as(path)
        .startsWith("application/problem+json");
    assertThat(JSON.readTree(answer.body()).path("detail").asText())
        .as(path)
        .isEqualTo("the store cannot be read now");
  }

  @Test
  void whileTheBrokerIsAwayFiguresGrowOld_andMoveOnceItIsBack() throws Exception {
    try (ReadStream stream = stream()) {
      // first it hangs, with connections open; then they are gone, too
      broker.suspend();
      awaitAway("Kafka does not answer");
      broker.kill();
      String last = at();
      double age = age();
      int frames = stream.sites();
      await("figures grow old", () -> age() > Math.max(age, 15) + 1);
      await("the stream has frames", () -> stream.sites() > frames);
      assertThat(stream.isOver()).isFalse();
      assertThat(ready().body()).isEqualTo("not now: Kafka does not answer\n");
      assertThat(at()).isEqualTo(last);
      assertThat(get(USAGE).statusCode()).as("history").isEqualTo(200);
      pageSays("/", "No newer reading than of");
      broker = startBroker();
      awaitReady("Kafka is back");
      await("figures move again", () -> at().compareTo(last) > 0 && age() < 10);
      assertThat(stream.isOver()).isFalse();
      assertThat(serve.isAlive()).isTrue();
    }
  }

  /** A page shows a text; where there is no browser nothing is looked at. */
  private static void pageSays(String path, String text) {
    if (!Chromium.isThere()) {
      return;
    }
    try (Chromium chromium = new Chromium(1440, 900)) {
      chromium.driver.get(address + path);
      new WebDriverWait(chromium.driver, LIMIT)
          .withMessage(path + " says " + text)
          .until(driver -> driver.findElement(By.tagName("body")).getText().contains(text));
    }
  }
}
