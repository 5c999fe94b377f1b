// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs, sums and reports in the API: order and pages, and what who may see. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ITJobsApi {
  private static final String JOBS = "/api/v1/jobs?limit=1000&" + MadeApi.RANGE;
  private static final String ADA = "ada;user;climate";
  private static final String MANAGER = "grace;manager;climate";
  private static final String SITE_TOTALS = "sitesForAll";

  @TempDir static Path folder;

  /** Totals of sites are not for users. */
  @SuppressWarnings("NullAway.Init") // by start
  private MadeApi api;

  @BeforeAll
  void start() throws IOException {
    api = new MadeApi(folder, false);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  private List<JsonNode> jobs(String who, String path) throws IOException {
    List<JsonNode> jobs = new ArrayList<>();
    api.get(who, path).path("jobs").forEach(jobs::add);
    return jobs;
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).textValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"energy", "-energy", "start", "-start", "heldIdle", "-power"})
  void pages_haveEachJobOnce_inTheOrderOfOneLongPage(String sort) throws IOException {
    List<String> whole =
        jobs("", JOBS + "&sort=" + sort).stream().map(job -> text(job, "job")).toList();
    assertThat(whole).hasSize(40).doesNotHaveDuplicates();
    List<String> paged = new ArrayList<>();
    String next = "/api/v1/jobs?limit=7&sort=" + sort + "&" + MadeApi.RANGE;
    for (int page = 0; page < 6; page++) {
      JsonNode answer = api.get(next);
      answer.path("jobs").forEach(job -> paged.add(text(job, "job")));
      next = answer.path("next").asText("");
    }
    assertThat(next).isIn("", "null");
    assertThat(paged).isEqualTo(whole);
    List<Long> energies =
        jobs("", JOBS + "&sort=-energy").stream()
            .map(job -> job.path("energyMillijoules").longValue())
            .toList();
    assertThat(energies).isSortedAccordingTo((a, b) -> Long.compare(b, a));
  }

  private void assertFiltered(String filter, Predicate<JsonNode> wanted) throws IOException {
    List<JsonNode> all = jobs("", JOBS);
    List<JsonNode> filtered = jobs("", JOBS + "&" + filter);
    assertThat(filtered).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(new HashSet<>(filtered))
        .isEqualTo(new HashSet<>(all.stream().filter(wanted).toList()));
  }

  @Test
  void filters_leaveTheJobsThatTheyAreOf() throws IOException {
    assertFiltered("user=ada", job -> text(job, "user").equals("ada"));
    assertFiltered(
        "user=" + MadeApi.encoded(MadeMonth.SCRIPT),
        job -> text(job, "user").equals(MadeMonth.SCRIPT));
    assertFiltered("project=climate", job -> text(job, "project").equals("climate"));
    assertFiltered(
        "user=ada&project=climate",
        job -> text(job, "user").equals("ada") && text(job, "project").equals("climate"));
    assertFiltered("site=west", job -> text(job, "site").equals("west"));
    long most = jobs("", JOBS + "&sort=-energy").getFirst().path("energyMillijoules").longValue();
    assertFiltered(
        "minEnergyMillijoules=" + most, job -> job.path("energyMillijoules").longValue() >= most);
    Set<String> models = new HashSet<>();
    for (JsonNode job : jobs("", JOBS + "&label.model=llama2-70b")) {
      models.add(api.get(text(job, "path")).at("/labels/model").textValue());
    }
    assertThat(models).containsExactly("llama2-70b");
    assertThat(jobs("", JOBS + "&state=RUNNING")).isEmpty();
  }

  @Test
  void wrongParameters_areRefused() {
    for (String wrong :
        List.of(
            "sort=user",
            "limit=0",
            "limit=-1",
            "limit=1001",
            "state=DONE",
            "minEnergyMillijoules=-5",
            "cursor=abc",
            "unknown=1",
            "user=me",
            "to=2026-10-01")) {
      HttpResponse<String> answer = api.ask("", "/api/v1/jobs?" + wrong);
      assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
      assertThat(answer.body()).contains("\"parameter\":\"" + wrong.substring(0, 2));
    }
    assertThat(api.ask("", "/api/v1/jobs?from=2026-01-01&to=2026-11-01").statusCode())
        .isEqualTo(422);
    assertThat(api.ask("", "/api/v1/usage?from=2024-01-01&to=2026-11-01").statusCode())
        .isEqualTo(422);
    assertThat(api.ask("", "/api/v1/usage?groupBy=node").statusCode()).isEqualTo(400);
  }

  /** A cursor of one list is none of another, and one's own leads to nobody else's jobs. */
  @Test
  void cursors_areOfTheirOwnQuery() throws IOException {
    String first = "/api/v1/jobs?limit=2&sort=-energy&" + MadeApi.RANGE;
    String next = api.get(first).path("next").textValue();
    String cursor = next.substring(next.indexOf("cursor="));
    assertThat(
            api.ask("", "/api/v1/jobs?limit=2&sort=energy&" + MadeApi.RANGE + "&" + cursor)
                .statusCode())
        .isEqualTo(400);
    // an admin's cursor, asked with by a user
    for (JsonNode job : api.get(ADA, next).path("jobs")) {
      assertThat(text(job, "user")).isEqualTo("ada");
    }
  }

  @Test
  void aUser_seesTheOwnJobsAlone_inListsPagesAndCsv() throws IOException {
    List<JsonNode> own =
        jobs("", JOBS).stream().filter(job -> text(job, "user").equals("ada")).toList();
    assertThat(own).hasSizeGreaterThan(2).hasSizeLessThan(30);
    assertThat(new HashSet<>(jobs(ADA, JOBS))).isEqualTo(new HashSet<>(own));
    assertThat(new HashSet<>(jobs(ADA, JOBS + "&user=me"))).isEqualTo(new HashSet<>(own));
    assertThat(jobs(ADA, JOBS + "&user=grace")).isEmpty();
    assertThat(jobs(ADA, JOBS + "&project=climate"))
        .allMatch(job -> text(job, "user").equals("ada"));
    String csv = api.ask(ADA, JOBS + "&format=csv").body();
    assertThat(csv.split("\r\n", -1)).hasSize(own.size() + 2);
    assertThat(csv).doesNotContain("grace").doesNotContain("cmd()");
    // pages are of the own jobs: a page is full as long as there are more of them
    JsonNode page = api.get(ADA, "/api/v1/jobs?limit=2&sort=-energy&" + MadeApi.RANGE);
    assertThat(page.path("jobs")).hasSize(2);
    assertThat(jobs("nobody;user;", JOBS)).isEmpty();
    assertThat(jobs(";user;", JOBS)).isEmpty();
  }

  @Test
  void aManager_seesJobsOfTheOwnProjectsToo() throws IOException {
    List<JsonNode> wanted =
        jobs("", JOBS).stream()
            .filter(
                job -> text(job, "user").equals("grace") || text(job, "project").equals("climate"))
            .toList();
    assertThat(new HashSet<>(jobs(MANAGER, JOBS))).isEqualTo(new HashSet<>(wanted));
  }

  /** In the same words as one that there is not. */
  @Test
  void othersJobs_areAnsweredAsIfThereWereNone() throws IOException {
    JsonNode other =
        jobs("", JOBS).stream()
            .filter(job -> text(job, "user").equals("grace"))
            .findFirst()
            .orElseThrow();
    String path = text(other, "path");
    String unknown = path.replaceAll("[^/]*$", "nonesuch");
    for (String end : List.of("", "/power", "/power?step=15m&format=csv")) {
      HttpResponse<String> refused = api.ask(ADA, path + end);
      HttpResponse<String> absent = api.ask(ADA, unknown + end);
      assertThat(refused.statusCode()).isEqualTo(404).isEqualTo(absent.statusCode());
      assertThat(refused.body().replace(path, "")).isEqualTo(absent.body().replace(unknown, ""));
      assertThat(refused.headers().map().keySet()).isEqualTo(absent.headers().map().keySet());
    }
    JsonNode own = jobs(ADA, JOBS).getFirst();
    assertThat(text(api.get(ADA, text(own, "path")).path("job"), "user")).isEqualTo("ada");
  }

  private List<String> keys(String who, String query) throws IOException {
    List<String> keys = new ArrayList<>();
    api.get(who, "/api/v1/usage?" + query + "&" + MadeApi.RANGE)
        .path("rows")
        .forEach(row -> keys.add(text(row, "key")));
    return keys;
  }

  /** Energy of jobs by a name, as an admin is answered. */
  private String energyOf(String grouping, String key) throws IOException {
    for (JsonNode row :
        api.get("/api/v1/usage?groupBy=" + grouping + "&" + MadeApi.RANGE).path("rows")) {
      if (text(row, "key").equals(key)) {
        return row.path("energyMillijoules").asText();
      }
    }
    throw new AssertionError("no row " + key);
  }

  private String total(String who, String query) throws IOException {
    return api.get(who, "/api/v1/usage?" + query + "&" + MadeApi.RANGE)
        .at("/total/energyMillijoules")
        .asText();
  }

  @Test
  void sums_areOfTheOwnJobsAndProjects() throws IOException {
    assertThat(keys(ADA, "groupBy=user")).containsExactly("ada");
    assertThat(total(ADA, "groupBy=user")).isEqualTo(energyOf("user", "ada"));
    assertThat(total(ADA, "groupBy=day")).isEqualTo(energyOf("user", "ada"));
    assertThat(total(ADA, "groupBy=label.model")).isEqualTo(energyOf("user", "ada"));
    assertThat(keys(ADA, "groupBy=project")).containsExactly("climate");
    assertThat(total(ADA, "groupBy=project")).isEqualTo(energyOf("project", "climate"));
    // of the own project the others are one row
    List<String> inProject = keys(ADA, "groupBy=user&project=climate");
    assertThat(inProject).hasSize(2).contains("ada");
    assertThat(inProject.stream().filter(key -> !key.equals("ada")).findFirst().orElseThrow())
        .matches("\\(others, \\d+\\)");
    assertThat(total(ADA, "groupBy=user&project=climate"))
        .isEqualTo(energyOf("project", "climate"));
    // a project's labels and partitions are its jobs'
    assertThat(Long.parseLong(total(ADA, "groupBy=partition&project=climate")))
        .isLessThan(Long.parseLong(energyOf("project", "climate")));
    assertThat(keys(ADA, "groupBy=user&user=grace")).isEmpty();
    assertThat(total(ADA, "groupBy=user&user=grace")).isEqualTo("0");
    assertThat(
            api.get(ADA, "/api/v1/usage?" + MadeApi.RANGE).path("differenceMillijoules").isNull())
        .isTrue();
    assertThat(keys(MANAGER, "groupBy=user&project=climate")).contains("ada", "grace");
    assertThat(total(MANAGER, "groupBy=user&user=ada"))
        .isEqualTo(total("", "groupBy=user&user=ada&project=climate"));
  }

  /** The other user is answered as one that there is not. */
  @Test
  void sumsOfAnother_areThoseOfNobody() {
    String range = "&groupBy=user&" + MadeApi.RANGE;
    assertThat(api.ask(ADA, "/api/v1/usage?user=grace" + range).body())
        .isEqualTo(api.ask(ADA, "/api/v1/usage?user=nonesuch" + range).body());
  }

  @Test
  void siteTotals_whereTheyAreForAll_closeWithOthersAsOneRow() throws IOException {
    Path other = folder.resolve(SITE_TOTALS);
    try (MadeApi open = new MadeApi(other, true)) {
      JsonNode usage = open.get(ADA, "/api/v1/usage?groupBy=user&" + MadeApi.RANGE);
      List<String> keys = new ArrayList<>();
      usage.path("rows").forEach(row -> keys.add(text(row, "key")));
      assertThat(keys).containsExactly("ada", "(others, 4)", "(idle)");
      assertThat(usage.path("differenceMillijoules").asText()).isEqualTo("0");
      assertThat(usage.at("/total/energyMillijoules").asText())
          .isEqualTo(
              open.get("/api/v1/usage?groupBy=user&" + MadeApi.RANGE)
                  .at("/total/energyMillijoules")
                  .asText());
    }
  }

  @Test
  void efficiency_isOfTheOwn() throws IOException {
    JsonNode rows = api.get(ADA, "/api/v1/efficiency?groupBy=user&" + MadeApi.RANGE).path("rows");
    assertThat(rows).hasSize(1);
    assertThat(text(rows.get(0), "key")).isEqualTo("ada");
    assertThat(rows.get(0).path("energyMillijoules").asText()).isEqualTo(energyOf("user", "ada"));
    JsonNode projects =
        api.get(ADA, "/api/v1/efficiency?groupBy=project&" + MadeApi.RANGE).path("rows");
    assertThat(projects).hasSize(1);
    assertThat(api.ask(ADA, "/api/v1/whatif/pooling?site=east").statusCode()).isEqualTo(404);
    assertThat(api.ask("", "/api/v1/whatif/pooling?site=east").statusCode()).isEqualTo(200);
  }

  @Test
  void anAnswerAboutAPeriodThatIsOver_isNotSentAgain_untilSomethingIsCorrected() {
    String path = "/api/v1/usage?groupBy=site&" + MadeApi.RANGE;
    HttpResponse<String> first = api.ask("", path);
    String etag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(api.ask("", path, "If-None-Match", etag).statusCode()).isEqualTo(304);
    // another may see other figures: theirs is another tag
    assertThat(api.ask(ADA, path, "If-None-Match", etag).statusCode()).isEqualTo(200);
    api.writeLate(3_600_000);
    HttpResponse<String> corrected = api.ask("", path, "If-None-Match", etag);
    assertThat(corrected.statusCode()).isEqualTo(200);
    assertThat(corrected.body()).isNotEqualTo(first.body());
    assertThat(
            api.ask("", "/api/v1/usage?from=2026-10-26&to=2026-12-01").headers().firstValue("ETag"))
        .isEmpty();
  }

  @Test
  void aRangeWithinAQuarter_isSaidToBeRounded() throws IOException {
    JsonNode usage =
        api.get("/api/v1/usage?from=2026-10-25T10:07:00Z&to=2026-10-25T11:01:00Z&groupBy=site");
    assertThat(text(usage.path("range"), "from")).isEqualTo("2026-10-25T10:00:00Z");
    assertThat(text(usage.path("range"), "to")).isEqualTo("2026-10-25T11:15:00Z");
    assertThat(usage.path("notes").toString()).contains("rounded");
  }

  @Test
  void reports_haveTheirForms_andAreOfWhatWhoAsksMaySee() throws IOException {
    String report = "/api/v1/reports/jobs?period=2026-10-23..2026-10-27&format=";
    for (List<String> form :
        List.of(
            List.of("html", "text/html; charset=utf-8"),
            List.of("pdf", "application/pdf"),
            List.of("json", "application/json"),
            List.of("csv", "text/csv; charset=utf-8; header=present"),
            List.of("markdown", "text/markdown; charset=utf-8"),
            List.of("focus", "text/csv; charset=utf-8; header=present"))) {
      HttpResponse<String> answer = api.ask("", report + form.getFirst());
      assertThat(answer.statusCode()).as(form.getFirst()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).contains(form.getLast());
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'")
          .doesNotContain("script-src");
    }
    String own = api.ask(ADA, report + "csv").body();
    assertThat(own).contains("ada").doesNotContain("grace");
    assertThat(api.ask(ADA, report + "json&user=grace").statusCode()).isEqualTo(404);
    String nobody = api.ask("nonesuch;user;", report + "html").body();
    assertThat(nobody).doesNotContain("ada").doesNotContain("grace");
    List<String> kinds = new ArrayList<>();
    api.get(ADA, "/api/v1/reports").path("kinds").forEach(kind -> kinds.add(text(kind, "name")));
    assertThat(kinds).containsExactly("jobs");
    assertThat(api.get("/api/v1/reports").path("kinds")).hasSize(6);
    assertThat(api.ask(ADA, "/api/v1/reports/director").statusCode()).isEqualTo(404);
    assertThat(api.ask(ADA, "/api/v1/reports/group").statusCode()).isEqualTo(404);
    assertThat(
            api.ask("", "/api/v1/reports/director?format=csv&period=2026-10-23..2026-10-27").body())
        .contains("table");
    assertThat(
            api.ask("", "/api/v1/reports/director?format=focus&period=2026-10-23..2026-10-27")
                .statusCode())
        .isEqualTo(400);
    assertThat(api.ask("", "/api/v1/reports/jobs?period=2026-13").statusCode()).isEqualTo(400);
    assertThat(
            api.ask(
                    "",
                    "/api/v1/reports/director?format=csv&table=..%2F..%2Fetc%2Fpasswd"
                        + "&period=2026-10-23..2026-10-27")
                .statusCode())
        .isEqualTo(400);
  }
}
