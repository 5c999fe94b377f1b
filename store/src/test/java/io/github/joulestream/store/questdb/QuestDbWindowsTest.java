// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.catalogue.Measurement;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a QuestDB is asked for of single sites, nodes and jobs. */
class QuestDbWindowsTest extends TornWindowsContract {
  private static final String HEAD =
      "{\"columns\":[{\"name\":\"column\"},{\"name\":\"job\"},{\"name\":\"state\"}],\"dataset\":[";
  private static final String ROW = "[\"job\",\"j\",\"RUNNING\"]";
  private static final TimeRange RANGE = new TimeRange(86_400_000, 2 * 86_400_000);

  private static WindowReader windows(URI url) {
    return new StoredWindows(new QuestDbHistory(url, ReadLimits.OF_VIEWS), NanoClock.system());
  }

  @Override
  protected WindowReader reader(URI url) {
    return windows(url);
  }

  @Override
  protected List<String> beginnings() {
    return List.of("", HEAD, HEAD + ROW, HEAD + ROW + ",", HEAD + ROW + "]");
  }

  @Override
  protected String announcesMore() {
    return HEAD + ROW + "],\"count\":2}";
  }

  /** Answers as one whose tables have all columns, and no row of any name. */
  private static TornServer columns(Measurement measurement) throws IOException {
    List<String> names =
        Stream.concat(measurement.tags().stream(), measurement.fields().keySet().stream()).toList();
    return TornServer.inChunks(
        true,
        Ending.CLOSED,
        "{\"columns\":[{\"name\":\"column\"}],\"dataset\":["
            + names.stream().map(name -> "[\"" + name + "\"]").collect(Collectors.joining(","))
            + "],\"count\":"
            + names.size()
            + "}");
  }

  /** The last query that a read sends. */
  private static String query(Measurement measurement, Consumer<WindowReader> read)
      throws IOException {
    try (TornServer server = columns(measurement);
        WindowReader windows = windows(server.url())) {
      try {
        read.accept(windows);
      } catch (RuntimeException _) {
        // names of columns are no rows of that table: only the query matters
      }
      String line = server.requests().getLast();
      return URLDecoder.decode(
          line.substring("GET /exec?query=".length(), line.lastIndexOf(" HTTP/")), UTF_8);
    }
  }

  /** What follows a literal of SQL at the start of a text. */
  private static String afterLiteral(String sql, String value) {
    StringBuilder read = new StringBuilder();
    assertThat(sql).startsWith("'");
    int at = 1;
    while (sql.charAt(at) != '\'' || (at + 1 < sql.length() && sql.charAt(at + 1) == '\'')) {
      at += sql.charAt(at) == '\'' ? 1 : 0;
      read.append(sql.charAt(at));
      at++;
    }
    assertThat(read.toString()).isEqualTo(value);
    return sql.substring(at + 1);
  }

  @Test
  void aText_neverLeavesItsLiteral() {
    for (String text : HostileTexts.many()) {
      assertThat(afterLiteral(QuestDbHistory.literal(text) + " rest", StoreText.field(text)))
          .isEqualTo(" rest");
    }
  }

  @Test
  void names_areLiteralsInTheQuery() throws IOException {
    for (String name : HostileTexts.FEW) {
      String field = StoreText.field(name);
      String tag = StoreText.tag(name);
      String job =
          query(Measurement.JOB_SUMMARY, windows -> windows.job(name, name, RANGE, 99, _ -> {}));
      assertThat(job).contains(" FROM job_summary WHERE timestamp >= ");
      String rest = job.substring(job.indexOf("\"site\" IN (") + "\"site\" IN (".length());
      rest = afterLiteral(rest, tag);
      assertThat(rest).startsWith(")) AND ((\"job\" IN ('");
      assertThat(afterLiteral(rest.substring(")) AND ((\"job\" IN (".length()), field))
          .isEqualTo("))) LIMIT 100");
      String power =
          query(
              Measurement.JOB_WINDOW,
              windows -> windows.jobPower("s", name, RANGE, 60_000, 99, _ -> {}));
      assertThat(power)
          .contains("cast(timestamp_floor('1m', timestamp) AS LONG) AS time")
          .contains("sum(\"total_millijoules\") AS \"total_millijoules\"")
          .contains(QuestDbHistory.literal(tag));
    }
  }

  @Test
  void usersAndProjects_areAlternatives() throws IOException {
    JobFilter filter =
        new JobFilter(
            false, new TreeSet<>(Set.of("ann", "o'brien", "")), new TreeSet<>(Set.of("p")));
    assertThat(
            query(
                Measurement.JOB_SUMMARY,
                windows -> windows.jobs(new TreeSet<>(Set.of("s")), RANGE, filter, 9, _ -> {})))
        .contains(" AND (\"start_epoch_millis\" < 172800000 AND")
        .contains("(\"user\" IN ('ann', 'o''brien') OR \"user\" IS NULL)")
        .contains("(\"project\" IN ('p'))")
        .containsPattern(
            "AND \\(\\(\"(user|project)\".* OR \\(\"(user|project)\".*\\)\\) LIMIT 10$");
  }

  @Test
  void aTextOfAColumnThatIsNotThere_isNobodys() throws IOException {
    assertThat(query(Measurement.NODE, windows -> windows.job("s", "j", RANGE, 9, _ -> {})))
        .contains(" AND false LIMIT 10");
  }
}
