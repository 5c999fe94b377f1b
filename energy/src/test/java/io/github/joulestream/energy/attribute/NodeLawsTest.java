// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.SiteAmount.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DevicePower;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.EnergyCounter;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Laws of a node's books over generated readings and allocations: the books balance; order,
 * batching and repeats make no difference; writing and reading the state makes none either.
 */
@SuppressWarnings("EnumOrdinal") // a random constant
class NodeLawsTest {
  private static final long SEED = Long.getLong("laws.seed", 5_021);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final long START = 1_700_000_000_000L;
  private static final long LATER = START + 3_600_000;

  /** Input of a node in the form in which it arrives. */
  sealed interface Input {
    record Batch(long epoch, long sequence, List<DeviceSeries> devices, List<DeviceStatus> statuses)
        implements Input {
      Batch(long epoch, long sequence, List<DeviceSeries> devices) {
        this(epoch, sequence, devices, List.of());
      }
    }

    record Edge(AllocationEdge edge) implements Input {}
  }

  /** Runs input through an account and adds up. */
  static final class Books {
    private NodeAccount account = new NodeAccount(Limits.DEFAULT);
    private final List<Arrival> history = new ArrayList<>();
    final Map<String, TreeMap<Long, Totals<JobAmount>>> jobs = new TreeMap<>();
    final TreeMap<Long, Totals<SiteAmount>> site = new TreeMap<>();
    private final BookedDevices devices;
    private final int lives;
    private int taken;

    /** Starts anew after so many input, again and again. */
    Books(int lives) {
      this(lives, Limits.DEFAULT.windowMillis());
    }

    Books(int lives, int deviceWindowMillis) {
      this.lives = lives;
      this.devices = new BookedDevices(deviceWindowMillis);
    }

    Books() {
      this(3);
    }

