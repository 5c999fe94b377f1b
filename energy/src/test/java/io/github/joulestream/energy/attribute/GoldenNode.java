// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * A node with something of everything that its state holds: regular and irregular devices, a
 * container that falls silent, MIG instances, a device without energy, allocations that were ended,
 * taken over and are open, a second agent, repeated and late batches.
 */
final class GoldenNode {
  static final String RELEASE = "0.1.1";
  private static final long START = 1_700_000_040_000L;
  private static final long SEED = 20_261_128;
  // seconds before the state is written, and after
  private static final int WRITTEN_AT = 900;
  private static final int END = 1_100;

  private static final Device GPU0 =
      Device.sensor("gpu0", DeviceKind.GPU)
          .withSource(PowerSource.COUNTER)
          .withModel("H100 80GB", 700_000)
          .withContainedIn(DeviceKind.NODE)
          .withCounter(3, 0);
  private static final Device GPU1 =
      Device.sensor("gpu1", DeviceKind.GPU).withModel("A100", 400_000).withAveragingMillis(1_000);
  private static final Device GPU2 =
      Device.sensor("gpu2", DeviceKind.GPU).withSource(PowerSource.COUNTER).withCounter(1, 0);
  private static final Device CPU0 =
      Device.sensor("cpu0", DeviceKind.CPU)
          .withSource(PowerSource.COUNTER)
          .withContainedIn(DeviceKind.NODE)
          .withCounter(1, 1L << 32);
  private static final Device MEMORY =
      Device.sensor("dram0", DeviceKind.MEMORY)
          .withContainedIn(DeviceKind.CPU)
          .withCapacityBytes(512L << 30);
  private static final Device DRIVE =
      Device.sensor("nvme0", DeviceKind.STORAGE)
          .withSource(PowerSource.MODELLED)
          .withCapacityBytes(4L << 40);
  private static final Device NODE = Device.sensor("bmc", DeviceKind.NODE);
  private static final Device CHANNEL =
      Device.sensor("psu1", DeviceKind.NODE).withContainedIn(DeviceKind.NODE);
  private static final Device DUMB = Device.sensor("cpu9", DeviceKind.CPU);
  private static final Device METER = Device.sensor("meter", DeviceKind.FACILITY);

  private final Random random = new Random(SEED);
  private final List<Arrival> history = new ArrayList<>();
  private final TreeMap<String, String> booked = new TreeMap<>();
  private final TreeMap<Long, Totals<SiteAmount>> site = new TreeMap<>();
  private final Map<String, TreeMap<Long, Totals<JobAmount>>> jobs = new TreeMap<>();
  private NodeAccount account = new NodeAccount(Limits.DEFAULT);
  private long sequence;
  private long gpu0Counter = 5_000_000_000L;
  private long cpuCounter = (1L << 32) - 40_000_000_000L / 20;
  private long gpu2Counter;

  /** The account as it is written down. */
  static byte[] state() throws IOException {
    return new GoldenNode().upTo(WRITTEN_AT).written();
  }

