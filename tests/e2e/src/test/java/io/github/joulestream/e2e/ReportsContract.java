// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.app.Main;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.render.JsonReport;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code joulestream report} makes of a real store, whichever it is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
abstract class ReportsContract {
  private static final String AS_OF = "2026-11-20T00:00:00Z";
  private static final String PERIOD = "2026-10-23..2026-10-27";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private final MadeMonth month = new MadeMonth();

  /** A store that is empty. */
  protected abstract StoreConnection connection() throws IOException;

  /** Another. */
  protected abstract List<String> ofEmptyStore() throws IOException;

  /** Options that name it. */
  protected abstract List<String> options();

  protected abstract URI url();

  /** Returns when reads see what was written. */
  protected abstract void awaitVisible();

  /** Status and what was printed. */
  protected record Answer(int status, ByteArrayOutputStream printed, String err) {
    byte[] out() {
      return printed.toByteArray();
    }

    String text() {
      return printed.toString(UTF_8);
    }
  }

  @BeforeAll
  void fill() throws IOException {
    start();
    try (PointSink sink = connection().sink()) {
      month.writeTo(sink);
    }
    awaitVisible();
  }

  protected abstract void start() throws IOException;

  private static Answer run(List<String> store, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(store);
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    try (PrintStream toOut = new PrintStream(printed, true, UTF_8);
        PrintStream toErr = new PrintStream(errors, true, UTF_8)) {
      System.setOut(toOut);
      System.setErr(toErr);
      int status = Main.run(all.toArray(String[]::new));
      return new Answer(status, printed, errors.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private Answer run(String... args) {
    return run(options(), args);
  }

  private Answer report(String kind, String... args) {
    List<String> all = new ArrayList<>(List.of("report", kind, "--period", PERIOD));
    all.addAll(List.of(args));
    if (!all.contains("--as-of")) {
      all.addAll(List.of("--as-of", AS_OF));
    }
    return run(all.toArray(String[]::new));
  }

  private Report read(String kind, String... args) throws IOException {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--format", "json"));
    Answer answer = report(kind, all.toArray(String[]::new));
    assertThat(answer.status()).as(answer.err()).isZero();
    return JsonReport.read(new ByteArrayInputStream(answer.out()));
  }

  /** An amount of the ledger over both sites, as doctor prints it. */
  private BigInteger ledger(String amount) throws IOException {
    Answer answer =
        run(
            "doctor",
            "--ledger",
            "--json",
            "--from",
            "2026-10-23T00:00:00Z",
            "--to",
            "2026-10-27T00:00:00Z");
    assertThat(answer.status()).as(answer.err()).isZero();
    JsonNode sites = JSON.readTree(answer.text()).path("sites");
    BigInteger sum = BigInteger.ZERO;
    for (JsonNode site : sites) {
      sum = sum.add(site.path(amount).bigIntegerValue());
    }
    assertThat(sum).isPositive();
    return sum;
  }

  private static Table table(Report report, String name) {
    return report.sections().stream()
        .map(Section::table)
        .filter(Objects::nonNull)
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no table " + name));
  }

  /** Over all rows, but for one that is the sum of the others. */
  private static BigDecimal sum(Table table, String column) {
    int at = table.indexOf(column);
    return table.rows().stream()
        .filter(row -> !"All".equals(row.getFirst()))
        .map(row -> row.get(at) instanceof BigDecimal value ? value : BigDecimal.ZERO)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "project", "partition", "kind", "day", "label:model"})
  void everyGrouping_addsUpToTheLedger_inEveryForm(String by) throws IOException {
    BigDecimal jobs = new BigDecimal(ledger("jobs_total_millijoules"));
    String column = by.replace(':', '_');
    Report report = read("director", "--by", by);
    Table table =
        table(
            report,
            switch (by) {
              case "day" -> "days_of_jobs";
              case "label:model" -> column;
              default -> column + "s";
            });
    assertThat(sum(table, "energy")).isEqualByComparingTo(jobs);
    assertThat(report.meta().differenceMillijoules()).isZero();

    Path csv = folder.resolve("csv-" + column);
    assertThat(report("director", "--by", by, "--format", "csv", "--out", csv.toString()).status())
        .isZero();
    assertThat(sumOfCsv(csv.resolve(table.name() + ".csv"), "energy_millijoules"))
        .isEqualByComparingTo(jobs);

    Path html = folder.resolve(column + ".html");
    assertThat(report("director", "--by", by, "--out", html.toString()).status()).isZero();
    int shown = Math.min(table.shownRows(), table.rows().size());
    List<String> values = valuesOfHtml(Files.readString(html));
    for (List<@Nullable Object> row : table.rows().subList(0, shown)) {
      assertThat(values)
          .contains(
              ((BigDecimal) requireNonNull(row.get(table.indexOf("energy")))).toPlainString());
    }
  }

  @Test
  void theBalance_isThatOfTheLedger() throws IOException {
    Report report = read("director");
    Table balance = table(report, "where_it_went");
    BigDecimal measured = new BigDecimal(ledger("measured_total_millijoules"));
    assertThat(
            sum(balance, "jobs_used")
                .add(sum(balance, "held_idle"))
                .add(sum(balance, "unallocated_idle")))
        .isEqualByComparingTo(measured);
    assertThat(sum(balance, "unallocated_idle"))
        .isEqualByComparingTo(new BigDecimal(ledger("idle_total_millijoules")));
    assertThat(sum(table(report, "fleet"), "energy")).isEqualByComparingTo(measured);
    assertThat(sum(table(report, "days"), "energy")).isEqualByComparingTo(measured);
  }

  private static List<String> valuesOfHtml(String html) {
    Matcher values = Pattern.compile("data-value=\"([^\"]*)\"").matcher(html);
    return values.results().map(found -> found.group(1)).toList();
  }

  private static BigDecimal sumOfCsv(Path file, String column) throws IOException {
    List<List<String>> rows = csv(Files.readString(file));
    int at = rows.getFirst().indexOf(column);
    return rows.stream()
        .skip(1)
        .map(row -> row.get(at))
        .filter(value -> !value.isEmpty())
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** Rows of a file as RFC 4180 has them. */
  private static List<List<String>> csv(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    Matcher field = Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^,\r\n]*))(,|\r\n)").matcher(text);
    while (field.find()) {
      row.add(field.group(1) == null ? field.group(2) : field.group(1).replace("\"\"", "\""));
      if (!field.group(3).equals(",")) {
        rows.add(List.copyOf(row));
        row.clear();
      }
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"html", "pdf", "csv", "json", "md"})
  void theSameReport_asOfTheSameTime_hasTheSameBytes(String form) throws IOException {
    List<byte[]> first = files("first-" + form, form);
    assertThat(first).isNotEmpty().allMatch(bytes -> bytes.length > 100);
    List<byte[]> second = files("second-" + form, form);
    assertThat(second).hasSameSizeAs(first);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i)).isEqualTo(first.get(i));
    }
  }

  /** Content of the files of a report, by their names. */
  private List<byte[]> files(String name, String form) throws IOException {
    Path out = Files.createDirectories(folder.resolve(name));
    Answer answer = report("director", "--format", form, "--out", out.toString());
    assertThat(answer.status()).as(answer.err()).isZero();
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).contains(out.toString(), "report director of east, west");
    List<byte[]> contents = new ArrayList<>();
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.sorted().toList()) {
        contents.add(Files.readAllBytes(file));
      }
    }
    return contents;
  }

  @Test
  void namesOfUsers_areNeverExecuted() throws IOException {
    String html = report("director", "--by", "user,project", "--format", "html").text();
    assertThat(html).contains("&lt;script&gt;alert(1)").doesNotContain("<script>alert");
    String markdown = report("director", "--by", "user,project").text();
    assertThat(markdown).contains("alert(1)").doesNotContain("<script>");
    Path csv = folder.resolve("names");
    report("jobs", "--format", "csv", "--out", csv.toString());
    try (Stream<Path> files = Files.list(csv)) {
      for (Path file : files.toList()) {
        for (List<String> row : csv(Files.readString(file))) {
          assertThat(row).noneMatch(cell -> cell.matches("[=+@].*"));
        }
      }
    }
    Report jobs = read("jobs", "--user", MadeMonth.FORMULA, "--user", MadeMonth.SCRIPT);
    assertThat(jobs.meta().scope()).contains("=cmd()", "<script>");
    Path archive = folder.resolve("archive-of-names");
    Answer kept = report("jobs", "--user", MadeMonth.SCRIPT, "--archive", archive.toString());
    assertThat(kept.status()).as(kept.err()).isZero();
    assertThat(requireNonNull(archive.toFile().list()))
        .filteredOn(name -> name.endsWith(".json"))
        .hasSize(1)
        .allMatch(name -> name.matches("jobs-[A-Za-z0-9._=,+-]+\\.001\\.json"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--period 2026-13 | 2026-13",
        "--period 2026-10-27..2026-10-23 | is not after its start",
        "--period soon | soon",
        "--period 2027 | in the future of",
        "--period 2019 | begins at 2026-10-23T22:00:00Z",
        "--period 2026-10 --site nort | knows no site 'nort'; it knows east, west",
        "--period 2026-10 --zone Berlin | 'Berlin' is not a time zone",
        "--period 2026-10 --by usr | not 'usr'",
        "--period 2026-10 --user adda | alike are ada",
        "--period 2026-10 --project climat | alike are climate",
        "--period 2026-10 --user ada --label model=none | none that all the other conditions hold for",
        "--period 2026-10 --out report.doc | --format",
        "--period 2026-10 --as-of 2999-01-01T00:00:00Z | in the future",
        "--period 2026-10 --out none/report.html | there is no folder",
      })
  void whatThereIsNot_isRefusedAsUsage(String arguments, String message) {
    List<String> all = new ArrayList<>(List.of("report", "director", "--as-of", AS_OF));
    all.addAll(List.of(arguments.split(" ")));
    if (arguments.contains("--as-of")) {
      all.subList(2, 4).clear();
    }
    Answer answer = run(all.toArray(String[]::new));
    assertThat(answer.err()).startsWith("joulestream: ").contains(message);
    assertThat(answer.err().strip()).doesNotContain("\n");
    assertThat(answer.out()).isEmpty();
    assertThat(answer.status()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jobs", "group", "eed"})
  void kindsWithTablesOfTheirOwn_refuseGroupings(String kind) {
    Answer answer = report(kind, "--by", "user");
    assertThat(answer.err()).contains("--by is for director, operations, models");
    assertThat(answer.status()).isEqualTo(2);
  }

  @Test
  void csvWithoutAFolder_isTheTableOfJobs() throws IOException {
    Answer jobs = report("jobs", "--format", "csv");
    assertThat(jobs.status()).as(jobs.err()).isZero();
    List<List<String>> rows = csv(jobs.text());
    int energy = rows.getFirst().indexOf("energy_millijoules");
    int state = rows.getFirst().indexOf("state");
    BigDecimal ofJobs =
        rows.stream()
            .skip(1)
            .filter(row -> !row.get(state).isEmpty())
            .map(row -> new BigDecimal(row.get(energy)))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(ofJobs).isEqualByComparingTo(new BigDecimal(ledger("jobs_total_millijoules")));
    Answer focus = report("jobs", "--format", "focus");
    assertThat(csv(focus.text()).getFirst()).contains("BilledCost", "ResourceId");
    Answer director = report("director", "--format", "csv");
    assertThat(director.status()).isEqualTo(2);
    assertThat(director.err()).contains("--out FOLDER/");
    assertThat(director.out()).isEmpty();
  }

  @Test
  void anEmptyStore_saysWhatToDo() throws IOException {
    Answer answer = run(ofEmptyStore(), "report", "director", "--period", "2026-10");
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err()).contains("no energy of any site yet", "joulestream doctor");
  }

  @Test
  void aStoreThatIsLostInTheMiddle_leavesNoFile() throws IOException {
    Path out = Files.createDirectories(folder.resolve("lost"));
    Path earlier = Files.writeString(out.resolve("report.html"), "earlier");
    List<String> store = new ArrayList<>(options());
    int url = store.indexOf("--store-url") + 1;
    long all;
    try (CutStore whole = new CutStore(url(), Long.MAX_VALUE)) {
      store.set(url, whole.url().toString());
      Answer answer = run(store, director(folder.resolve("whole.html")));
      assertThat(answer.status()).as(answer.err()).isZero();
      all = whole.passed();
    }
    for (int part = 0; part < 12; part++) {
      try (CutStore cut = new CutStore(url(), all * part / 12 + 1)) {
        store.set(url, cut.url().toString());
        Answer answer = run(store, director(earlier));
        assertThat(answer.status()).as("after %d of 12 parts: %s", part, answer.err()).isEqualTo(1);
        assertThat(answer.err()).startsWith("joulestream: ");
        assertThat(answer.err().strip()).doesNotContain("\n");
        assertThat(out.toFile().list()).containsExactly("report.html");
        assertThat(earlier).hasContent("earlier");
      }
    }
  }

  private static String[] director(Path out) {
    return new String[] {
      "report", "director", "--period", PERIOD, "--as-of", AS_OF, "--out", out.toString()
    };
  }

  @Test
  void aRevisionOfTheGrid_countsFromItsIssueOn() throws IOException {
    Report before = read("director", "--site", "east", "--as-of", "2026-11-09T00:00:00Z");
    Report after = read("director", "--site", "east", "--as-of", "2026-11-11T00:00:00Z");
    assertThat(cost(after)).isGreaterThan(cost(before));
    assertThat(sum(table(after, "projects"), "energy"))
        .isEqualByComparingTo(sum(table(before, "projects"), "energy"));
  }

  private static BigDecimal cost(Report report) {
    return sum(table(report, "projects"), "cost");
  }

  @Test
  void anArchive_numbersReports_andSaysWhatMoved() throws IOException {
    String archive = folder.resolve("archive").toString();
    String out = folder.resolve("archived.json").toString();
    String[] first = {"--site", "east", "--archive", archive, "--out", out, "--as-of"};
    assertThat(moved(out, first, "2026-11-09T00:00:00Z")).isNull();
    Section same = requireNonNull(moved(out, first, "2026-11-09T12:00:00Z"));
    assertThat(same.table()).isNull();
    assertThat(same.sentences().getFirst()).contains("nothing moved");
    Section revised = requireNonNull(moved(out, first, "2026-11-11T00:00:00Z"));
    Table table = requireNonNull(revised.table());
    List<@Nullable Object> total = table.rows().getFirst();
    assertThat(total.getFirst()).isEqualTo("total");
    assertThat((BigDecimal) requireNonNull(total.get(table.indexOf("cost_now"))))
        .isGreaterThan((BigDecimal) requireNonNull(total.get(table.indexOf("cost_before"))));
    assertThat(total.get(table.indexOf("energy_now")))
        .isEqualTo(total.get(table.indexOf("energy_before")));
    try (PointSink sink = connection().sink()) {
      month.writeLate(sink, 5_000_001);
    }
    awaitVisible();
    Section late = requireNonNull(moved(out, first, "2026-11-11T00:00:00Z"));
    Table moved = requireNonNull(late.table());
    List<@Nullable Object> of = moved.rows().getFirst();
    BigDecimal now = (BigDecimal) requireNonNull(of.get(moved.indexOf("energy_now")));
    assertThat(now.subtract((BigDecimal) requireNonNull(of.get(moved.indexOf("energy_before")))))
        .isEqualByComparingTo("5000001");
    try (PointSink sink = connection().sink()) {
      month.writeLate(sink, 0);
    }
    awaitVisible();
    assertThat(requireNonNull(Path.of(archive).toFile().list()))
        .filteredOn(name -> name.endsWith(".json"))
        .containsExactlyInAnyOrder(
            "director-east-%s.001.json".formatted(PERIOD),
            "director-east-%s.002.json".formatted(PERIOD),
            "director-east-%s.003.json".formatted(PERIOD),
            "director-east-%s.004.json".formatted(PERIOD));
  }

  private @Nullable Section moved(String out, String[] arguments, String asOf) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add(asOf);
    Answer answer = report("director", all.toArray(String[]::new));
    assertThat(answer.status()).as(answer.err()).isZero();
    Report report = JsonReport.read(new ByteArrayInputStream(Files.readAllBytes(Path.of(out))));
    assertThat(report.meta().notes()).anyMatch(note -> note.matches("This is report \\d+ of .*"));
    return report.sections().stream()
        .filter(section -> section.name().equals("moved"))
        .findFirst()
        .orElse(null);
  }

  @Test
  void everyKind_hasEveryForm() throws IOException {
    for (String kind : List.of("director", "group", "operations", "jobs", "eed", "models")) {
      for (String form : List.of("html", "pdf", "json", "md")) {
        Path file = folder.resolve(kind + "." + form);
        List<String> arguments = new ArrayList<>(List.of("--out", file.toString()));
        if (kind.equals("group")) {
          arguments.addAll(List.of("--project", "climate"));
        }
        Answer answer = report(kind, arguments.toArray(String[]::new));
        assertThat(answer.status()).as("%s %s: %s", kind, form, answer.err()).isZero();
        assertThat(file).isNotEmptyFile();
      }
    }
  }

  @Test
  void theListOfKinds_isThere_withoutAStore() {
    Answer list = run(List.of(), "report");
    assertThat(list.status()).isZero();
    assertThat(list.text()).contains("director", "group", "operations", "jobs", "eed", "models");
    assertThat(run(List.of(), "report", "--list").text()).isEqualTo(list.text());
    assertThat(run(List.of(), "report", "--help").text()).contains("director", "--as-of");
  }
}
