// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.app.Main;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site's supply from files, through a real broker, into a real store. */
class ITGridFeed {
  private static final Path SAMPLES = Path.of("..", "..", "reports", "src/test/resources/feed");
  private static final String NOW_SQL =
      "SELECT timestamp, value_nano, in_force FROM grid_now WHERE site = 'dc1' AND kind = 'PRICE'"
          + " ORDER BY timestamp";

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private EmbeddedQuestDb store;
  private Program writer;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(1, (short) 1);
    }
    SchemaExchange.publish(KafkaClients.of(kafka));
    store = EmbeddedQuestDb.start(folder.resolve("questdb"), FreePort.find());
    writer =
        Program.start(
            "store-writer",
            "--kafka",
            broker.bootstrap(),
            "--store-url",
            store.url().toString(),
            "--metrics-port",
            "off");
  }

  @AfterEach
  void stop() {
    writer.close();
    http.close();
    store.close();
    broker.close();
  }

  private String run(int status, String... args) {
    List<String> all = new ArrayList<>(List.of("grid"));
    all.addAll(List.of(args));
    all.addAll(List.of("--kafka", broker.bootstrap()));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(bytes, true, UTF_8);
    System.setOut(both);
    System.setErr(both);
    int ended;
    try {
      ended = Main.run(all.toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    String said = bytes.toString(UTF_8);
    assertThat(ended).as(said).isEqualTo(status);
    return said;
  }

  private String load(int status, String file, String... more) {
    List<String> args = new ArrayList<>(List.of("import", file, "--site", "dc1"));
    args.addAll(List.of(more));
    return run(status, args.toArray(String[]::new));
  }

  private Path prices(String name, String... rows) throws IOException {
    List<String> lines = new ArrayList<>(List.of("from,to,kind,value,unit,issued"));
    lines.addAll(List.of(rows));
    return Files.write(folder.resolve(name), lines);
  }

  /** Rows of an answer, their cells with a space between; none while there is no table. */
  private List<String> rows(String sql) throws Exception {
    URI query = store.url().resolve("/exec?query=" + URLEncoder.encode(sql, UTF_8));
    HttpResponse<String> answer =
        http.send(HttpRequest.newBuilder(query).build(), HttpResponse.BodyHandlers.ofString());
    // a table comes with its first row
    if (answer.statusCode() == 400 && answer.body().contains("table does not exist")) {
      return List.of();
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    List<String> rows = new ArrayList<>();
    for (JsonNode row : new ObjectMapper().readTree(answer.body()).path("dataset")) {
      List<String> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(cell.asText().replaceFirst("\\.0+Z$", "Z")));
      rows.add(String.join(" ", cells));
    }
    return rows;
  }

  private void awaitRows(String sql, String... expected) throws Exception {
    List<String> last = new ArrayList<>();
    Await.until(
        "the rows of " + sql,
        Duration.ofMinutes(2),
        () -> {
          last.clear();
          last.addAll(rows(sql));
          return last.equals(List.of(expected));
        },
        () -> "there are " + last);
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    TopicPartition grid = new TopicPartition(Topic.GRID.topicName(), 0);
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(grid));
      consumer.seekToBeginning(List.of(grid));
      long end = consumer.endOffsets(List.of(grid)).getOrDefault(grid, 0L);
      while (consumer.position(grid) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          keys.add(record.key());
        }
      }
    }
    return keys;
  }

  @Test
  void prices_areRevised_withdrawn_andReplacedByFinerOnes() throws Exception {
    Path first =
        prices(
            "first.csv",
            "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,81.50,EUR/MWh,2026-10-17T12:00:00Z",
            "2026-10-18T01:00:00Z,2026-10-18T02:00:00Z,price,-5,EUR/MWh,2026-10-17T12:00:00Z",
            "2026-10-18T03:00:00Z,2026-10-18T04:00:00Z,price,40,EUR/MWh,2026-10-17T12:00:00Z");
    assertThat(load(0, first.toString(), "--dry-run")).contains("would publish 3:");
    assertThat(keys()).isEmpty();
    assertThat(load(0, first.toString()))
        .contains("81.50 EUR/MWh = 0.0815 EUR/kWh")
        .contains("published 3: 3 first, 0 later and 0 earlier issues of intervals; 0 unchanged");
    awaitRows(
        NOW_SQL,
        "2026-10-18T00:00:00Z 81500000 1",
        "2026-10-18T01:00:00Z -5000000 1",
        "2026-10-18T03:00:00Z 40000000 1");

    // a second time it changes nothing
    assertThat(load(0, first.toString())).contains("published 0:", "3 unchanged");
    assertThat(keys()).hasSize(3).doesNotHaveDuplicates();

    // one is wrong: none is published
    Path wrong =
        prices(
            "wrong.csv",
            "2026-10-18T04:00:00Z,2026-10-18T05:00:00Z,price,1,EUR/MWh,",
            "2026-10-18T05:00:00Z,2026-10-18T06:00:00Z,price,1,EUR,",
            "2026-10-18T00:30:00Z,2026-10-18T01:30:00Z,price,1,EUR/MWh,");
    assertThat(load(1, wrong.toString()))
        .contains("wrong.csv: line 3: unit 'EUR' is unknown for price")
        .contains("wrong.csv: line 4: 2026-10-18T00:30Z to 2026-10-18T01:30Z of price overlaps")
        .contains("2 values of", "nothing was published");
    assertThat(keys()).hasSize(3);
    assertThat(load(0, wrong.toString(), "--skip-refused"))
        .contains("published 1: 1 first", "2 refused");

    // a revision, and an issue that came too late
    Path revised =
        prices(
            "revised.csv",
            "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,82,EUR/MWh,2026-10-19T12:00:00Z",
            "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,79,EUR/MWh,2026-10-18T12:00:00Z");
    assertThat(load(0, revised.toString())).contains("published 2: 0 first, 2 later");
    awaitRows(
        "SELECT value_nano, issued_epoch_millis FROM grid WHERE kind = 'PRICE'"
            + " AND timestamp < '2026-10-18T01:00:00Z' ORDER BY issued_epoch_millis",
        "81500000 1792238400000",
        "79000000 1792324800000",
        "82000000 1792411200000");
    awaitRows(NOW_SQL + " LIMIT 1", "2026-10-18T00:00:00Z 82000000 1");

    assertThat(run(1, "gaps", "--site", "dc1"))
        .contains("price", "2026-10-18T02:00Z", "2026-10-18T03:00Z", "1 h");
    assertThat(run(0, "gaps", "--site", "dc1", "--from", "2026-10-18", "--to", "2026-10-18T02:00"))
        .contains("no gaps in price");
    assertThat(run(0, "list")).contains("dc1", "price", "EUR/kWh", "measured 100.0 %");
    assertThat(run(0, "list", "--series", "price", "--all", "--zone", "Europe/Berlin"))
        .contains("2026-10-18T02:00+02:00", "0.0815", "0.079", "0.082", "81.50 EUR/MWh");
    assertThat(run(0, "list", "--series", "price")).contains("0.082").doesNotContain("0.0815");

    Path finer =
        prices(
            "finer.csv",
            "2026-10-18T00:00:00Z,2026-10-18T00:30:00Z,price,1,EUR/MWh,",
            "2026-10-18T00:30:00Z,2026-10-18T01:00:00Z,price,2,EUR/MWh,");
    assertThat(load(1, finer.toString())).contains("which is known; withdraw that first");
    String[] range = {
      "withdraw",
      "--site",
      "dc1",
      "--series",
      "price",
      "--from",
      "2026-10-18",
      "--to",
      "2026-10-18T01:00"
    };
    assertThat(run(2, range)).contains("nothing was done; give --yes to confirm");
    String[] confirmed = Arrays.copyOf(range, range.length + 1);
    confirmed[range.length] = "--yes";
    assertThat(run(0, confirmed)).contains("withdrawn: 1 interval of price of site dc1");
    awaitRows(NOW_SQL + " LIMIT 1", "2026-10-18T00:00:00Z 0 0");
    assertThat(run(1, confirmed)).contains("has no values of price");
    assertThat(load(0, first.toString()))
        .contains("published 0:", "withdrawn since, and still so: 1 value");
    assertThat(load(0, finer.toString())).contains("published 2: 2 first");
    awaitRows(
        NOW_SQL + " LIMIT 2", "2026-10-18T00:00:00Z 1000000 1", "2026-10-18T00:30:00Z 2000000 1");
    assertThat(keys()).doesNotHaveDuplicates();
  }

  @Test
  void filesOfEachProvider_areInTheStore() throws Exception {
    assertThat(load(0, SAMPLES.resolve("electricity-maps-carbon-history.json").toString()))
        .contains("is electricity-maps: 2 values");
    assertThat(load(0, SAMPLES.resolve("watttime-historical.json").toString()))
        .contains("870.5 lbs_co2_per_mwh = 394.852158085 g/kWh", "CO2, not CO2e");
    assertThat(load(0, SAMPLES.resolve("uk-carbon-intensity.json").toString()))
        .contains("is uk-carbon-intensity: 11 values");
    assertThat(load(0, SAMPLES.resolve("entsoe-prices-a44.xml").toString()))
        .contains("is entsoe: 11 values");
    run(0, "import", SAMPLES.resolve("entsoe-generation-a75.xml").toString(), "--site", "dc2");
    run(0, "import", SAMPLES.resolve("rte-eco2mix.json").toString(), "--site", "dc3");
    awaitRows(
        "SELECT basis, source, value_nano, quality, provider, zone FROM grid"
            + " WHERE site = 'dc1' AND kind = 'CARBON'"
            + " ORDER BY basis, source, timestamp",
        "location-average-direct NONE 138000000000 MEASURED uk-carbon-intensity GB",
        "location-average-direct NONE 133000000000 FORECAST uk-carbon-intensity GB",
        "location-average-lifecycle NONE 412000000000 MEASURED electricity-maps DE",
        "location-average-lifecycle NONE 398000000000 ESTIMATED electricity-maps DE",
        "location-marginal-direct NONE 394852158085 MEASURED watttime CAISO_NORTH",
        "location-marginal-direct NONE 453592370000 ESTIMATED watttime CAISO_NORTH");
    awaitRows(
        "SELECT site, count() FROM grid_now WHERE in_force = 1 AND site != 'dc1' ORDER BY site",
        "dc2 4",
        "dc3 20");
    // all of them a second time: those without a time of issue of their own, too
    for (String name :
        List.of(
            "electricity-maps-carbon-history.json",
            "watttime-historical.json",
            "uk-carbon-intensity.json",
            "entsoe-prices-a44.xml")) {
      assertThat(load(0, SAMPLES.resolve(name).toString())).as(name).contains("published 0:");
    }
  }
}
