// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.HtmlText;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.live.SiteNow;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PageFilesTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final String SCRIPT = "<script>alert(\"1\")</script>&'";

  private final List<LiveJob> jobs = new ArrayList<>();
  private final PageFiles page = new PageFiles(new Sites(), () -> NOW);

  /** One site, of which the page reads two things. */
  private final class Sites implements LiveSites {
    @Override
    public SortedSet<String> names() {
      return new TreeSet<>(Set.of("north"));
    }

    @Override
    public Optional<LiveSite> site(String name) {
      LiveSite site =
          (LiveSite)
              Proxy.newProxyInstance(
                  LiveSite.class.getClassLoader(),
                  new Class<?>[] {LiveSite.class},
                  (proxy, method, arguments) ->
                      switch (method.getName()) {
                        case "now" -> now();
                        case "jobs" -> jobs;
                        default -> throw new UnsupportedOperationException(method.getName());
                      });
      return Optional.of(site);
    }

    @Override
    public boolean caughtUp() {
      return true;
    }
  }

  private static SiteNow now() {
    SiteNow.Space none = new SiteNow.Space(0, 0, 0, 0);
    return new SiteNow(
        NOW - 1000,
        NOW,
        812_000_000,
        new long[10],
        716_000_000,
        96_000_000,
        41_000_000,
        400,
        0,
        0,
        none,
        none,
        50,
        49,
        0);
  }

  private static LiveJob job(String id, String user, String project, String name, long milliwatts) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.add(JobAmount.TOTAL_MILLIJOULES, 3_600_000_000L);
    JobSummary summary =
        new JobSummary(
            "north",
            id,
            new JobDetails(user, project, name, "", Map.of()),
            JobState.RUNNING,
            new JobTimes(0, 0, JobSpan.OPEN, 0),
            0,
            JobWork.NONE,
            totals,
            0,
            1);
    return new LiveJob(id, summary, milliwatts, 0, 0, new int[0], 0, new long[0]);
  }

  private static Visibility viewer(String name, Role role, boolean sites, String... projects) {
    return new Visibility(new Viewer(name, role, new TreeSet<>(List.of(projects))), sites);
  }

  private Answer answer(String path, Visibility visibility, Map<String, String> variables)
      throws Problem {
    Route route =
        page.routes().stream().filter(r -> r.path().equals(path)).findFirst().orElseThrow();
    ApiRequest request =
        (ApiRequest)
            Proxy.newProxyInstance(
                ApiRequest.class.getClassLoader(),
                new Class<?>[] {ApiRequest.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "visibility" -> visibility;
                      case "path" -> variables.get((String) arguments[0]);
                      default -> throw new UnsupportedOperationException(method.getName());
                    });
    return route.endpoint().answer(request);
  }

  private String html(Visibility visibility) throws Problem {
    Answer answer = answer("/sites/{site}", visibility, Map.of("site", "north"));
    assertThat(answer.etag()).isNull();
    Answer.Bytes bytes = (Answer.Bytes) answer.content();
    assertThat(bytes.type()).isEqualTo("text/html; charset=utf-8");
    return new String(bytes.bytes(), UTF_8);
  }

  @Test
  void tablesHaveSitesAndJobsByPower() throws Exception {
    jobs.add(job("17-1", "ada", "climate", "small", 1_000_000));
    jobs.add(job("17-2", "grace", "genome", "large", 310_000_000));
    String html = html(viewer("", Role.VIEWER, false));
    assertThat(html)
        .contains("<th scope=\"row\">north</th>", ">812\u2009kW<", ">41.0\u2009kW<", ">49<", ">50<")
        .contains("2027-01-15 07:59:59", ">1.00\u2009kWh<")
        .contains("<script src=\"/assets/")
        .containsSubsequence("17-2", ">310\u2009kW<", "17-1", ">1.00\u2009kW<")
        .doesNotContain("{content}", "{assets}");
  }

  @Test
  void textsOfUsersAreNoMarkup() throws Exception {
    jobs.add(job(SCRIPT, SCRIPT, SCRIPT, SCRIPT, 5));
    String html = html(viewer("", Role.ADMIN, true));
    assertThat(html)
        .doesNotContain("<script>")
        .contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;");
    assertThat(HtmlText.escaped("a\u001bb\ud800c<")).isEqualTo("a\\u001bb\\ud800c&lt;");
  }

  @Test
  void onlyWhatTheViewerMaySeeIsThere() throws Exception {
    jobs.add(job("17-1", "ada", "climate", "n1", 1));
    jobs.add(job("17-2", "grace", "genome", "n2", 2));
    jobs.add(job("17-3", "", "", "n3", 3));
    assertThat(html(viewer("ada", Role.USER, true, "genome")))
        .contains("17-1", "north")
        .doesNotContain("17-2", "17-3");
    assertThat(html(viewer("ada", Role.MANAGER, false, "genome")))
        .contains("17-1", "17-2")
        .doesNotContain("17-3", "nodes reporting");
    assertThat(html(viewer("", Role.USER, false)))
        .contains("no job that you may see")
        .doesNotContain("17-", "north");
  }

  @Test
  void noNameOfAJob_isMoreThanItsCell() throws Exception {
    String ordinary = tags(html(viewer("ada", Role.ADMIN, true)));
    for (String text : HostileTexts.all()) {
      jobs.add(job(text, text, text, text, 1));
    }
    jobs.sort(Comparator.comparing(LiveJob::job));
    for (LiveJob each : List.copyOf(jobs)) {
      jobs.clear();
      jobs.add(each);
      String html = html(viewer("ada", Role.ADMIN, true));
      assertThat(HostileTexts.unsafe(html, '\n')).as(each.job()).isEmpty();
      assertThat(tags(html))
          .as(each.job())
          .startsWith(ordinary.substring(0, 20))
          .doesNotContain("img", "svg");
      assertThat(html).as(each.job()).doesNotContain("<script>alert");
    }
  }

  /** Names of all elements in their order. */
  private static String tags(String html) {
    return Pattern.compile("<([a-z0-9]+)")
        .matcher(html)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.joining(" "));
  }

  @Test
  void onlySoManyJobsAreListed() throws Exception {
    for (int i = 0; i < PlainPage.JOBS + 5; i++) {
      jobs.add(job("j" + i, "ada", "p", "", i));
    }
    assertThat(html(viewer("", Role.VIEWER, true)))
        .contains("the 200 of 205 with the most power", "<th scope=\"row\">j5</th>")
        .doesNotContain("<th scope=\"row\">j4</th>");
  }

  @Test
  void filesAreServedUnderTheirVersionAlone() throws Exception {
    Visibility nobody = viewer("", Role.USER, false);
    String html = html(nobody);
    String version = html.replaceFirst("(?s)^.*?/assets/([0-9a-f]+)/.*$", "$1");
    String path = "/assets/{version}/{file}";
    Answer answer = answer(path, nobody, Map.of("version", version, "file", "app.js"));
    assertThat(answer.etag()).hasSize(64);
    assertThat(((Answer.Fixed) answer.content()).type())
        .isEqualTo("text/javascript; charset=utf-8");
    for (String file : List.of("index.html", "../index.html", "vendor", "", "nothing.js")) {
      assertThatThrownBy(() -> answer(path, nobody, Map.of("version", version, "file", file)))
          .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.status()).isEqualTo(404));
    }
    assertThatThrownBy(
            () -> answer(path, nobody, Map.of("version", "0".repeat(16), "file", "app.js")))
        .isInstanceOf(Problem.class);
  }

  @Test
  void itsPathsAreForEverybodyAndReadOnly() {
    assertThat(page.routes())
        .allSatisfy(route -> {
          assertThat(route.open()).isTrue();
          assertThat(route.method()).isEqualTo("GET");
        })
        .extracting(Route::path)
        .contains("/", "/sites/{site}/nodes/{node}", "/jobs/{site}/{cluster}/{id}", "/reports");
  }
}
