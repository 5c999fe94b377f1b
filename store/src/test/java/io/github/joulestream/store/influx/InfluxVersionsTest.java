// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.PointSink.PointsRefused;
import io.github.joulestream.store.PointSink.StoreUnavailable;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.connect.StoreKind;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.LedgerPoint;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What we ask of each version, and what we make of the answers its documentation shows. */
class InfluxVersionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Buckets BUCKETS = Buckets.named("joulestream");
  private static final StorePoint WEEKS =
      JobWindowPoint.of(new JobWindow("s", "j", 1_700_000_000_000L, 10_000, Totals.ofJob()));
  private static final StorePoint YEARS =
      LedgerPoint.of(new SiteWindow("s", 1_700_000_000_000L, 3_600_000, Totals.ofSite()));
  private static final StorePoint DAYS =
      DeviceWindowPoints.of(
              new DeviceWindow(
                  "s",
                  "n",
                  1_700_000_000_000L,
                  10_000,
                  List.of(new DeviceTotals("gpu0", DeviceKind.GPU, "", 0, Totals.ofDevice())),
                  0))
          .getFirst();

  private @Nullable ScriptedServer scripted;

  @BeforeEach
  void start() throws IOException {
    scripted = new ScriptedServer();
  }

  @AfterEach
  void stop() {
    server().close();
  }

  private ScriptedServer server() {
    return java.util.Objects.requireNonNull(scripted);
  }

  private StoreKind kind() throws IOException {
    return StoreConnection.to(server().address("none"), null, BUCKETS).kind();
  }

  @Test
  void aServerIsWhatItSays() throws IOException {
    server().reply("GET /ping", 204, "", "X-Influxdb-Version", "1.6.7~rc0");
    assertThat(kind()).isEqualTo(StoreKind.INFLUX1);
    server().reply("GET /ping", 204, "", "X-Influxdb-Version", "v2.7.12");
    assertThat(kind()).isEqualTo(StoreKind.INFLUX2);
    server().reply("GET /ping", 200, "{}", "X-Influxdb-Version", "3.4.1");
    assertThat(kind()).isEqualTo(StoreKind.INFLUX3);
    server().reply("GET /ping", 204, "", "X-Influxdb-Build", "Cloud");
    assertThat(kind()).isEqualTo(StoreKind.INFLUX2);
    server().reply("GET /ping", 204, "", "X-Influxdb-Version", "v2.7.4", "Server", "questDB/1.0");
    assertThat(kind()).isEqualTo(StoreKind.QUESTDB);
    server().reply("GET /ping", 204, "");
    server().reply("GET /health", 200, "{\"name\":\"influxdb\",\"version\":\"2.0.4\"}");
    assertThat(kind()).isEqualTo(StoreKind.INFLUX2);
  }

  @Test
  void whatIsNoStore_orSaysNothingWithoutAToken_isSaid_andCanBeOverridden() throws IOException {
    assertThatThrownBy(this::kind)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("answers 404")
        .hasMessageContaining("--store-url");
    server().reply("GET /ping", 401, "");
    assertThatThrownBy(this::kind)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--store-token-file");
    assertThat(StoreConnection.to(server().address("none"), StoreKind.INFLUX3, BUCKETS).kind())
        .isEqualTo(StoreKind.INFLUX3);
  }

  private StoreConnection v2() throws IOException {
    return StoreConnection.to(server().address("secret"), StoreKind.INFLUX2, BUCKETS);
  }

  private void v2WithOrg() {
    server()
        .reply("GET /api/v2/orgs", 200, "{\"orgs\":[{\"id\":\"01\",\"name\":\"site\"}]}")
        .reply("POST /api/v2/write", 204, "");
  }

  @Test
  void v2_makesBucketsWithRetention_andMappingsWhereThereAreNone() throws IOException {
    v2WithOrg();
    server()
        .reply("GET /api/v2/buckets", 200, "{\"buckets\":[]}")
        .reply("POST /api/v2/buckets", 201, "{\"id\":\"0a\"}");
    assertThat(v2().prepare())
        .contains(
            "made bucket joulestream, which keeps for 35 days",
            "made bucket joulestream-years, which keeps for 3,650 days",
            "made bucket joulestream-devices, which keeps for 14 days");
    assertThat(server().requests()).allMatch(r -> r.authorization().equals("Token secret"));
    assertThat(server().requests("GET /api/v2/buckets"))
        .extracting(ScriptedServer.Request::parameters)
        .contains(Map.of("name", "joulestream", "orgID", "01"));
    assertThat(server().requests("POST /api/v2/buckets"))
        .extracting(ScriptedServer.Request::json)
        .contains(
            json(
                """
                {"orgID": "01", "name": "joulestream",
                 "retentionRules": [{"type": "expire", "everySeconds": 3024000}]}\
                """));
  }

  /** Equal whatever the order of its fields. */
  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Test
  void v2_mapsABucketForInfluxQl_unlessItIsMapped() throws IOException {
    v2WithOrg();
    server()
        .reply(
            "GET /api/v2/buckets",
            200,
            """
            {"buckets":[{"id":"0a","name":"joulestream","retentionRules":[{"everySeconds":3024000}]},
            {"id":"0b","name":"joulestream-years","retentionRules":[{"everySeconds":315360000}]},
            {"id":"0c","name":"joulestream-devices","retentionRules":[{"everySeconds":1209600}]}]}\
            """)
        .reply("GET /api/v2/dbrps", 200, "{\"content\":[]}")
        .reply("POST /api/v2/dbrps", 201, "{}");
    assertThat(v2().prepare()).isEmpty();
    assertThat(server().requests("POST /api/v2/dbrps"))
        .extracting(ScriptedServer.Request::json)
        .contains(
            json(
                """
                {"orgID": "01", "bucketID": "0b", "database": "joulestream-years",
                 "retention_policy": "autogen", "default": true}\
                """));

    server().requests().clear();
    server()
        .reply(
            "GET /api/v2/dbrps",
            200,
            "{\"content\":[{\"bucketID\":\"0a\",\"default\":true,\"virtual\":true}]}");
    assertThat(v2().prepare())
        .containsExactly(
            "InfluxQL's database joulestream-years is another bucket: see 'influx v1 dbrp list'",
            "InfluxQL's database joulestream-devices is another bucket: see 'influx v1 dbrp list'");
    assertThat(server().requests("POST /api/v2/dbrps")).isEmpty();
  }

  @Test
  void v2_saysWhatATokenMayNot() throws IOException {
    v2WithOrg();
    server()
        .reply("GET /api/v2/buckets", 200, "{\"buckets\":[]}")
        .reply("POST /api/v2/buckets", 403, "{\"message\":\"insufficient permissions\"}")
        .reply("POST /api/v2/write", 404, "{\"message\":\"bucket not found\"}");
    assertThatThrownBy(() -> v2().prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no bucket joulestream, and the token may not make it")
        .hasMessageContaining("insufficient permissions")
        .hasMessageNotContaining("secret");

    // a token that may write and nothing else
    server()
        .reply("GET /api/v2/orgs", 200, "{\"orgs\":[]}")
        .reply("POST /api/v2/write", 400, "{\"message\":\"writing requires points\"}");
    assertThat(v2().prepare()).isNotEmpty().allMatch(note -> note.contains("cannot be seen"));

    server().reply("POST /api/v2/write", 403, "{\"message\":\"insufficient permissions\"}");
    assertThatThrownBy(() -> v2().prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("may not write into bucket joulestream");
  }

  @Test
  void eachPointGoesIntoTheBucketOfWhatIsKeptAsLong() throws IOException {
    server().reply("POST /api/v2/write", 204, "");
    try (PointSink sink = v2().sink()) {
      sink.write(List.of(WEEKS, YEARS, WEEKS, DAYS));
    }
    assertThat(server().requests())
        .satisfiesExactly(
            request -> {
              assertThat(request.parameters()).containsEntry("bucket", "joulestream");
              assertThat(request.body()).startsWith("job_window,site=s");
            },
            request -> {
              assertThat(request.parameters()).containsEntry("bucket", "joulestream-years");
              assertThat(request.body()).startsWith("ledger,site=s,window=1h");
            },
            request -> {
              assertThat(request.parameters()).containsEntry("bucket", "joulestream-devices");
              assertThat(request.body()).startsWith("device_window,site=s,node=n,device=gpu0,");
            });
  }

  @Test
  void v2_isUnavailableForAsLongAsItSays() throws IOException {
    try (PointSink sink = v2().sink()) {
      server().reply("POST /api/v2/write", 429, "{\"message\":\"slow down\"}", "Retry-After", "7");
      assertThatThrownBy(() -> sink.write(List.of(WEEKS)))
          .isInstanceOfSatisfying(
              StoreUnavailable.class,
              e -> {
                assertThat(e.retryAfterMillis()).isEqualTo(7_000);
                assertThat(e).hasMessageContaining("429: slow down");
              });
      server().reply("POST /api/v2/write", 401, "{\"message\":\"unauthorized access\"}");
      assertThatThrownBy(() -> sink.write(List.of(WEEKS)))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("give --store-token-file")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void v2_namesNoPoint_unlessItDroppedAll() throws IOException {
    try (PointSink sink = v2().sink()) {
      server()
          .reply(
              "POST /api/v2/write",
              422,
              "{\"message\":\"failure writing points to database: partial write: x dropped=1\"}");
      assertThatThrownBy(() -> sink.write(List.of(WEEKS, WEEKS)))
          .isInstanceOfSatisfying(PointsRefused.class, e -> assertThat(e.reasons()).isEmpty());
      assertThatThrownBy(() -> sink.write(List.of(WEEKS)))
          .isInstanceOfSatisfying(
              PointsRefused.class, e -> assertThat(e.reasons()).containsOnlyKeys(0));
    }
  }

  private StoreConnection v3() throws IOException {
    return StoreConnection.to(server().address("secret"), StoreKind.INFLUX3, BUCKETS);
  }

  @Test
  void v3_makesDatabasesWithRetention() throws IOException {
    server()
        .reply("GET /api/v3/configure/database", 200, "[{\"iox::database\":\"joulestream\"}]")
        .reply("POST /api/v3/configure/database", 200, "")
        .reply("POST /api/v3/write_lp", 400, "{\"error\":\"no lines\"}");
    assertThat(v3().prepare())
        .containsExactly(
            "made database joulestream-years, which keeps for 3,650 days",
            "made database joulestream-devices, which keeps for 14 days");
    assertThat(server().requests()).allMatch(r -> r.authorization().equals("Bearer secret"));
    assertThat(server().requests("POST /api/v3/configure/database"))
        .extracting(ScriptedServer.Request::json)
        .containsExactly(
            json("{\"db\": \"joulestream-years\", \"retention_period\": \"87600h\"}"),
            json("{\"db\": \"joulestream-devices\", \"retention_period\": \"336h\"}"));
  }

  @Test
  void v3_namesTheLinesThatItRefuses() throws IOException {
    server()
        .reply(
            "POST /api/v3/write_lp",
            400,
            """
            {"error":"partial write of line protocol occurred","data":[
            {"original_line":"job_window","line_number":1,"error_message":"invalid column type"}]}\
            """);
    try (PointSink sink = v3().sink()) {
      // the first line of each request
      assertThatThrownBy(() -> sink.write(List.of(WEEKS, YEARS, WEEKS)))
          .isInstanceOfSatisfying(
              PointsRefused.class,
              e ->
                  assertThat(e.reasons())
                      .isEqualTo(Map.of(0, "invalid column type", 1, "invalid column type")));
    }
  }

  @Test
  void goDurations_areRead() {
    assertThat(InfluxV1.goDuration("840h0m0s")).isEqualTo(Duration.ofDays(35));
    assertThat(InfluxV1.goDuration("1h30m5s")).isEqualTo(Duration.ofSeconds(5_405));
    assertThat(InfluxV1.goDuration("0s")).isZero();
  }

  @Test
  void aLine_escapesWhatItMust() {
    StringBuilder line = new StringBuilder();
    LineProtocol.append(
        line,
        new StorePoint(
            io.github.joulestream.schemas.catalogue.Measurement.JOB_WINDOW,
            Map.of("job", "a b,c=d\\e"),
            Map.of("name", "say \"x\\y\""),
            -5));
    assertThat(line).hasToString("job_window,job=a\\ b\\,c\\=d⧵e name=\"say \\\"x\\\\y\\\"\" -5\n");
  }
}