    void take(Input input) throws IOException {
      Increments increments = devices.increments();
      History lookUp = (from, to) -> within(history, from, to);
      switch (input) {
        case Input.Batch batch -> {
          ReadingColumns columns = new ReadingColumns();
          batch.devices.forEach(columns::add);
          batch.statuses.forEach(columns::add);
          Outcome outcome =
              account.accept(
                  batch.epoch,
                  batch.sequence,
                  ContentHash.of(columns),
                  LATER,
                  columns,
                  lookUp,
                  increments);
          if (!outcome.repeated()) {
            history.add(outcome.kept(new Arrival(LATER, batch.devices)));
          }
        }
        case Input.Edge(AllocationEdge edge) -> account.accept(edge, lookUp, increments);
      }
      JobSums.of(increments)
          .forEach((job, windows) ->
              windows.forEach((window, totals) ->
                  jobs.computeIfAbsent(job, _ -> new TreeMap<>())
                      .computeIfAbsent(window, _ -> Totals.ofJob())
                      .addAll(totals)));
      increments
          .site()
          .forEach((window, totals) ->
              site.computeIfAbsent(window, _ -> Totals.ofSite()).addAll(totals));
      devices.add(increments);
      // every now and then the program starts anew
      if (++taken % lives == 0) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        account.write(new DataOutputStream(bytes));
        account =
            NodeAccount.read(
                new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())),
                Limits.DEFAULT,
                Calibration.NONE);
      }
    }

    private static List<Arrival> within(List<Arrival> arrivals, long from, long to) {
      return arrivals.stream()
          .filter(arrival -> {
            long latest =
                arrival.devices().stream()
                    .flatMapToLong(series -> LongStream.of(series.readings().epochMillis()))
                    .max()
                    .orElse(Long.MIN_VALUE);
            return latest >= from && latest <= to;
          })
          .toList();
    }

    /** Without what counts events, and without windows that are all zero. */
    Map<Long, String> energies() {
      TreeMap<Long, String> text = new TreeMap<>();
      site.forEach((window, totals) -> {
        Totals<SiteAmount> copy = totals.copy();
        copy.set(READINGS, 0);
        copy.set(REPEATED_READINGS, 0);
        copy.set(ALLOCATION_EVENTS, 0);
        // a batch that was seen too long ago to be known again is refused again
        copy.set(REFUSED_SENTINEL, 0);
        copy.set(REFUSED_NEGATIVE, 0);
        copy.set(REFUSED_OVER_LIMIT, 0);
        if (!copy.isZero()) {
          text.put(window, copy.toString());
        }
      });
      return text;
    }

    Map<String, String> jobEnergies() {
      TreeMap<String, String> text = new TreeMap<>();
      jobs.forEach((job, windows) ->
          windows.forEach((window, totals) -> {
            if (!totals.isZero()) {
              text.put(job + " " + window, totals.toString());
            }
          }));
      return text;
    }

    long jobMillijoules() {
      return jobs.values().stream()
          .flatMap(windows -> windows.values().stream())
          .mapToLong(totals -> totals.get(JobAmount.TOTAL_MILLIJOULES))
          .sum();
    }

    Map<String, String> deviceAmounts() {
      return devices.amounts();
    }

    void assertBalanced() {
      devices.assertEqualTo(site);
      Totals<SiteAmount> booked = Totals.ofSite();
      site.values().forEach(booked::addAll);
      List<List<SiteAmount>> equations =
          List.of(
              List.of(MEASURED_TOTAL_MILLIJOULES, JOBS_TOTAL_MILLIJOULES, IDLE_TOTAL_MILLIJOULES),
              List.of(MEASURED_GPU_MILLIJOULES, JOBS_GPU_MILLIJOULES, IDLE_GPU_MILLIJOULES),
              List.of(
                  MEASURED_MEMORY_MILLIJOULES, JOBS_MEMORY_MILLIJOULES, IDLE_MEMORY_MILLIJOULES),
              List.of(
                  MEASURED_STORAGE_MILLIJOULES, JOBS_STORAGE_MILLIJOULES, IDLE_STORAGE_MILLIJOULES),
              List.of(MEASURED_NODE_MILLIJOULES, JOBS_NODE_MILLIJOULES, IDLE_NODE_MILLIJOULES));
      for (Totals<SiteAmount> window : site.values()) {
        for (List<SiteAmount> equation : equations) {
          assertThat(window.get(equation.get(0)))
              .as(equation.get(0).name())
              .isEqualTo(window.get(equation.get(1)) + window.get(equation.get(2)));
        }
        assertThat(window.get(MEASURED_TOTAL_MILLIJOULES))
            .isEqualTo(
                window.get(QUALITY_MEASURED_MILLIJOULES)
                    + window.get(QUALITY_ESTIMATED_MILLIJOULES)
                    + window.get(QUALITY_MODELLED_MILLIJOULES))
            .isNotNegative();
      }
      long ofJobs = 0;
      for (TreeMap<Long, Totals<JobAmount>> windows : jobs.values()) {
        for (Totals<JobAmount> window : windows.values()) {
          ofJobs += window.get(JobAmount.TOTAL_MILLIJOULES);
          assertThat(window.get(JobAmount.TOTAL_MILLIJOULES))
              .isEqualTo(
                  window.get(JobAmount.MEASURED_MILLIJOULES)
                      + window.get(JobAmount.ESTIMATED_MILLIJOULES)
                      + window.get(JobAmount.MODELLED_MILLIJOULES));
        }
      }
      assertThat(ofJobs).isEqualTo(booked.get(JOBS_TOTAL_MILLIJOULES));
      assertThat(booked.get(REFUSED_LATE)).isZero();
    }
  }

  @Test
  void orderBatchingAndRepeats_makeNoDifference_andTheBooksBalance() throws IOException {
    System.out.println("NodeLawsTest seed " + SEED);
    Totals<SiteAmount> met = Totals.ofSite();
    Totals<JobAmount> ends = Totals.ofJob();
    Totals<DeviceAmount> metOfDevices = Totals.ofDevice();
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<DeviceSeries> readings = randomReadings(random);
      List<AllocationEdge> edges = randomEdges(random);
      List<DeviceStatus> statuses = randomStatuses(readings, random);
      int deviceWindowMillis = List.of(10_000, 30_000, 300_000, 0).get(random.nextInt(4));

      Books inOrder = new Books(3, deviceWindowMillis);
      for (AllocationEdge edge : edges) {
        inOrder.take(new Input.Edge(edge));
      }
      for (Input input : with(statuses, batches(readings, 1, random), random)) {
        inOrder.take(input);
      }
      inOrder.assertBalanced();

      List<Input> shuffled = new ArrayList<>(with(statuses, batches(readings, 2, random), random));
      edges.forEach(edge -> shuffled.add(new Input.Edge(edge)));
      for (int i = random.nextInt(4); i > 0; i--) {
        if (!shuffled.isEmpty()) {
          shuffled.add(shuffled.get(random.nextInt(shuffled.size())));
        }
      }
      Collections.shuffle(shuffled, random);
      Books anyOrder = new Books(3, deviceWindowMillis);
      for (Input input : shuffled) {
        anyOrder.take(input);
        anyOrder.assertBalanced();
      }
      assertThat(differences(anyOrder.energies(), inOrder.energies()))
          .as("round " + round)
          .isEmpty();
      assertThat(differences(anyOrder.jobEnergies(), inOrder.jobEnergies()))
          .as("round " + round)
          .isEmpty();
      assertThat(differences(anyOrder.deviceAmounts(), inOrder.deviceAmounts()))
          .as("round " + round)
          .isEmpty();
      inOrder.site.values().forEach(met::addAll);
      inOrder.devices.addTo(metOfDevices);
      inOrder.jobs.values().forEach(windows -> windows.values().forEach(ends::addAll));
    }
    // the generator reaches every rule
    for (SiteAmount amount :
        List.of(
            COUNTER_WRAPS,
            COUNTER_RESETS,
            COUNTER_FAULTS,
            COUNTER_STUCK_MILLIS,
            DISAGREEING_MINUTES,
            OVERBOOKED_MILLIS,
            EXCLUSIVE_MILLIJOULES,
            SHARED_MILLIJOULES,
            HELD_IDLE_MILLIJOULES,
            UNCOVERED_MILLIS,
            QUALITY_ESTIMATED_MILLIJOULES,
            WATER_MILLILITRES)) {
      assertThat(met.get(amount)).as(amount.name()).isPositive();
    }
    for (DeviceAmount amount : DeviceAmount.values()) {
      assertThat(metOfDevices.get(amount)).as(amount.name()).isPositive();
    }
    for (JobAmount amount :
        List.of(
            JobAmount.NODES_HELD,
            JobAmount.NODES_RELEASED,
            JobAmount.NODES_ENDED_BY_AGENT,
            JobAmount.NODES_TAKEN_OVER)) {
      assertThat(ends.get(amount)).as(amount.name()).isPositive();
    }
  }

  @Test
  void jobsHeardOfAWhileLater_shareWhatWasDrawnAsIfTheyHadBeenKnown() throws IOException {
    long mendedMillijoules = 0;
    for (int round = 0; round < ROUNDS / 4; round++) {
      Random random = new Random(SEED + 1_000_000 + round);
      List<Due> due = new ArrayList<>();
      List<Input> batches = new ArrayList<>();
      long[] counters = new long[3];
      int[] stuckFor = new int[3];
      long time = START;
      for (long sequence = 0; sequence < 240; sequence++) {
        time +=
            random.nextInt(200) == 0
                ? random.nextInt(400_000)
                : 900 + random.nextInt(random.nextInt(20) == 0 ? 5_000 : 200);
        Input batch = new Input.Batch(1, sequence, readingsAt(time, counters, stuckFor, random));
        batches.add(batch);
        due.add(new Due(time + random.nextInt(random.nextInt(60) == 0 ? 30_000 : 500), batch));
      }
      List<AllocationEdge> edges = randomEdges(random);
      for (AllocationEdge edge : edges) {
        due.add(
            new Due(edge.atEpochMillis() - 5_000 + random.nextInt(40_000), new Input.Edge(edge)));
      }
      due.sort(Comparator.comparingLong(Due::epochMillis));

      Books known = new Books();
      for (AllocationEdge edge : edges) {
        known.take(new Input.Edge(edge));
      }
      for (Input batch : batches) {
        known.take(batch);
      }
      Books heard = new Books(150);
      for (Due next : due) {
        long before = heard.jobMillijoules();
        heard.take(next.input);
        heard.assertBalanced();
        if (next.input instanceof Input.Edge) {
          mendedMillijoules += Math.abs(heard.jobMillijoules() - before);
        }
      }
      assertThat(differences(heard.energies(), known.energies())).as("round " + round).isEmpty();
      assertThat(differences(heard.jobEnergies(), known.jobEnergies()))
          .as("round " + round)
          .isEmpty();
      assertThat(differences(heard.deviceAmounts(), known.deviceAmounts()))
          .as("round " + round)
          .isEmpty();
    }
    assertThat(mendedMillijoules).isPositive();
  }

  /** When input arrives. */
  private record Due(long epochMillis, Input input) {}

  /** Of two GPUs and a drive, which now and then stand still for a while. */
  private static List<DeviceSeries> readingsAt(
      long time, long[] counters, int[] stuckFor, Random random) {
    List<DeviceSeries> series = new ArrayList<>();
    for (int d = 0; d < counters.length; d++) {
      if (stuckFor[d] > 0) {
        stuckFor[d]--;
      } else if (random.nextInt(150) == 0) {
        stuckFor[d] = random.nextInt(20);
      } else {
        counters[d] += 200_000_000 + random.nextInt(400_000_000);
      }
      boolean gpu = d < 2;
      Device device =
          gpu
              ? Device.sensor("gpu" + d, DeviceKind.GPU).withCounter(1, 0)
              : Device.sensor("drive", DeviceKind.STORAGE);
      long[] none = {};
      series.add(
          new DeviceSeries(
              device,
              new Readings(
                  new long[] {time},
                  new long[] {100_000 + random.nextInt(500_000)},
                  gpu ? new long[] {counters[d]} : none,
                  new long[] {random.nextInt(10_001)},
                  new long[] {random.nextInt(1 << 30)},
                  none,
                  none)));
    }
    return series;
  }

  /** Only what differs: a whole set of books fills pages. */
  static <K> List<String> differences(Map<K, String> a, Map<K, String> b) {
    Set<K> keys = new LinkedHashSet<>(a.keySet());
    keys.addAll(b.keySet());
    return keys.stream()
        .filter(key -> !Objects.equals(a.get(key), b.get(key)))
        .map(key -> "%s: %s, and %s".formatted(key, a.get(key), b.get(key)))
        .toList();
  }

  private static List<DeviceSeries> randomReadings(Random random) {
    List<DeviceSeries> series = new ArrayList<>();
    int devices = 1 + random.nextInt(4);
    for (int d = 0; d < devices; d++) {
      DeviceKind kind =
          List.of(DeviceKind.GPU, DeviceKind.MEMORY, DeviceKind.STORAGE, DeviceKind.NODE)
              .get(random.nextInt(4));
      Device device =
          new Device(
              kind.name().toLowerCase(java.util.Locale.ROOT) + d,
              kind,
              PowerSource.values()[random.nextInt(3)],
              random.nextInt(4) == 0 ? DeviceKind.NODE : null,
              "",
              new DevicePower(
                  random.nextInt(3) == 0 ? 1_000_000 : 0, random.nextInt(3) == 0 ? 1000 : 0),
              new EnergyCounter(1, random.nextInt(3) == 0 ? 1L << (18 + random.nextInt(14)) : 0),
              kind == DeviceKind.GPU ? 0 : 1L << 40,
              "");
      int size = random.nextInt(random.nextBoolean() ? 40 : 200);
      boolean counts = random.nextInt(4) > 0;
      int missing = List.of(2, 10, 1_000_000).get(random.nextInt(3));
      int stuckFor = 0;
      boolean honest = random.nextBoolean(); // counts what is drawn, but may be late to say it
      boolean calm = random.nextInt(4) == 0; // read without gaps, and never begins anew
      long frozen = 0;
      long[] times = new long[size];
      long[] power = new long[size];
      long[] energy = new long[counts ? size : 0];
      long[] utilisation = new long[size];
      long[] used = new long[size];
      long time = START + random.nextInt(30_000);
      long counter = random.nextInt(1_000_000);
      for (int i = 0; i < size; i++) {
        time +=
            switch (calm ? 19 : random.nextInt(20)) {
              case 0 -> 20_000 + random.nextInt(30_000);
              case 1 -> 301_000 + random.nextInt(100_000);
              default -> 1 + random.nextInt(3_000);
            };
        times[i] = time;
        power[i] = random.nextInt(missing) == 0 ? Readings.MISSING : random.nextInt(900_000);
        stuckFor = stuckFor > 0 ? stuckFor - 1 : random.nextInt(40) == 0 ? random.nextInt(30) : 0;
        if (honest) {
          counter += i == 0 ? 0 : (times[i] - times[i - 1]) * 450_000;
          frozen = stuckFor == 0 ? counter : frozen;
        } else if (stuckFor == 0) {
          counter += random.nextInt(1_000_000);
          frozen = counter;
        }
        if (counts) {
          long shown =
              device.counterWrapMicrojoules() == 0
                  ? frozen
                  : frozen % device.counterWrapMicrojoules();
          energy[i] = random.nextInt(missing) == 0 ? Readings.MISSING : shown;
          if (!calm && random.nextInt(30) == 0) {
            counter = 0;
          }
        }
        utilisation[i] = random.nextInt(10_001);
        used[i] = random.nextLong(1L << 40);
      }
      long[] none = {};
      Readings all = new Readings(times, power, energy, utilisation, used, none, none);
      // now and then the driver is loaded anew in the middle
      int reload = random.nextInt(4) == 0 ? random.nextInt(size + 1) : size;
      series.add(new DeviceSeries(device, cut(all, 0, reload)));
      series.add(
          new DeviceSeries(
              device.withCounter(2, device.counterWrapMicrojoules()), cut(all, reload, size)));
    }
    return series;
  }

  /** Statuses of devices with readings; some values are refused. */
  private static List<DeviceStatus> randomStatuses(List<DeviceSeries> readings, Random random) {
    List<DeviceStatus> statuses = new ArrayList<>();
    for (DeviceSeries series : readings) {
      for (int i = series.readings().size() == 0 ? 0 : random.nextInt(20); i > 0; i--) {
        Map<StatusColumn, Long> values = new TreeMap<>();
        for (int c = 0; c < StatusColumn.count(); c++) {
          if (random.nextBoolean()) {
            values.put(StatusColumn.at(c), random.nextInt(50) == 0 ? -5_000 : random.nextLong(200));
          }
        }
        statuses.add(
            new DeviceStatus(series.device().id(), START + random.nextInt(600_000), values));
      }
    }
    return statuses;
  }

  /** The same batches, with each of these statuses in any batch that has its device. */
  private static List<Input> with(List<DeviceStatus> statuses, List<Input> batches, Random random) {
    List<Input> with = new ArrayList<>(batches);
    for (DeviceStatus status : statuses) {
      int at = random.nextInt(with.size());
      while (!(with.get(at) instanceof Input.Batch batch)
          || !batch.devices.getFirst().device().id().equals(status.deviceId())) {
        at = (at + 1) % with.size();
      }
      List<DeviceStatus> more = new ArrayList<>(batch.statuses);
      more.add(status);
      with.set(at, new Input.Batch(batch.epoch, batch.sequence, batch.devices, more));
    }
    return with;
  }

  private static List<AllocationEdge> randomEdges(Random random) {
    List<AllocationEdge> edges = new ArrayList<>();
    int jobs = random.nextInt(5);
    for (int j = 0; j < jobs; j++) {
      long at = START + random.nextInt(200_000);
      Map<String, Integer> parts = new TreeMap<>();
      for (int d = 0; d < 4; d++) {
        if (random.nextBoolean()) {
          parts.put("gpu" + d, random.nextInt(3) == 0 ? 10_000 : random.nextInt(10_001));
        }
      }
      edges.add(
          new AllocationEdge(
              "job" + j,
              true,
              at,
              parts,
              random.nextInt(10_002) - 1,
              random.nextInt(10_002) - 1,
              -1,
              random.nextInt(10_002) - 1,
              4,
              AllocationEdge.By.HOOK,
              LATER));
      if (random.nextInt(4) > 0) {
        edges.add(
            new AllocationEdge(
                "job" + j,
                false,
                at + random.nextInt(300_000),
                Map.of(),
                0,
                0,
                0,
                0,
                0,
                AllocationEdge.By.values()[random.nextInt(2)],
                LATER));
      }
    }
    return edges;
  }

  /** The same readings, cut into batches at random. */
  static List<Input> batches(List<DeviceSeries> series, long epoch, Random random) {
    List<Input> batches = new ArrayList<>();
    long sequence = 0;
    for (DeviceSeries one : series) {
      Readings all = one.readings();
      int from = 0;
      while (from < all.size()) {
        int to = Math.min(all.size(), from + 1 + random.nextInt(8));
        batches.add(
            new Input.Batch(
                epoch, sequence++, List.of(new DeviceSeries(one.device(), cut(all, from, to)))));
        from = to;
      }
    }
    return batches;
  }

  static Readings cut(Readings all, int from, int to) {
    return new Readings(
        java.util.Arrays.copyOfRange(all.epochMillis(), from, to),
        java.util.Arrays.copyOfRange(all.powerMilliwatts(), from, to),
        all.energyMicrojoules().length == 0
            ? all.energyMicrojoules()
            : java.util.Arrays.copyOfRange(all.energyMicrojoules(), from, to),
        java.util.Arrays.copyOfRange(all.utilisationBasisPoints(), from, to),
        java.util.Arrays.copyOfRange(all.usedBytes(), from, to),
        all.readBytes(),
        all.writtenBytes());
  }
}
