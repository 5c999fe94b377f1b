// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.cli.Durations;
import io.github.joulestream.cli.Program;
import io.github.joulestream.producers.jobs.JobFile;
import io.github.joulestream.runtime.UserError;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Arguments that commands refuse before they reach for a broker or a store, and their defaults. */
class CommandArgumentsTest {
  @TempDir Path folder;

  /** Exit status and what was printed. */
  private record Result(int status, String out, String err) {}

  private static Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int status = Program.run(command, args);
    return new Result(status, out.toString(), err.toString());
  }

  @Test
  void aSecretOnTheCommandLine_isRefused() {
    for (String[] args :
        new String[][] {
          {"store-writer", "--token=s3cret"},
          {"doctor", "--verbose", "--store-url", "http://alice:s3cret@host:1"},
          // no URL, so that an error would name it
          {"doctor", "--verbose", "--store-url=http://alice:s3/cret@host"}
        }) {
      Result result = run(args);
      assertThat(result.status).as(String.join(" ", args)).isEqualTo(2);
      assertThat(result.out + result.err).contains("everybody").doesNotContain("s3");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "job start | 'JOB'",
        "job start j k | 'k'",
        "job start j --share gpu=1 | not gpu=1.0",
        "job start j --share memory=1.5 | not memory=1.5",
        "job start j --share cpu=-0.1 | not cpu=-0.1",
        "job start j --share cpu=NaN | not cpu=NaN",
        "job start j --share memory=much | much",
        "job start j --share memory | KEY=VALUE",
        "job start j --nodes two | is not a whole number",
        "job start j --node-gpus two | is not a whole number",
        "job start j --dir=/none --at=tomorrow | 'tomorrow' is not a time",
        "job progress j --unit tokens | '--done",
        "job progress j --done 1 | '--unit",
        "job progress j --done -1 --unit tokens | --done is an amount of work, not -1.0",
        "job progress j --done NaN --unit tokens | --done is an amount of work, not NaN",
        "job progress j --done Infinity --unit tokens | not Infinity",
        "job end j --state gone | '--state'",
        "job end j --at tomorrow | 'tomorrow' is not a time",
        "job forget | 'JOB'",
        "budget set --site s --scope site | 'NAME'",
        "budget set b --scope site | '--site",
        "budget set b --site s | '--scope=SCOPE'",
        "budget set b --site s --scope site --limit 1MW | '--limit'",
        "budget list all | 'all'",
        "budget remove b | '--site",
        "budget import | 'FILE'",
        "grid import | 'FILE'",
        "grid import f | '--site",
        "grid import f --site a/b | 'a/b'",
        "grid import f --site s --format xls | --format takes csv, electricity-maps",
        "grid import f --site s --ambiguous later | --ambiguous takes earlier-then-later",
        "grid import f --site s --ambiguous earlier-then-later | give their --zone",
        "grid import f --site s --zone Mars | '--zone'",
        "grid import f --site s --issued soon | --issued: 'soon' is no time",
        "grid list --series cost | 'cost' is no series",
        "grid list --all | of the values of a --series",
        "grid list --series price --from 18/10/2026 | --from: '18/10/2026' is no time",
        "grid gaps | '--site",
        "grid gaps --site s --from 2026-10-02 --to 2026-10-01 | --from must be before --to",
        "grid withdraw --site s --series price --from 2026-10-01 | '--to",
        "grid withdraw --site s --series price --from 2026-10-01 --to 2026-10-01 | --from must be",
        "doctor --to 1h | --ledger",
        "doctor --exact | --ledger",
        "doctor --ledger --from soon | 'soon' is not a time",
        "doctor --ledger --to soon | 'soon' is not a time",
        "doctor --store-url :: | '--store-url'",
        "simulate --since 1h --past 1h | --since and --past",
        "simulate --since 2999-01-01T00:00:00Z | --since 2999-01-01T00:00:00Z",
        "simulate --since soon | 'soon' is not a time",
        "simulate --nodes 0 | --nodes takes 1 to 100,000 nodes, not 0",
        "simulate --past 367d | --past",
        "simulate --jobs -1 | --jobs",
        "simulate --jobs 10000001 | --jobs takes 0 to 10,000,000, not 10,000,001",
        "simulate --for soon | 'soon' is not a duration",
        "simulate --seed x | 'x'",
        "up --replay x --past 1h | --replay and --past",
        "up --replay x --truth y | --simulate NODES",
        "up --webhook http://h:1 | --webhook-secret-file",
        "up --alertmanager h:9093 | --alertmanager takes a URL",
        "up --mlperf-edges none | not 'none'",
        "up --mlperf-edges log-ends | held",
        "up --utc-offset noon | not 'noon'",
        "up --model a= | not 'a='",
        "up --model a --model b | --model",
        "streams --standbys -1 | --standbys",
        "streams --commit-interval 1ms | --commit-interval",
        "streams --cache-limit lots | --cache-limit",
        "streams --cache-limit 99% | --cache-limit",
        "streams --start-timeout 0s | --start-timeout",
        "streams --max-replacements -1 | --max-replacements",
        "streams --gap 0s | --gap",
        "store-writer --store-api sqlite | '--store-api'",
        "store-writer --retention long | 'long' is not a duration",
        "store-writer --store-url :: | '--store-url'",
        "alert-sender --grafana http://h:1 | --alertmanager URL",
        "alert-sender --alertmanager http://h:1 --alertmanager-repeat 0s | --alertmanager-repeat",
        "alert-sender --alertmanager http://h:1 --grafana here | --grafana takes a URL",
        "alert-sender --webhook ftp://h --webhook-secret-file x | --webhook takes a URL",
        "report nothing --period 2025 | there is no report 'nothing'; there are",
        "report --period 2025 | KIND is missing",
        "report models | --period is missing",
        "report models --period 2025-13 | '2025-13' is no period",
        "report models --period 2999 | in the future",
        "report models --period 2025 --by usr | --by takes user",
        "report models --period 2025 --by user,user | user twice",
        "report models --period 2025 --label x | NAME=VALUE",
        "report models --period 2025 --label x=1 --label x=2 | two values",
        "report models --period 2025 --zone Berlin | Europe/Berlin",
        "report models --period 2025 --format doc | '--format'",
        "report models --period 2025 --format focus | for 'report jobs' alone",
        "report models --period 2025 --carbon some | '--carbon'",
        "report models --period 2025 --as-of soon | 'soon' is not a time",
        "report models --period 2025 --as-of 2999-01-01T00:00:00Z | in the future",
        "report models --period 2025 --out x.doc | --format",
        "report models --period 2025 --out /none/x.html | there is no folder /none",
        "report models --period 2025 --store-url :: | '--store-url'",
        "node list all | 'all'",
        "node restore s | 'NODE'",
        "node forget s | 'NODE'",
        "site forget | 'SITE'",
        "site forget a/b --yes | 'a/b'",
        "dead-letter list --limit 0 | --limit must be between 1 and 10000",
        "dead-letter list --limit 10001 | --limit must be between 1 and 10000",
        "dead-letter list --since soon | 'soon' is not a time",
        "dead-letter show t | 'PARTITION'",
        "dead-letter show t 0 | 'OFFSET'",
        "dead-letter show t first 0 | is not a whole number",
        "topics acl --apply | give --part and --principal",
        "topics acl --check | give --part and --principal",
      })
  void aWrongArgument_isRefusedInOneLineWithStatus2(String line, String message) {
    Result result = run(line.split(" "));
    assertThat(result.err()).startsWith("joulestream: ").contains(message);
    assertThat(result.err().strip()).doesNotContain("\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).as(result.err()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "budget set b --site s --scope site | give one of the two",
        "budget set b --site s --scope site --power 1MW --energy 1MWh | give one of the two",
        "budget set b --site s --scope site --power 1.2 | '1.2' has no unit",
        "store-writer --kafka-config /none | there is no file /none",
        "up --calibration /none | /none",
      })
  void whatAFileOrAValueLacks_failsWithStatus1(String line, String message) {
    Result result = run(line.split(" "));
    assertThat(result.err()).startsWith("joulestream: ").contains(message);
    assertThat(result.status()).as(result.err()).isEqualTo(1);
  }

  private static final List<String> VALUES =
      List.of(
          "job start j|--site|local",
          "job start j|--dir|null",
          "job start j --dir|--dir|/run/joulestream/jobs",
          "job start j|--gpus|null",
          "job start j --gpus 0,1|--gpus|[0, 1]",
          "job start j|--share|{}",
          "job start j --share cpu=0.5,memory=1|--share|{cpu=0.5, memory=1.0}",
          "job start j|--nodes|0",
          "job start j|--new-node|false",
          "job end j|--state|COMPLETED",
          "job end j --state timeout|--state|TIMEOUT",
          "job forget j|--yes|false",
          "budget list|--kafka|127.0.0.1:9092",
          "doctor|--store-url|null",
          "doctor|--token|none",
          "report|--site|[]",
          "report models --by user,label:model|--by|[user, label:model]",
          "report models --format PDF|--format|PDF",
          "report|--carbon|LIFECYCLE",
          "report|--store-url|null",
          "report|--quiet|false",
          "simulate|--nodes|8",
          "simulate|--site|simulated",
          "simulate|--seed|1",
          "simulate|--jobs|0",
          "simulate|--faults|null",
          "simulate --past 2h|--past|PT2H",
          "up|--data|null",
          "up|--simulate|null",
          "up|--kafka-port|null",
          "up|--no-agent|false",
          "up|--mlperf-edges|measured",
          "streams|--threads|2",
          "streams|--standbys|0",
          "streams|--commit-interval|PT0.5S",
          "streams|--start-timeout|PT2M",
          "streams|--max-replacements|10",
          "store-writer|--store-url|http://127.0.0.1:8086",
          "store-writer|--instance|store-writer-1",
          "alert-sender|--instance|alert-sender-1",
          "alert-sender|--alertmanager-repeat|PT1M",
          "alert-sender|--alertmanager-hold|PT1M30S",
          "node forget s n|--force|false",
          "site forget s|--yes|false",
          "dead-letter list|--limit|50",
          "dead-letter list|--json|false");

  @Test
  void anOption_hasItsDefaultAndItsType() {
    CommandLine command =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(Duration.class, Durations::parse);
    for (String row : VALUES) {
      List<String> cells = List.of(row.split("\\|"));
      CommandLine.ParseResult result = command.parseArgs(cells.get(0).split(" "));
      while (result.hasSubcommand()) {
        result = result.subcommand();
      }
      Object value = result.commandSpec().findOption(cells.get(1)).getValue();
      assertThat(String.valueOf(value)).as(row).isEqualTo(cells.get(2));
    }
  }

  @Test
  void aJob_isPutIntoTheDirectoryOfTheAgent_fromStartToEnd() throws Exception {
    String dir = "--dir=" + folder;
    Result start =
        run("job", "start", "j", "--user=ada", "--gpus=0,1", "--share=cpu=0.5", dir, "--at=1h");
    assertThat(start.status()).as(start.err()).isZero();
    assertThat(start.err()).as("no agent reads it").contains("warning", folder.toString());
    assertThat(JobFile.get(folder, "j"))
        .containsEntry("user", "ada")
        .containsEntry("gpus", "0,1")
        .containsEntry("cpu_share", "0.5")
        .containsEntry("end", "");
    assertThat(run("job", "progress", "j", "--done=5", "--unit=tokens", dir).status()).isZero();
    assertThat(JobFile.get(folder, "j"))
        .containsEntry("done", "5.0")
        .containsEntry("unit", "tokens")
        .containsEntry("user", "ada");
    assertThat(run("job", "end", "j", "--state=failed", "--at=2026-01-31T12:00:00Z", dir).status())
        .isZero();
    assertThat(JobFile.get(folder, "j"))
        .containsEntry("state", "failed")
        .containsEntry("end", "1769860800000");
  }

  @Test
  void aJobThatWasNotStarted_neitherProgressesNorEnds() throws Exception {
    String dir = "--dir=" + folder;
    for (Result result :
        new Result[] {
          run("job", "progress", "j", "--done=5", "--unit=tokens", dir), run("job", "end", "j", dir)
        }) {
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).contains("knows no job 'j'", folder.toString());
    }
    assertThat(JobFile.get(folder, "j")).isEmpty();
  }

  @Test
  void withoutATerminal_onlyYesConfirms() {
    ConfirmOption option = new ConfirmOption();
    assertThatThrownBy(() -> option.confirm("forget site s"))
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
        .hasMessageStartingWith("forget site s: nothing was done")
        .hasMessageContaining("--yes");
    option.yes = true;
    option.confirm("forget site s");
  }
}
