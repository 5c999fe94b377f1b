// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.http.EventSource;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * How much the event {@code jobs} is, of 500 jobs whose power changes each second, and whose energy
 * and curve change each ten seconds, as they do where summaries are made.
 */
class JobFrameBytesTest {
  private static final int JOBS = 500;
  private static final int SECONDS = 60;
  private static final int WINDOW_SECONDS = 10;
  private static final int RECENT = 60;

  /** Job, power and punctuation of a row. */
  private static final int MOST_OF_A_ROW = 45;

  private final FakeSite site = new FakeSite("site-a", 1_000, 40);
  private final Random random = new Random(21);
  private final long[] millijoules = new long[JOBS];
  private final long[][] recent = new long[JOBS][RECENT];
  private long now = FakeSite.NOW;

  private static final class Counter implements EventSource.Sink {
    int bytes;
    int rows;

    @Override
    public boolean send(String id, String event, byte[] data) {
      if (event.equals("jobs")) {
        bytes = data.length;
        rows = new String(data, UTF_8).split("\"job\"", -1).length - 1;
      }
      return true;
    }

    @Override
    public boolean isBehind() {
      return false;
    }

    @Override
    public void close() {}
  }

  @Test
  void aFrameInWhichPowerChanged_hasPowerAlone() {
    SiteFrames frames =
        new SiteFrames(
            "site-a",
            site,
            new SiteStates(() -> now, Map.of(), CarbonBasis.Scope.LIFECYCLE),
            (s, job, energy) ->
                new JobCosts.JobCost(
                    new BigDecimal(energy).multiply(new BigDecimal("0.00000004712345678901")),
                    "EUR",
                    new BigDecimal(energy).multiply(new BigDecimal("0.00011176543210987"))));
    Viewing viewing =
        new Viewing(
            new Visibility(new Viewer("", Role.VIEWER, new TreeSet<>()), true),
            CellsMode.NODES,
            JOBS);
    change(0);
    Counter counter = new Counter();
    frames.add(new FrameClient(viewing, FrameId.of(1, "site-a", viewing), "", counter), now);
    int first = counter.bytes;
    assertThat(counter.rows).isEqualTo(JOBS);
    long sum = 0;
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int second = 1; second <= SECONDS; second++) {
      change(second);
      now += 1_000;
      frames.tick(now);
      assertThat(counter.rows).isEqualTo(JOBS);
      sum += counter.bytes;
      least = Math.min(least, counter.bytes);
      most = Math.max(most, counter.bytes);
    }
    System.out.printf(
        "jobs of %d: first %,d bytes; a frame %,d to %,d, mean %,d%n",
        JOBS, first, least, most, sum / SECONDS);
    assertThat(least / JOBS).isLessThan(MOST_OF_A_ROW);
    assertThat(sum / SECONDS).isLessThan(first / 7);
  }

  private void change(int second) {
    for (int job = 0; job < JOBS; job++) {
      long power = 2_000_000L + random.nextInt(12_000_000);
      if (second % WINDOW_SECONDS == 0) {
        millijoules[job] += power * WINDOW_SECONDS;
        System.arraycopy(recent[job], 1, recent[job], 0, RECENT - 1);
        recent[job][RECENT - 1] = power;
      }
      String id = "gpu/" + (4_711_000 + job);
      site.run(
          id,
          FakeSite.summary("site-a", id, "user" + job % 50, "project" + job % 7, millijoules[job]),
          power,
          recent[job].clone(),
          2 * job,
          2 * job + 1);
    }
  }
}