  /**
   * What is booked from a state on, after the records that made it, by window; and the power and
   * the state at the end.
   */
  static String booksFrom(byte[] state) throws IOException {
    GoldenNode node = new GoldenNode().upTo(WRITTEN_AT);
    node.account =
        NodeAccount.read(
            new DataInputStream(new ByteArrayInputStream(state)), Limits.DEFAULT, Calibration.NONE);
    node.site.clear();
    node.jobs.clear();
    for (int second = WRITTEN_AT; second < END; second++) {
      node.second(second);
    }
    node.site.forEach((window, totals) -> {
      // what later releases add up beside it
      for (SiteAmount amount : SiteAmount.values()) {
        if (amount.compareTo(SiteAmount.FAILED_RECORDS) > 0) {
          totals.set(amount, 0);
        }
      }
      node.add("site " + window, totals);
    });
    node.jobs.forEach((job, windows) ->
        windows.forEach((window, totals) -> node.add("job " + job + " " + window, totals)));
    StringBuilder text = new StringBuilder();
    node.booked.forEach((key, totals) -> text.append(key).append(' ').append(totals).append('\n'));
    NodePower power = requireNonNull(node.account.powerNow("n1", true, true));
    text.append(
        "power at %d: %d mW, idle %d, by kind %s\n"
            .formatted(
                power.epochMillis(),
                power.totalMilliwatts(),
                power.idleMilliwatts(),
                // the kinds of that release; no others have a meter here
                power.milliwattsByKind().subList(0, 6)));
    power
        .jobs()
        .forEach(of ->
            text.append(
                "power of job %s: %d mW, %d of GPUs, %d of them busy\n"
                    .formatted(
                        of.job(), of.milliwatts(), of.gpuBasisPoints(), of.gpuBusyBasisPoints())));
    power
        .gpus()
        .forEach(of ->
            text.append(
                "power of %s: %d mW, busy %d\n"
                    .formatted(of.id(), of.milliwatts(), of.utilisationBasisPoints())));
    return text.toString();
  }

  private void add(String key, Totals<?> totals) {
    if (!totals.isZero()) {
      booked.put(key, totals.toString());
    }
  }

  byte[] written() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    account.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private GoldenNode upTo(int seconds) {
    for (int second = 0; second < seconds; second++) {
      second(second);
    }
    return this;
  }

  /** All records of a second. */
  private void second(int second) {
    allocations(second);
    long time = START + second * 1_000L + random.nextInt(3);
    List<DeviceSeries> series = new ArrayList<>();
    // a gap, a counter that begins anew, one that does not rise, and one that wraps
    long watts0 = 300_000L + random.nextInt(300_000);
    gpu0Counter += second == 500 ? -gpu0Counter : second > 600 && second < 640 ? 0 : watts0 * 1_000;
    if (second < 250 || second > 280) {
      series.add(
          row(second >= 500 ? GPU0.withCounter(4, 0) : GPU0, time, watts0, gpu0Counter, 9_000));
    }
    series.add(row(GPU1, time, 200_000 + random.nextInt(1_000), MISSING, 4_000));
    gpu2Counter += 150_000_000;
    for (int slice = 1; slice <= 2; slice++) {
      Device instance = GPU2.asInstanceOf("gpu2");
      series.add(row(named(instance, "gpu2/" + slice), time, 150_000, gpu2Counter, 100L * slice));
    }
    long watts = 90_000L + random.nextInt(20_000);
    cpuCounter = (cpuCounter + watts * 1_000) % (1L << 32);
    series.add(row(CPU0, time, MISSING, cpuCounter, MISSING));
    series.add(row(MEMORY, time, 20_000 + random.nextInt(500), MISSING, MISSING));
    series.add(row(DRIVE, time, 6_000 + random.nextInt(3_000), MISSING, 1_234));
    if (second < 400 || second > 1_000) {
      series.add(row(NODE, time, 1_500_000 + random.nextInt(100_000), MISSING, MISSING));
    }
    series.add(row(CHANNEL, time, 700_000, MISSING, MISSING));
    series.add(row(DUMB, time, MISSING, MISSING, MISSING));
    series.add(row(METER, time, 9_000_000, MISSING, MISSING));
    long epoch = second < 700 ? 11 : 12;
    List<DeviceSeries> given = second % 97 == 96 ? series.subList(0, series.size() - 6) : series;
    take(epoch, sequence++, time + 50, given);
    if (second % 97 == 96) {
      // the rest of it later, and all of it once more
      take(epoch, sequence++, time + 40_000, series.subList(series.size() - 6, series.size()));
      take(epoch, sequence - 2, time + 41_000, given);
    }
    if (second % 150 == 149) {
      // a second agent with other values
      take(9, second, time + 60, List.of(row(GPU1, time + 500, 350_000, MISSING, MISSING)));
    }
  }

