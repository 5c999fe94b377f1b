// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DevicePower;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.EnergyCounter;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hostile records, one after the other, through the account of a node: extreme times, powers,
 * counters, kinds, containers, instances, shares and allocations, in any order. Nothing throws what
 * is not declared, the books balance, the state is written and read, and what a record costs is
 * bounded. {@code -Dfuzz.inputs=1000000 -Dfuzz.seed=7} for the long form.
 */
@SuppressWarnings("EnumOrdinal") // a random constant
class NodeAccountFuzzTest {
  private static final long SEED = Long.getLong("fuzz.seed", 1_709);
  private static final long INPUTS = Long.getLong("fuzz.inputs", 1_500);
  private static final long NOW = 1_800_000_000_000L;
  private static final int RECORDS = 40;
  // what a record may allocate: a fixed part for a weekend of windows by many jobs, and this for
  // each of its readings and of those that are still in the history
  private static final long MAX_BYTES = 2L << 30;
  private static final long MAX_BYTES_PER_READING = 64 << 10;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long[] SPANS = {
    0,
    1,
    999,
    1_000,
    10_000,
    60_000,
    61_000,
    299_999,
    300_001,
    3_600_000,
    86_400_000L,
    72 * 3_600_000L,
    72 * 3_600_000L + 1,
    31L * 86_400_000,
    400L * 86_400_000,
    3_653L * 86_400_000
  };

  private long arrival;
  private long near;
  private Random random = new Random(SEED);
  private long mostAllocated;
  private long refused;
  private long taken;
  private long sequenceSeed;

  @Test
  void hostileRecords_leaveTheBooksInOrder() throws IOException {
    System.out.println("NodeAccountFuzzTest seed " + SEED + ", " + INPUTS + " inputs");
    long inputs = 0;
    long began = System.nanoTime();
    long slowest = 0;
    for (long round = 0; inputs < INPUTS; round++) {
      long seed = SEED * 1_000_003 + round;
      long from = System.nanoTime();
      try {
        inputs += new Sequence().run(seed);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("sequence of seed " + seed + ": " + e, e);
      }
      slowest = Math.max(slowest, System.nanoTime() - from);
    }
    System.out.printf(
        "NodeAccountFuzzTest: %,d records, %,d readings taken, %,d refused, most allocated by one"
            + " %,d bytes, slowest sequence %,d ms, %,d s%n",
        inputs,
        taken,
        refused,
        mostAllocated,
        slowest / 1_000_000,
        (System.nanoTime() - began) / 1_000_000_000);
    assertThat(taken).isPositive();
    assertThat(refused).isPositive();
  }

  private final class Sequence {
    private NodeAccount account = new NodeAccount(Limits.DEFAULT);
    private final Deque<Arrival> history = new ArrayDeque<>();
    private final Map<Long, Totals<SiteAmount>> site = new HashMap<>();
    private final Map<Long, Long> ofJobs = new HashMap<>();
    private int historyReadings;

    int run(long seed) throws IOException {
      random = new Random(seed);
      sequenceSeed = seed;
      arrival = NOW + random.nextInt(1_000_000);
      near = arrival;
      int records = 1 + random.nextInt(RECORDS);
      for (int i = 0; i < records; i++) {
        arrival += random.nextInt(50) == 0 ? span() : random.nextInt(12_000);
        near += random.nextInt(12_000);
        if (random.nextInt(20) == 0) {
          near = arrival;
        }
        Increments books = new Increments();
        books.forNode("node1");
        books.begin();
        long before = allocated();
        int readings = take(books, i);
        long cost = allocated() - before;
        mostAllocated = Math.max(mostAllocated, cost);
        assertThat(cost)
            .as("bytes of a record of seed " + seed)
            .isLessThan(MAX_BYTES + MAX_BYTES_PER_READING * (readings + historyReadings));
        add(books);
        account.powerNow("node1", random.nextBoolean(), random.nextBoolean());
        if (random.nextInt(6) == 0) {
          byte[] state = SampleAccount.written(account);
          account =
              NodeAccount.read(
                  new DataInputStream(new ByteArrayInputStream(state)),
                  Limits.DEFAULT,
                  Calibration.NONE);
          assertThat(SampleAccount.written(account)).isEqualTo(state);
        }
      }
      return records;
    }

