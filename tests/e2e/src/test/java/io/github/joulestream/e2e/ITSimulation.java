// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.e2e.Jobs.Job;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A simulated site, whose truth is known, in real time; stopped as by Ctrl-C. */
class ITSimulation {
  @TempDir Path folder;

  @Test
  void whatIsBooked_isWhatJobsReallyDrew() throws Exception {
    Path summary = folder.resolve("jobs.csv");
    Path truth = folder.resolve("truth.csv");
    try (Program up =
        Program.start(
            Map.of("JOULESTREAM_UP_SIMULATE", "6", "JOULESTREAM_SEED", "3"),
            "up",
            "--summary",
            summary.toString(),
            "--truth",
            truth.toString(),
            "--kafka-port",
            "0",
            "--store-port",
            "0")) {
      up.awaitLine(" running; ");
      Matcher store = Pattern.compile("store  (http://[0-9.:]+)").matcher(up.output());
      assertThat(store.find()).as(up.output()).isTrue();
      Await.until(
          "a ledger that balances",
          () -> {
            try (Program doctor =
                Program.start(
                    "doctor", "--ledger", "--from", "1h", "--store-url", store.group(1))) {
              return doctor.await() == 0
                  && doctor.output().contains("ledger of site simulated")
                  && doctor.output().contains("the books balance");
            }
          });
      assertThat(up.output()).contains("made up (provider simulator, quality SYNTHETIC)");
      // two days back and two ahead, hour by hour
      Await.until(
          "the supply of the site",
          () -> supply(URI.create(store.group(1))).equals("[[\"CARBON\",96],[\"PRICE\",96]]"));
      up.interrupt();
      up.await();
      assertThat(up.output())
          .contains("simulating site 'simulated' of 6 nodes with 8 GPUs each (seed 3)")
          .contains("stopping;")
          .contains("difference 0 mJ");
      Matcher first =
          Pattern.compile("first energy in the store after ([0-9.]+) s").matcher(up.output());
      assertThat(first.find()).as(up.output()).isTrue();
    }
    List<Job> booked = new ArrayList<>(Jobs.read(summary));
    booked.removeIf(job -> !job.text("site").equals("simulated"));
    double trueSum = 0;
    double bookedSum = 0;
    for (Job real : Jobs.read(truth)) {
      Job job = Jobs.of(booked, real.text("job"));
      booked.remove(job);
      trueSum += real.number("energy_j");
      bookedSum += job.number("energy_j");
      // where a job begins or ends between two samples, the second is shared by time
      assertThat(job.number("energy_j"))
          .as(real.toString())
          .isCloseTo(
              real.number("energy_j"),
              within(
                  real.number("energy_j") * 0.001 + 2 * 8 * 5 * 600.0 + real.number("silent_j")));
      assertThat(job.text("user")).isEqualTo(real.text("user"));
    }
    assertThat(booked).isEmpty();
    assertThat(bookedSum / trueSum).isCloseTo(1, within(0.02));
  }

  /** Number of hours with a price in force, and with a carbon intensity. */
  private static String supply(URI store) throws IOException {
    String sql =
        """
        SELECT kind, count() FROM grid_now
        WHERE (kind = 'PRICE' OR basis = 'location-average-lifecycle')
          AND in_force = 1 AND quality = 'SYNTHETIC' AND site = 'simulated'
          AND timestamp >= date_trunc('hour', dateadd('h', -48, now()))
          AND timestamp < date_trunc('hour', dateadd('h', 48, now()))
        ORDER BY kind
        """;
    URI query = store.resolve("/exec?query=" + URLEncoder.encode(sql, UTF_8));
    try (InputStream answer = query.toURL().openStream()) {
      return new ObjectMapper().readTree(answer).get("dataset").toString();
    }
  }
}
