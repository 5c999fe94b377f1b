// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.HostileTexts;
import io.github.joulestream.store.StoreText;
import io.github.joulestream.store.TornServer;
import io.github.joulestream.store.TornServer.Ending;
import io.github.joulestream.store.history.JobFilter;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.StoredWindows;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.TornWindowsContract;
import io.github.joulestream.store.history.WindowReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What an InfluxDB is asked for of single sites, nodes and jobs. */
class InfluxQlWindowsTest extends TornWindowsContract {
  private static final String PART =
      "{\"results\":[{\"series\":[{\"name\":\"x\",\"columns\":[\"time\",\"job\",\"state\"],"
          + "\"values\":[[86400000000000,\"j\",\"RUNNING\"]],\"partial\":true}],\"partial\":true}]}\n";
  private static final TimeRange RANGE = new TimeRange(86_400_000, 2 * 86_400_000);

  private static WindowReader windows(URI url) {
    return new StoredWindows(
        new InfluxQlHistory(
            new InfluxV1(new InfluxAddress(url, InfluxAddress.NO_TOKEN, "-")),
            Buckets.named("joulestream"),
            ReadLimits.OF_VIEWS),
        NanoClock.system());
  }

  @Override
  protected WindowReader reader(URI url) {
    return windows(url);
  }

  @Override
  protected List<String> beginnings() {
    return List.of("", PART, PART.substring(0, PART.indexOf("]]")));
  }

  @Override
  protected String announcesMore() {
    return PART;
  }

  /** The last request that a read sends, decoded. */
  private static String request(Consumer<WindowReader> read) throws IOException {
    try (TornServer server =
            TornServer.inChunks(true, Ending.CLOSED, "{\"results\":[{\"statement_id\":0}]}\n");
        WindowReader windows = windows(server.url())) {
      read.accept(windows);
      return URLDecoder.decode(server.requests().getLast(), UTF_8);
    }
  }

  /** What follows a literal of InfluxQL at the start of a text. */
  private static String afterLiteral(String influxQl, String value) {
    StringBuilder read = new StringBuilder();
    assertThat(influxQl).startsWith("'");
    int at = 1;
    while (influxQl.charAt(at) != '\'') {
      char c = influxQl.charAt(at);
      // its scanner refuses a line break, and reads only these after a backslash
      assertThat(c).isNotEqualTo('\n');
      if (c == '\\') {
        at++;
        assertThat(influxQl.charAt(at)).isIn('\\', '\'');
      }
      read.append(influxQl.charAt(at));
      at++;
    }
    assertThat(read.toString()).isEqualTo(value);
    return influxQl.substring(at + 1);
  }

  @Test
  void aText_neverLeavesItsLiteral() {
    for (String text : HostileTexts.many()) {
      assertThat(afterLiteral(InfluxQlHistory.literal(text) + " rest", StoreText.field(text)))
          .isEqualTo(" rest");
    }
  }

  @Test
  void names_areLiteralsInTheQuery() throws IOException {
    for (String name : HostileTexts.FEW) {
      String job = request(windows -> windows.job("s", name, RANGE, 99, _ -> {}));
      // the parameters come in any order
      assertThat(job)
          .containsPattern("[?&]db=joulestream-years[& ]")
          .contains(" FROM \"job_summary\" WHERE time");
      String begin = "(\"site\" = 's') AND (\"job\" = ";
      assertThat(
              afterLiteral(
                  job.substring(job.indexOf(begin) + begin.length()), StoreText.field(name)))
          .startsWith(") GROUP BY \"site\" LIMIT 100");
      String power = request(windows -> windows.jobPower("s", name, RANGE, 60_000, 99, _ -> {}));
      // added up as it arrives
      assertThat(power)
          .containsPattern("[?&]db=joulestream[& ]")
          .doesNotContain("LIMIT")
          .doesNotContain("sum(")
          .contains("\"job\" = " + InfluxQlHistory.literal(StoreText.tag(name)));
    }
  }

  @Test
  void usersAndProjects_areAlternatives() throws IOException {
    JobFilter filter =
        new JobFilter(false, new TreeSet<>(Set.of("ann", "")), new TreeSet<>(Set.of("o'p")));
    assertThat(
            request(windows -> windows.jobs(new TreeSet<>(Set.of("s")), RANGE, filter, 9, _ -> {})))
        .contains(
            " AND (\"project\" = 'o\\'p' OR \"user\" = '' OR \"user\" = 'ann')"
                + " GROUP BY \"site\" LIMIT 10");
  }
}