    private int take(Increments books, int sequence) {
      if (random.nextInt(4) == 0) {
        account.accept(edge(), this::between, books);
        return 1;
      }
      List<DeviceSeries> series = new ArrayList<>();
      int readings = 0;
      for (int d = 1 + random.nextInt(4); d > 0; d--) {
        DeviceSeries one = series();
        readings += one.readings().size();
        series.add(one);
      }
      Arrival batch = new Arrival(arrival, series);
      Outcome outcome =
          account.accept(
              random.nextInt(3),
              random.nextInt(15) == 0 ? random.nextInt(5) : sequence,
              batch,
              this::between,
              books);
      refused += outcome.refusals().size();
      if (!outcome.repeated()) {
        Arrival kept = outcome.kept(batch);
        for (DeviceSeries one : kept.devices()) {
          taken += one.readings().size();
          historyReadings += one.readings().size();
        }
        history.add(kept);
      }
      while (!history.isEmpty() && history.peek().arrivalEpochMillis() < arrival - 70 * 60_000) {
        for (DeviceSeries one : history.remove().devices()) {
          historyReadings -= one.readings().size();
        }
      }
      return readings;
    }

    private List<Arrival> between(long from, long to) {
      List<Arrival> found = new ArrayList<>();
      for (Arrival old : history) {
        long limit = old.arrivalEpochMillis() + Limits.DEFAULT.futureMillis();
        long latest = Long.MIN_VALUE;
        for (DeviceSeries series : old.devices()) {
          for (long time : series.readings().epochMillis()) {
            latest = time <= limit ? Math.max(latest, time) : latest;
          }
        }
        if (latest >= from && latest <= to) {
          found.add(old);
        }
      }
      return found;
    }

