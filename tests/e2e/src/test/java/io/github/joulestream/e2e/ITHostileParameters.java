// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static io.github.joulestream.e2e.ServedSite.FORMULA;
import static io.github.joulestream.e2e.ServedSite.IMAGE;
import static io.github.joulestream.e2e.ServedSite.JOB;
import static io.github.joulestream.e2e.ServedSite.MARKS;
import static io.github.joulestream.e2e.ServedSite.SCRIPT;
import static io.github.joulestream.e2e.ServedSite.SITE;
import static io.github.joulestream.e2e.ServedSite.TURNED;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.serve.api.JobPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What nobody means well, through every parameter of every path of the OpenAPI document: queries
 * within values, numbers out of bounds, repeats; and jobs whose names are scripts.
 */
class ITHostileParameters {
  private static final int AT_ONCE = 8;

  @TempDir static Path folder;

  private static ServedSite site;
  private static Askers admins;
  private static Askers strangers;
  private static String admin;

  /** SQL of QuestDB, InfluxQL, and what else a value may be put into. */
  private static final List<String> INJECTIONS =
      List.of(
          "' OR '1'='1",
          "zz' OR 1=1 --",
          "zz'; DROP TABLE job_summary; --",
          "zz' UNION SELECT * FROM job_summary --",
          "zz\" OR \"user\" != \"",
          "zz\\' OR 1=1 --",
          "zz\\",
          "'",
          "\"",
          "/.*/",
          ".*",
          "%",
          "*",
          "zz'); DROP MEASUREMENT job_energy; --",
          "zz' OR time > 0 OR \"user\" =~ /.*/ --",
          "${jndi:ldap://127.0.0.1:1/x}",
          "{{7*7}}",
          "../../../../etc/passwd",
          "<script>zqalert(3)</script>",
          "zz\u2028\u202e",
          "\ud83d\ude00".repeat(40));

  /** A filter that such a value matches nothing of. */
  private static final Set<String> FILTERS =
      Set.of("user", "project", "site", "rack", "label.model", "node", "cluster", "id");