  private static Device named(Device device, String id) {
    return new Device(
        id,
        device.kind(),
        device.source(),
        device.containedIn(),
        device.model(),
        device.power(),
        device.counter(),
        device.capacityBytes(),
        device.instanceOf());
  }

  private static DeviceSeries row(
      Device device, long time, long power, long counter, long utilisation) {
    long used = device.capacityBytes() == 0 ? MISSING : device.capacityBytes() / 3;
    return new DeviceSeries(
        device,
        new Readings(
            new long[] {time},
            new long[] {power},
            new long[] {counter},
            new long[] {utilisation},
            new long[] {used},
            new long[0],
            new long[0]));
  }

  private void allocations(int second) {
    switch (second) {
      case 20 -> edge("a", true, second, Map.of("gpu0", 10_000, "gpu2", 5_000), By.HOOK, 0);
      case 30 -> edge("b", true, second, Map.of("gpu1", 2_500), By.HOOK, 0);
      case 60 -> edge("lost", true, second, Map.of("gpu9", 10_000), By.HOOK, 0);
      case 90 -> edge("lost", false, second, Map.of(), By.HOOK, 0);
      // it takes over
      case 200 -> edge("c", true, second, Map.of("gpu1", 10_000), By.HOOK, 0);
      // received late
      case 330 -> edge("d", true, 310, Map.of("gpu2", 5_000), By.HOOK, 20_000);
      case 450 -> edge("c", false, second, Map.of(), By.AGENT, 0);
      case 460 -> edge("c", false, 455, Map.of(), By.HOOK, 5_000);
      case 800 -> edge("e", true, second, Map.of("gpu1", 10_000), By.HOOK, 0);
      // after the state was written
      case 950 -> edge("a", false, 880, Map.of(), By.HOOK, 70_000);
      case 960 -> edge("e", false, second, Map.of(), By.HOOK, 0);
      default -> {}
    }
  }

  private void edge(
      String job, boolean hold, int second, Map<String, Integer> gpus, By by, long lateMillis) {
    long at = START + second * 1_000L;
    Increments books = new Increments();
    account.accept(
        new AllocationEdge(
            job, hold, at, gpus, AllocationEdge.BY_GPUS, 2_000, 1_000, 500, 3, by, at + lateMillis),
        this::read,
        books);
    add(books);
  }

  private void take(long epoch, long number, long arrivalEpochMillis, List<DeviceSeries> series) {
    Arrival arrival = new Arrival(arrivalEpochMillis, series);
    Increments books = new Increments();
    Outcome outcome = account.accept(epoch, number, arrival, this::read, books);
    if (!outcome.repeated()) {
      history.add(outcome.kept(arrival));
    }
    add(books);
  }

  private List<Arrival> read(long from, long to) {
    return history.stream()
        .filter(arrival -> {
          long last =
              arrival.devices().stream()
                  .flatMapToLong(series -> LongStream.of(series.readings().epochMillis()))
                  .max()
                  .orElse(Long.MIN_VALUE);
          return last >= from && last <= to;
        })
        .toList();
  }

  private void add(Increments books) {
    books
        .site()
        .forEach(
            (window, totals) -> site.computeIfAbsent(window, _ -> Totals.ofSite()).addAll(totals));
    JobSums.of(books)
        .forEach((job, windows) ->
            windows.forEach((window, totals) ->
                jobs.computeIfAbsent(job, _ -> new TreeMap<>())
                    .computeIfAbsent(window, _ -> Totals.ofJob())
                    .addAll(totals)));
  }

  /**
   * Writes the state of this release and what follows from it; once, when a release is made.
   *
   * @param args the folder to write into: {@code energy/src/test/resources/golden/state/0.1.1}
   */
  public static void main(String... args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    byte[] state = state();
    Files.write(folder.resolve("node-account.bin"), state);
    Files.writeString(folder.resolve("node-account-books.txt"), booksFrom(state));
  }
}