    private void add(Increments books) {
      books
          .site()
          .forEach((window, totals) ->
              site.computeIfAbsent(window, _ -> Totals.ofSite()).addAll(totals));
      JobSums.of(books)
          .forEach((job, windows) ->
              windows.forEach((window, totals) -> {
                ofJobs.merge(window, totals.get(JobAmount.TOTAL_MILLIJOULES), Math::addExact);
                assertThat(totals.get(JobAmount.TOTAL_MILLIJOULES))
                    .isEqualTo(
                        totals.get(JobAmount.MEASURED_MILLIJOULES)
                            + totals.get(JobAmount.ESTIMATED_MILLIJOULES)
                            + totals.get(JobAmount.MODELLED_MILLIJOULES));
              }));
      for (Long window : books.site().keySet()) {
        Totals<SiteAmount> totals = site.getOrDefault(window, Totals.ofSite());
        for (List<SiteAmount> equation : EQUATIONS) {
          assertThat(totals.get(equation.get(0)))
              .as(equation.getFirst().name())
              .isEqualTo(Math.addExact(totals.get(equation.get(1)), totals.get(equation.get(2))));
        }
        assertThat(ofJobs.getOrDefault(window, 0L))
            .isEqualTo(totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES));
      }
    }
  }

  private static final List<List<SiteAmount>> EQUATIONS =
      List.of(
          List.of(
              SiteAmount.MEASURED_TOTAL_MILLIJOULES,
              SiteAmount.JOBS_TOTAL_MILLIJOULES,
              SiteAmount.IDLE_TOTAL_MILLIJOULES),
          List.of(
              SiteAmount.MEASURED_GPU_MILLIJOULES,
              SiteAmount.JOBS_GPU_MILLIJOULES,
              SiteAmount.IDLE_GPU_MILLIJOULES),
          List.of(
              SiteAmount.MEASURED_CPU_MILLIJOULES,
              SiteAmount.JOBS_CPU_MILLIJOULES,
              SiteAmount.IDLE_CPU_MILLIJOULES),
          List.of(
              SiteAmount.MEASURED_MEMORY_MILLIJOULES,
              SiteAmount.JOBS_MEMORY_MILLIJOULES,
              SiteAmount.IDLE_MEMORY_MILLIJOULES),
          List.of(
              SiteAmount.MEASURED_STORAGE_MILLIJOULES,
              SiteAmount.JOBS_STORAGE_MILLIJOULES,
              SiteAmount.IDLE_STORAGE_MILLIJOULES),
          List.of(
              SiteAmount.MEASURED_NODE_MILLIJOULES,
              SiteAmount.JOBS_NODE_MILLIJOULES,
              SiteAmount.IDLE_NODE_MILLIJOULES));

  // ---- what comes in

  private long span() {
    return SPANS[random.nextInt(SPANS.length)];
  }

  private long time() {
    return switch (random.nextInt(40)) {
      case 0 -> Long.MIN_VALUE + random.nextInt(3);
      case 1 -> Long.MAX_VALUE - random.nextInt(3);
      case 2 -> random.nextInt(3) - 1;
      case 3 -> arrival + 300_000 - random.nextInt(3) + 1;
      case 4 -> arrival + span();
      case 5, 6, 7 -> arrival - span() - random.nextInt(3) + 1;
      default -> near + random.nextInt(20_000) - 10_000;
    };
  }

  private long amount(long usual) {
    return switch (random.nextInt(16)) {
      case 0 -> MISSING;
      case 1 -> Long.MAX_VALUE - random.nextInt(20);
      case 2 -> -1 - random.nextInt(3);
      case 3 -> Long.MAX_VALUE >>> random.nextInt(40);
      case 4 -> 0;
      default -> (long) (random.nextDouble() * usual);
    };
  }

  private Device device() {
    DeviceKind kind =
        random.nextInt(3) > 0
            ? DeviceKind.GPU
            : DeviceKind.values()[random.nextInt(DeviceKind.values().length)];
    String id = random.nextInt(4) > 0 ? "gpu" + random.nextInt(3) : "x" + random.nextInt(3);
    int part = Math.floorMod(id.hashCode() * 31 + kind.ordinal() * 7 + (int) sequenceSeed, 24);
    DeviceKind within = part < 6 ? DeviceKind.values()[part] : null;
    return new Device(
        id,
        kind,
        PowerSource.values()[random.nextInt(3)],
        within,
        random.nextInt(5) == 0 ? "H100" : "",
        new DevicePower(
            random.nextInt(4) == 0 ? most(amount(700_000), 1_000_000_000_000_000L) : 0,
            random.nextInt(6) == 0 ? random.nextInt(3_600_001) : 0),
        new EnergyCounter(
            random.nextInt(10) == 0 ? random.nextLong() : random.nextInt(2),
            random.nextInt(4) == 0 ? most(amount(1L << 32), 1L << 62) : 0),
        random.nextInt(4) == 0 ? most(amount(1L << 40), Device.MAX_BYTES) : 0,
        random.nextInt(10) == 0 ? "gpu" + random.nextInt(3) : "");
  }

  private static long most(long value, long most) {
    return value < 0 ? 0 : Math.min(value, most);
  }

  private DeviceSeries series() {
    int rows = random.nextInt(6) == 0 ? random.nextInt(60) : random.nextInt(4);
    long[] times = new long[rows];
    long[] powers = new long[rows];
    long[] energies = new long[rows];
    long[] utilisations = new long[rows];
    long[] used = new long[rows];
    boolean counts = random.nextBoolean();
    boolean inOrder = random.nextInt(3) > 0;
    long counter = amount(1L << 40);
    long time = near;
    for (int i = 0; i < rows; i++) {
      time += random.nextInt(30) == 0 ? span() : random.nextInt(2_000);
      times[i] = inOrder ? time : time();
      powers[i] = amount(600_000);
      counter =
          random.nextInt(8) == 0
              ? amount(1L << 40)
              : counter == MISSING ? 0 : counter + random.nextInt(3) * 100_000_000L;
      energies[i] = counts ? counter : MISSING;
      utilisations[i] = amount(10_001);
      used[i] = amount(1L << 41);
    }
    long[] none = {};
    return new DeviceSeries(
        device(),
        new Readings(
            times,
            powers,
            counts || random.nextBoolean() ? energies : none,
            random.nextBoolean() ? utilisations : none,
            random.nextBoolean() ? used : none,
            none,
            none));
  }

  private AllocationEdge edge() {
    Map<String, Integer> parts = new HashMap<>();
    for (int d = random.nextInt(random.nextInt(30) == 0 ? 300 : 4); d > 0; d--) {
      String id = random.nextInt(4) > 0 ? "gpu" + random.nextInt(3) : "x" + random.nextInt(99);
      parts.put(id, Math.max(0, parts()));
    }
    return new AllocationEdge(
        "job" + random.nextInt(6),
        random.nextInt(3) > 0,
        time(),
        parts,
        parts(),
        parts(),
        parts(),
        parts(),
        random.nextInt(3) == 0 ? random.nextInt(4_097) : 3,
        AllocationEdge.By.values()[random.nextInt(2)],
        arrival);
  }

  private int parts() {
    return random.nextInt(3) == 0 ? 10_000 : random.nextInt(10_002) - 1;
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
