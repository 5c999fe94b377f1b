// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.http.EventSource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a frame costs, and that its work does not grow with the clients. */
class FrameCostTest {
  private static final int CLIENTS = 200;
  private static final int FRAMES = 25;
  private static final int MOST_MILLIS = 1_000;

  /** Counts what is sent, and what of it is memory of its own. */
  private static final class CountingSink implements EventSource.Sink {
    static final Set<byte[]> DISTINCT = Collections.newSetFromMap(new IdentityHashMap<>());
    static long distinctBytes;
    long bytes;

    @Override
    public boolean send(String id, String event, byte[] data) {
      bytes += data.length;
      if (DISTINCT.add(data)) {
        distinctBytes += data.length;
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

  private long now = FakeSite.NOW;

  @ParameterizedTest
  @CsvSource({
    "1000, 100, NODES",
    "10000, 1000, NODES",
    "110000, 2000, RACKS",
    "110000, 2000, NODES"
  })
  void aFrameForManyClients(int nodes, int jobs, CellsMode mode) {
    // what else this machine does is not counted
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Random random = new Random(nodes);
    FakeSite site = new FakeSite("s", nodes, 40);
    Arrays.fill(site.table.highestMilliwatts(), 10_000_000);
    int each = nodes / jobs;
    SiteFrames frames =
        new SiteFrames(
            "s",
            site,
            new SiteStates(() -> now, Map.of(), CarbonBasis.Scope.LIFECYCLE),
            (s, job, millijoules) -> JobCosts.JobCost.UNKNOWN);
    Viewing viewing =
        new Viewing(new Visibility(new Viewer("", Role.VIEWER, new TreeSet<>()), true), mode, 200);
    change(site, random, jobs, each);
    CountingSink first = new CountingSink();
    for (int i = 0; i < CLIENTS; i++) {
      CountingSink sink = i == 0 ? first : new CountingSink();
      frames.add(new FrameClient(viewing, FrameId.of(1, "s", viewing), "", sink), now);
    }
    long whole = first.bytes;
    for (int i = 0; i < FRAMES; i++) {
      // compiled first
      change(site, random, jobs, each);
      now += 1_000;
      frames.tick(now);
    }
    long firstBytes = first.bytes;
    long[] nanos = new long[FRAMES];
    CountingSink.DISTINCT.clear();
    CountingSink.distinctBytes = 0;
    for (int i = 0; i < FRAMES; i++) {
      change(site, random, jobs, each);
      now += 1_000;
      long start = threads.getCurrentThreadCpuTime();
      frames.tick(now);
      nanos[i] = threads.getCurrentThreadCpuTime() - start;
    }
    long perFrame = (first.bytes - firstBytes) / FRAMES;
    Arrays.sort(nanos);
    System.out.printf(
        "%,d nodes as %s, %,d jobs, %d clients: a frame takes %.2f ms of CPU (highest %.2f);"
            + " %,d bytes a client, the first %,d%n",
        nodes,
        mode,
        jobs,
        CLIENTS,
        nanos[FRAMES / 2] / 1e6,
        nanos[FRAMES - 1] / 1e6,
        perFrame,
        whole);
    // clients share the bytes of a frame
    assertThat(CountingSink.distinctBytes / FRAMES).isEqualTo(perFrame);
    assertThat(nanos[FRAMES / 2] / 1e6).isLessThan(MOST_MILLIS);
  }

  /** The power of every node and job changes. */
  private static void change(FakeSite site, Random random, int jobs, int each) {
    long[] power = site.table.milliwatts();
    for (int i = 0; i < power.length; i++) {
      power[i] = 5_000_000L + random.nextInt(2_000_000);
    }
    for (int job = 0; job < jobs; job++) {
      int first = job * each;
      site.run(
          "c/" + job,
          "u" + job % 50,
          "p" + job % 7,
          1_000_000L * each + random.nextInt(1_000_000),
          IntStream.range(first, first + each).toArray());
    }
    site.changes++;
  }
}