  @BeforeAll
  static void start() throws Exception {
    site = ServedSite.start(folder);
    admins = site.askers(AT_ONCE, "role=admin user=zadmin");
    strangers = site.askers(AT_ONCE, "role=user user=zstranger");
    admin = admins.one();
    site.awaitJobs(admin);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private static List<String> marks(String text) {
    return MARKS.stream().filter(text::contains).toList();
  }

  @Test
  void everyPath_isAnswered_withUsualValues() throws Exception {
    List<String> paths = ApiParameters.paths();
    assertThat(paths).hasSizeGreaterThan(20);
    Map<String, String> failed = new TreeMap<>();
    for (String path : paths) {
      // the usual period of a report is the last month, of which this site has nothing
      boolean report = path.startsWith("/api/v1/reports/");
      ServedSite.Answer answer = site.get(admin, path + (report ? "?period=today" : ""));
      if (answer.status() != 200) {
        failed.put(path, answer.status() + " " + answer.body());
      }
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'none'")
          .doesNotContain("script-src 'unsafe");
      assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
    }
    assertThat(failed).isEmpty();
  }

  @Test
  void queriesWithinValues_areValues() throws Exception {
    Map<String, ApiParameters.Parameter> requests = new LinkedHashMap<>();
    for (ApiParameters.Parameter parameter : ApiParameters.all()) {
      for (String injection : INJECTIONS) {
        requests.put(parameter.with(injection), parameter);
      }
    }
    assertThat(requests).hasSizeGreaterThan(1_000);
    Map<String, String> wrong = new TreeMap<>();
    for (Askers who : List.of(admins, strangers)) {
      who.ask(
          List.copyOf(requests.keySet()),
          (request, answer) -> {
            String parameter = requireNonNull(requests.get(request)).name();
            boolean leaks =
                answer.status() == 200
                    && !marks(answer.body()).isEmpty()
                    && (who == strangers || FILTERS.contains(parameter));
            if (!List.of(200, 400, 404, 422).contains(answer.status())
                || leaks
                || answer.body().contains("io.questdb")
                || answer.body().contains("Exception")) {
              wrong.put(request, answer.status() + " " + answer.body());
            }
          });
    }
    System.out.print(admins.times() + strangers.times());
    assertThat(wrong).isEmpty();
    // nothing of it was done
    assertThat(site.get(admin, JobPath.of(SITE, JOB)).status()).isEqualTo(200);
    assertThat(site.get(admin, "/api/v1/jobs?from=1h&limit=1000").body()).contains("zq4711");
    assertThat(site.get(admin, "/api/v1/usage?from=1h&groupBy=user").body()).contains("zqvictim");
  }

  @Test
  void numbersOutOfBounds_areRefused() throws Exception {
    List<String> numbers =
        List.of(
            "-1",
            "-9223372036854775809",
            "99999999999999999999",
            "1e309",
            "NaN",
            "Infinity",
            "0x10",
            "1.5",
            "1,000",
            "\u0661\u0662",
            "1 OR 1",
            " 1");
    Map<String, Integer> wrong = new TreeMap<>();
    int asked = 0;
    for (ApiParameters.Parameter parameter : ApiParameters.all()) {
      if (parameter.type().equals("integer")) {
        for (String number : numbers) {
          asked++;
          int status = site.get(admin, parameter.with(number)).status();
          if (status != 400) {
            wrong.put(parameter + "=" + number, status);
          }
        }
      }
    }
    assertThat(asked).isGreaterThan(30);
    assertThat(wrong).isEmpty();
  }

  @Test
  void repeatedUnknownAndVeryLongParameters_areRefused() throws Exception {
    Map<String, Integer> wrong = new TreeMap<>();
    for (ApiParameters.Parameter parameter : ApiParameters.all()) {
      if (!parameter.inPath() && !parameter.repeats()) {
        int status = site.get(admin, parameter.with("a", "b")).status();
        if (status != 400) {
          wrong.put(parameter + " twice", status);
        }
      }
      int status = site.get(admin, parameter.with("a".repeat(6_000))).status();
      // of a node that is not known any more there may be a past: an empty one
      boolean past = parameter.inPath() && parameter.name().equals("node") && status == 200;
      if (!past && !List.of(400, 404, 414, 431).contains(status)) {
        wrong.put(parameter + " of 6,000 characters", status);
      }
    }
    for (String path : ApiParameters.paths()) {
      int status =
          site.get(admin, path + (path.contains("?") ? "&" : "?") + "zqunknown=1").status();
      if (status != 400) {
        wrong.put(path + " with an unknown one", status);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void rangesThatAreTooLong_orTurnedAround_areRefused() throws Exception {
    Map<String, Integer> wrong = new TreeMap<>();
    int asked = 0;
    for (ApiParameters.Parameter parameter : ApiParameters.all()) {
      if (parameter.name().equals("from")) {
        String path = parameter.with("1900-01-01");
        for (String request :
            List.of(
                path + "&to=2900-01-01",
                path + "&to=1800-01-01",
                parameter.with("999999999d"),
                parameter.with("+1000000000-12-31T23:59:59Z"),
                parameter.with("-1h"))) {
          asked++;
          int status = site.get(admin, request).status();
          if (status != 400 && status != 422) {
            wrong.put(request, status);
          }
        }
      }
    }
    assertThat(asked).isGreaterThan(40);
    assertThat(wrong).isEmpty();
  }

  /** Texts of users are data: in JSON as JSON, in CSV no formula, in HTML no element. */
  @Test
  void namesThatAreScripts_stayData() throws Exception {
    ServedSite.Answer json = site.get(admin, "/api/v1/jobs?from=1h&limit=1000");
    assertThat(json.type()).startsWith("application/json");
    List<String> names = new ArrayList<>();
    for (JsonNode job : json.json().path("jobs")) {
      names.add(job.path("name").asText());
    }
    assertThat(names).contains(SCRIPT, TURNED);
    ServedSite.Answer csv = site.get(admin, "/api/v1/jobs?from=1h&limit=1000&format=csv");
    assertThat(csv.type()).startsWith("text/csv");
    assertThat(csv.body()).contains("zqcalc").doesNotContain("," + FORMULA, ",\"" + FORMULA);
    assertThat(HostileTexts.unsafe(csv.body(), '\r', '\n')).isEmpty();
    assertThat(csv.body()).contains(ShownText.of(TURNED));
    List<String> pages = new ArrayList<>(List.of("/", "/sites/" + SITE));
    for (JsonNode kind : site.get(admin, "/api/v1/reports").json().path("kinds")) {
      pages.add(
          "/api/v1/reports/%s?period=today&format=html".formatted(kind.path("name").asText()));
    }
    int shown = 0;
    for (String page : pages) {
      ServedSite.Answer html = site.get(admin, page);
      if (html.status() == 200) {
        assertThat(html.type()).as(page).startsWith("text/html");
        assertThat(html.body()).as(page).doesNotContain("<script>zq", "<img src=x", IMAGE);
        assertThat(HostileTexts.unsafe(html.body(), '\r', '\n')).as(page).isEmpty();
        shown += html.body().contains("zqalert") ? 1 : 0;
      }
    }
    assertThat(shown).as("pages that show the names at all").isPositive();
  }
}
