// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Killed in the middle, and started again with the same data folder: the same to the millijoule.
 */
class ITRestart {
  private static final int NODES = 20;
  private static final int JOBS = 6;
  private static final int READINGS = 2_000;
  private static final long START = 1_700_000_000_000L;

  @TempDir Path folder;

  /** MLPerf Training logs of jobs one after the other, on all nodes. */
  private Path traces() throws IOException {
    Random random = new Random(11);
    System.out.println("ITRestart seed 11");
    Path benchmark = folder.resolve("traces").resolve("system").resolve("bench");
    for (int job = 0; job < JOBS; job++) {
      long start = START + job * (READINGS * 2_000L + 60_000);
      long end = start + READINGS * 2_000L;
      Path power = Files.createDirectories(benchmark.resolve("power").resolve("run_" + job));
      Files.writeString(
          benchmark.resolve("run_" + job + ".lifecycle.txt"),
          line("run_start", start, "null", "{}")
              + line("run_stop", end, "null", "{\"status\": \"success\"}"));
      for (int node = 0; node < NODES; node++) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < READINGS; i++) {
          text.append(
              line(
                  "power_reading",
                  start + i * 2_000L + random.nextInt(100),
                  Integer.toString(2_000 + random.nextInt(6_000)),
                  "\"\""));
        }
        Files.writeString(power.resolve("node_" + node + ".txt"), text);
      }
    }
    return folder.resolve("traces");
  }

  private static String line(String key, long millis, String value, String metadata) {
    return ":::MLLOG {\"time_ms\": %d, \"key\": \"%s\", \"value\": %s, \"metadata\": %s}%n"
        .formatted(millis, key, value, metadata);
  }

  @Test
  void killedAndStartedAgain_theSummaryIsTheSame() throws Exception {
    Path traces = traces();
    Path undisturbed = folder.resolve("undisturbed.csv");
    try (Program up = up(traces, folder.resolve("data-1"), undisturbed)) {
      assertThat(up.await()).as(up.output()).isZero();
      assertThat(Jobs.read(undisturbed)).hasSize(JOBS);
    }
    Path killed = folder.resolve("killed.csv");
    Path data = folder.resolve("data-2");
    try (Program up = up(traces, data, killed)) {
      up.awaitLine("first energy in the store");
      up.kill();
      assertThat(killed).doesNotExist();
    }
    try (Program up = up(traces, data, killed)) {
      assertThat(up.await()).as(up.output()).isZero();
      assertThat(up.output()).contains("difference 0 mJ");
    }
    assertThat(Files.readString(killed)).isEqualTo(Files.readString(undisturbed));

    // and once more: everything is known already
    Path again = folder.resolve("again.csv");
    try (Program up = up(traces, data, again)) {
      assertThat(up.await()).as(up.output()).isZero();
    }
    assertThat(Files.readString(again)).isEqualTo(Files.readString(undisturbed));
  }

  private static Program up(Path traces, Path data, Path summary) throws IOException {
    return Program.start(
        "up",
        "--replay",
        traces.toString(),
        "--until-done",
        "--data",
        data.toString(),
        "--summary",
        summary.toString(),
        "--site",
        "site");
  }
}
