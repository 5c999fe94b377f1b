// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.render.JsonReport;
import io.github.joulestream.store.history.TimeRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every figure of jobs, usage, efficiency and reports in the API against the store's, the ledger's,
 * and each other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ITFiguresOfJobs {
  private static final TimeRange RANGE =
      new TimeRange(
          Instant.parse("2026-10-23T00:00:00Z").toEpochMilli(),
          Instant.parse("2026-10-27T00:00:00Z").toEpochMilli());

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private MadeApi api;

  @BeforeAll
  void start() throws IOException {
    api = new MadeApi(folder, true);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  /** An amount of the ledger, of one site or both. */
  private BigInteger ledger(SiteAmount amount, String... sites) {
    BigInteger[] sum = {BigInteger.ZERO};
    api.history.siteSteps(
        new TreeSet<>(sites.length == 0 ? Set.of("east", "west") : Set.of(sites)),
        RANGE,
        Windows.QUARTER_HOUR_MILLIS,
        row -> sum[0] = sum[0].add(BigInteger.valueOf(row.totals().get(amount))));
    assertThat(sum[0]).isPositive();
    return sum[0];
  }

  private static BigInteger sum(JsonNode rows, String pointer) {
    BigInteger sum = BigInteger.ZERO;
    for (JsonNode row : rows) {
      sum = sum.add(row.at(pointer).bigIntegerValue());
    }
    return sum;
  }

  private static BigInteger whole(JsonNode node, String name) {
    return node.path(name).bigIntegerValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "project", "partition", "site", "kind", "day", "label.model"})
  void usage_addsUpToTheLedger_byEveryGrouping(String by) throws IOException {
    String path = "/api/v1/usage?groupBy=" + by + "&" + MadeApi.RANGE;
    JsonNode separate = api.get(path);
    JsonNode total = separate.path("total");
    assertThat(sum(separate.path("rows"), "/energyMillijoules"))
        .isEqualTo(ledger(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(whole(total, "energyMillijoules"));
    assertThat(whole(separate, "differenceMillijoules")).isZero();
    assertThat(whole(total, "heldIdleMillijoules"))
        .isEqualTo(ledger(SiteAmount.HELD_IDLE_MILLIJOULES));
    assertThat(whole(total, "gpuHeldMillis")).isEqualTo(ledger(SiteAmount.GPU_ALLOCATED_MILLIS));
    assertThat(whole(total, "gpuBusyMillis")).isEqualTo(ledger(SiteAmount.GPU_BUSY_MILLIS));
    assertThat(total.at("/byKind/gpu").bigIntegerValue())
        .isEqualTo(ledger(SiteAmount.MEASURED_GPU_MILLIJOULES));
    assertThat(total.at("/byKind/node").bigIntegerValue())
        .isEqualTo(ledger(SiteAmount.MEASURED_NODE_MILLIJOULES));
    assertThat(total.at("/quality/measuredMillijoules").bigIntegerValue())
        .isEqualTo(ledger(SiteAmount.QUALITY_MEASURED_MILLIJOULES));
    if (!by.equals("kind")) {
      assertThat(sum(separate.path("rows"), "/byKind/node"))
          .isEqualTo(ledger(SiteAmount.MEASURED_NODE_MILLIJOULES));
      assertThat(sum(separate.path("rows"), "/heldIdleMillijoules"))
          .isEqualTo(ledger(SiteAmount.HELD_IDLE_MILLIJOULES));
    }

    JsonNode jobs = api.get(path + "&idle=no");
    assertThat(sum(jobs.path("rows"), "/energyMillijoules"))
        .isEqualTo(ledger(SiteAmount.JOBS_TOTAL_MILLIJOULES))
        .isEqualTo(whole(jobs.path("total"), "energyMillijoules"));
    assertThat(whole(jobs, "differenceMillijoules")).isZero();

    JsonNode shared = api.get(path + "&idle=shared");
    assertThat(sum(shared.path("rows"), "/sharedIdleMillijoules"))
        .isEqualTo(ledger(SiteAmount.IDLE_TOTAL_MILLIJOULES))
        .isEqualTo(whole(shared.path("total"), "sharedIdleMillijoules"));
    assertThat(sum(shared.path("rows"), "/energyMillijoules"))
        .isEqualTo(ledger(SiteAmount.JOBS_TOTAL_MILLIJOULES));
  }

  /** Each job has a part of the idle energy of its own site: of the only job, all of it. */
  @Test
  void sharedIdle_staysWithinItsSite() throws IOException {
    JsonNode shared = api.get("/api/v1/usage?groupBy=site&idle=shared&" + MadeApi.RANGE);
    for (JsonNode row : shared.path("rows")) {
      assertThat(whole(row, "sharedIdleMillijoules"))
          .isEqualTo(ledger(SiteAmount.IDLE_TOTAL_MILLIJOULES, row.path("key").textValue()));
    }
  }

  @Test
  void rowsOfCsv_areThoseOfJson() throws IOException {
    String path = "/api/v1/usage?groupBy=user&" + MadeApi.RANGE;
    JsonNode rows = api.get(path).path("rows");
    String[] lines = api.ask("", path + "&format=csv").body().split("\r\n", -1);
    assertThat(lines).hasSize(rows.size() + 2);
    assertThat(lines[0]).startsWith("period_start,period_end,time_zone,key,energy_millijoules,");
    for (int i = 0; i < rows.size(); i++) {
      assertThat(lines[i + 1]).contains("," + rows.get(i).path("energyMillijoules").asText() + ",");
    }
    assertThat(String.join("\n", lines)).contains("'=cmd()").doesNotContain(",=cmd()");
  }

  private record Whole(Totals<JobAmount> totals, BigInteger ofQuarters) {}

  /** Jobs of the store: of their summaries, and the energy of their quarters. */
  private Map<String, Whole> stored() {
    Map<String, Whole> jobs = new HashMap<>();
    api.history.jobs(
        new TreeSet<>(Set.of("east", "west")),
        RANGE,
        job -> {
          BigInteger[] sum = {BigInteger.ZERO};
          api.windows.jobQuarters(
              job.site(),
              new TreeSet<>(Set.of(job.job())),
              RANGE,
              1_000,
              row ->
                  sum[0] =
                      sum[0].add(
                          BigInteger.valueOf(row.totals().get(JobAmount.TOTAL_MILLIJOULES))));
          jobs.put(job.job(), new Whole(job.totals(), sum[0]));
        });
    assertThat(jobs).hasSize(40);
    return jobs;
  }

  @Test
  void energyOfJobs_isThatOfTheStore_ofTheirQuarters_andOfTheLedger() throws IOException {
    Map<String, Whole> stored = stored();
    JsonNode jobs = api.get("/api/v1/jobs?limit=1000&sort=-energy&" + MadeApi.RANGE).path("jobs");
    assertThat(jobs).hasSize(40);
    BigInteger all = BigInteger.ZERO;
    for (JsonNode job : jobs) {
      Whole whole = requireNonNull(stored.get(job.path("job").textValue()));
      Totals<JobAmount> totals = whole.totals();
      assertThat(whole(job, "energyMillijoules"))
          .isEqualTo(totals.get(JobAmount.TOTAL_MILLIJOULES))
          .isEqualTo(whole.ofQuarters());
      assertThat(job.at("/byKind/gpu").longValue())
          .isEqualTo(totals.get(JobAmount.GPU_MILLIJOULES));
      assertThat(job.at("/byKind/node").longValue())
          .isEqualTo(totals.get(JobAmount.NODE_MILLIJOULES));
      assertThat(job.at("/quality/measuredMillijoules").longValue())
          .isEqualTo(totals.get(JobAmount.MEASURED_MILLIJOULES));
      assertThat(job.path("heldIdleMillijoules").longValue())
          .isEqualTo(totals.get(JobAmount.HELD_IDLE_MILLIJOULES));
      assertThat(job.path("gpuHeldMillis").longValue())
          .isEqualTo(totals.get(JobAmount.GPU_HELD_MILLIS));
      assertThat(job.path("gpuBusyMillis").longValue())
          .isEqualTo(totals.get(JobAmount.GPU_BUSY_MILLIS));
      assertThat(job.path("milliwatts").isNull()).isTrue();
      all = all.add(whole(job, "energyMillijoules"));

      JsonNode detail = api.get(job.path("path").textValue());
      assertThat(detail.path("job")).isEqualTo(job);
      assertThat(sum(detail.path("share"), "")).isEqualTo(whole(job, "energyMillijoules"));

      JsonNode power = api.get(job.path("path").textValue() + "/power?step=15m");
      BigDecimal energy = BigDecimal.ZERO;
      for (JsonNode milliwatts : power.at("/series/totalMilliwatts")) {
        energy = energy.add(milliwatts.decimalValue().multiply(BigDecimal.valueOf(900)));
      }
      assertThat(energy)
          .isCloseTo(
              new BigDecimal(whole(job, "energyMillijoules")), within(BigDecimal.valueOf(1)));
    }
    assertThat(all).isEqualTo(ledger(SiteAmount.JOBS_TOTAL_MILLIJOULES));
  }

  /** Site east has prices by the hour; the report's period is that of the usage. */
  @Test
  void whatJobsCostAndEmit_isWhatTheReportHas() throws IOException {
    Report report =
        JsonReport.read(
            new ByteArrayInputStream(
                api.ask(
                        "",
                        "/api/v1/reports/jobs?format=json&site=east&period=2026-10-23..2026-10-27"
                            + "&asOf=2026-11-20T00:00:00Z")
                    .body()
                    .getBytes(UTF_8)));
    Table table = table(report, "jobs");
    Map<Object, List<@Nullable Object>> lines = new HashMap<>();
    table.rows().forEach(row -> lines.put(String.valueOf(row.get(table.indexOf("job"))), row));
    BigDecimal cost = BigDecimal.ZERO;
    int priced = 0;
    JsonNode jobs =
        api.get("/api/v1/jobs?limit=1000&site=east&sort=start&" + MadeApi.RANGE).path("jobs");
    for (JsonNode job : jobs) {
      List<@Nullable Object> row = requireNonNull(lines.get(job.path("job").textValue()));
      JsonNode charges = job.path("charges");
      assertSame(charges.path("cost"), row.get(table.indexOf("cost")));
      assertSame(charges.path("co2eLocationGrams"), row.get(table.indexOf("co2e_location")));
      assertSame(charges.path("co2eMarketGrams"), row.get(table.indexOf("co2e_market")));
      assertThat(charges.path("currency").textValue()).isEqualTo("EUR");
      assertThat(charges.path("costKnownRatio").decimalValue()).isEqualByComparingTo("1");
      cost = cost.add(charges.path("cost").decimalValue());
      priced++;
    }
    assertThat(priced).isGreaterThan(10);
    JsonNode usage = api.get("/api/v1/usage?groupBy=user&site=east&idle=no&" + MadeApi.RANGE);
    assertThat(usage.at("/total/charges/cost").decimalValue())
        .isCloseTo(cost, within(new BigDecimal("0.000001")));
    BigDecimal ofRows = BigDecimal.ZERO;
    for (JsonNode row : usage.path("rows")) {
      ofRows = ofRows.add(row.at("/charges/cost").decimalValue());
    }
    assertThat(ofRows).isCloseTo(cost, within(new BigDecimal("0.000001")));
    // west has no supply: its energy is there, its cost is not known
    JsonNode both = api.get("/api/v1/usage?groupBy=site&idle=no&" + MadeApi.RANGE);
    for (JsonNode row : both.path("rows")) {
      assertThat(row.at("/charges/cost").isNull())
          .isEqualTo(row.path("key").textValue().equals("west"));
    }
  }

  private static void assertSame(JsonNode api, @Nullable Object report) {
    assertThat(api.decimalValue()).isPositive().isEqualByComparingTo((BigDecimal) report);
  }

  private static Table table(Report report, String name) {
    return report.sections().stream()
        .map(Section::table)
        .filter(Objects::nonNull)
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no table " + name));
  }

  @Test
  void efficiency_isOfSums_andWorkOfWholeJobs() throws IOException {
    JsonNode answer = api.get("/api/v1/efficiency?groupBy=label.model&" + MadeApi.RANGE);
    JsonNode rows = answer.path("rows");
    assertThat(sum(rows, "/energyMillijoules"))
        .isEqualTo(ledger(SiteAmount.JOBS_TOTAL_MILLIJOULES));
    assertThat(sum(rows, "/gpuHeldMillis")).isEqualTo(ledger(SiteAmount.GPU_ALLOCATED_MILLIS));
    assertThat(sum(rows, "/heldIdleMillijoules"))
        .isEqualTo(ledger(SiteAmount.HELD_IDLE_MILLIJOULES));
    assertThat(sum(rows, "/jobs")).isEqualTo(40);
    for (JsonNode row : rows) {
      // each quarter is busy three quarters of the time
      assertThat(row.path("busyRatio").doubleValue()).isCloseTo(0.75, within(1e-9));
      double joules = row.path("energyMillijoules").doubleValue() / 1e3;
      if (row.path("jobsWithWork").intValue() == 0) {
        assertThat(row.path("workPerJoule").isNull()).isTrue();
      } else if (row.path("jobsWithWork").intValue() == row.path("jobs").intValue()) {
        assertThat(row.path("workPerJoule").doubleValue())
            .isCloseTo(row.path("work").doubleValue() / joules, within(1e-9));
        assertThat(row.path("workPerJouleP25").isNull())
            .isEqualTo(row.path("jobsWithWork").intValue() < 5);
      }
    }
  }
}
