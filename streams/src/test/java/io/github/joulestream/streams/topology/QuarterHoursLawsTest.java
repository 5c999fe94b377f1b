// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * On any day, of jobs over the edges of quarters, requeued jobs, users that become known late or
 * change or are forgotten, batches that are late, repeated or of hours ago, edges that are late or
 * missing, and crashes: the quarters of a job are its summary, a site's jobs and idle are what was
 * measured in each quarter, and windows of all lengths agree; after every correction, to the
 * millijoule. {@code -Dquarters.seeds=100} tries more, {@code -Dquarters.seed=N} others.
 */
class QuarterHoursLawsTest {
  private static final int SEEDS = Integer.getInteger("quarters.seeds", 3);
  private static final long FIRST_SEED = Long.getLong("quarters.seed", 1);

  private static final long MINUTE = 60_000;
  // two minutes before the edge of a quarter
  private static final long START =
      Windows.quarterHourOf(1_700_000_000_000L) + Windows.QUARTER_HOUR_MILLIS - 2 * MINUTE;
  private static final long LENGTH = 50 * MINUTE;
  private static final int BATCH_MILLIS = 30_000;
  private static final int READING_MILLIS = 5_000;
  private static final List<String> NODES = List.of("n0", "n1", "n2");

  @TempDir Path folder;

  /** Something that arrives at a time. */
  private record Arrival(long millis, String what, boolean isLate, Consumer<QuarterSite> send) {}

  static IntStream seeds() {
    return IntStream.range(0, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theBooksOfQuarters_agreeWithAllOthers(int offset) {
    long seed = FIRST_SEED + offset;
    System.out.println("QuarterHoursLawsTest seed " + seed);
    Random random = new Random(seed);
    List<Arrival> arrivals = new ArrayList<>();
    for (String node : NODES) {
      addBatches(node, arrivals, random);
    }
    addOldBatches(arrivals, random);
    for (int job = 0; job < 12; job++) {
      addJob("job-" + job, arrivals, random);
    }
    arrivals.sort(Comparator.comparingLong(Arrival::millis));
    int checks = 0;
    try (QuarterSite site = new QuarterSite(folder)) {
      for (Arrival arrival : arrivals) {
        arrival.send.accept(site);
        if (random.nextInt(40) == 0) {
          site.crash();
        }
        if (arrival.isLate || random.nextInt(20) == 0) {
          site.quiet();
          site.assertLaws("seed %d, after %s".formatted(seed, arrival.what));
          checks++;
        }
      }
      site.quiet();
      site.assertLaws("seed %d, at the end".formatted(seed));
      assertThat(site.measuredMillijoules()).isPositive();
      System.out.printf(
          "%d arrivals, %d checks, %d quarters with %d records, %d of later fragments%n",
          arrivals.size(), checks, site.quarters().size(), site.emitted.size(), site.fragments());
      assertThat(site.fragments()).as("later fragments").isPositive();
      assertThat(site.quarters())
          .as("withdrawn quarters")
          .anyMatch(quarter -> quarter.totals().isZero() && !quarter.details().user().isEmpty());
    }
  }

  // ---- telemetry

  private static void addBatches(String node, List<Arrival> arrivals, Random random) {
    int sequence = 0;
    for (long from = START; from < START + LENGTH; from += BATCH_MILLIS) {
      if (random.nextInt(40) == 0) {
        continue; // a gap
      }
      long number = sequence++;
      List<DeviceSeries> devices = devices(node, from, random);
      boolean late = random.nextInt(15) == 0;
      long arrival = from + BATCH_MILLIS + (late ? random.nextLong(30 * MINUTE) : 0);
      Consumer<QuarterSite> send = site -> site.send(node, number, devices, arrival);
      arrivals.add(new Arrival(arrival, "a batch of " + node, late, send));
      if (random.nextInt(30) == 0) {
        long again = arrival + random.nextLong(10 * MINUTE);
        arrivals.add(
            new Arrival(
                again,
                "a repeated batch of " + node,
                true,
                site -> site.send(node, number, devices, again)));
      }
    }
  }

  /** A node that was away for hours sends what it has kept, in two parts. */
  private static void addOldBatches(List<Arrival> arrivals, Random random) {
    long from = START - 5 * 60 * MINUTE;
    String job = "old";
    long arrival = START + MINUTE;
    arrivals.add(
        new Arrival(
            arrival, "an old edge", true, site -> site.send(hold("away", job, from), arrival)));
    for (int batch = 0; batch < 2; batch++) {
      long at = START + 2 * MINUTE + batch * (90L * MINUTE);
      long number = batch;
      List<DeviceSeries> devices = devices("away", from + (long) batch * BATCH_MILLIS, random);
      arrivals.add(
          new Arrival(at, "an old batch", true, site -> site.send("away", number, devices, at)));
    }
  }

  private static List<DeviceSeries> devices(String node, long from, Random random) {
    int size = BATCH_MILLIS / READING_MILLIS;
    long[] times = new long[size];
    for (int i = 0; i < size; i++) {
      times[i] = from + (long) i * READING_MILLIS + random.nextInt(1_000);
    }
    boolean metered = node.equals("n0");
    List<DeviceSeries> devices = new ArrayList<>();
    for (Device device :
        List.of(
            Device.sensor("gpu0", DeviceKind.GPU),
            Device.sensor("gpu1", DeviceKind.GPU),
            Device.sensor("cpu0", DeviceKind.CPU),
            Device.sensor("memory", DeviceKind.MEMORY),
            Device.sensor("nvme0", DeviceKind.STORAGE))) {
      devices.add(
          new DeviceSeries(
              metered ? device.withContainedIn(DeviceKind.NODE) : device,
              power(times, 300_000, random)));
    }
    if (metered) {
      devices.add(
          new DeviceSeries(Device.sensor("bmc", DeviceKind.NODE), power(times, 2_000_000, random)));
    }
    return devices;
  }

  private static Readings power(long[] times, int least, Random random) {
    long[] power = new long[times.length];
    for (int i = 0; i < power.length; i++) {
      power[i] = (long) least + random.nextInt(300_000);
    }
    return Readings.ofPower(times, power);
  }

  // ---- jobs

  private static AllocationEvent hold(String node, String job, long at) {
    return AllocationEvent.hold(
        QuarterSite.SITE, node, job, at, List.of(DeviceShare.whole("gpu0")), 2);
  }

  private static void addJob(String job, List<Arrival> arrivals, Random random) {
    long start = START + random.nextLong(LENGTH - 10 * MINUTE);
    addRun(job, start, arrivals, random);
    if (random.nextInt(4) == 0) {
      addRun(job, start + 20 * MINUTE, arrivals, random); // it is requeued
    }
    String[] users = {"ada", "grace", ""};
    for (int report = 0; report < 1 + random.nextInt(3); report++) {
      // of a user, once more with another name, of another user, of none: it is forgotten
      String user = users[random.nextInt(users.length)];
      long arrival = start + random.nextLong(40 * MINUTE);
      String project = random.nextBoolean() ? "physics" : "chemistry";
      arrivals.add(
          new Arrival(
              arrival,
              "a report of " + job,
              true,
              user.isEmpty()
                  ? site -> site.forget(job, arrival)
                  : site ->
                      site.send(
                          report(
                              job,
                              new JobDetails(user, project, "train", "", Map.of("a", user)),
                              new JobSpan(start, JobSpan.OPEN),
                              JobState.RUNNING),
                          arrival)));
    }
    if (random.nextInt(3) != 0) {
      long end = start + random.nextLong(30 * MINUTE);
      long arrival = end + random.nextLong(5 * MINUTE);
      arrivals.add(
          new Arrival(
              arrival,
              "the end of " + job,
              true,
              site ->
                  site.send(
                      report(
                          job,
                          JobDetails.NONE,
                          new JobSpan(JobSpan.UNKNOWN, end),
                          JobState.COMPLETED),
                      arrival)));
    }
  }

  private static JobRecord report(String job, JobDetails details, JobSpan span, JobState state) {
    return new JobRecord(QuarterSite.SITE, job, details, span, state, JobWork.NONE, 0);
  }

  /** It holds a GPU of one or two nodes for up to half an hour; edges may be late, or missing. */
  private static void addRun(String job, long start, List<Arrival> arrivals, Random random) {
    for (int i = 0; i < 1 + random.nextInt(2); i++) {
      String node = NODES.get(random.nextInt(NODES.size()));
      String gpu = "gpu" + random.nextInt(2);
      long from = start + random.nextInt(5_000);
      long to = from + MINUTE + random.nextLong(30 * MINUTE);
      long heldAt = from + (random.nextInt(3) == 0 ? random.nextLong(20 * MINUTE) : 0);
      AllocationEvent hold =
          AllocationEvent.hold(
              QuarterSite.SITE, node, job, from, List.of(DeviceShare.whole(gpu)), 2);
      arrivals.add(new Arrival(heldAt, "a hold of " + job, true, site -> site.send(hold, heldAt)));
      if (random.nextInt(5) != 0) {
        long releasedAt = to + (random.nextInt(3) == 0 ? random.nextLong(20 * MINUTE) : 0);
        AllocationEvent release = AllocationEvent.release(QuarterSite.SITE, node, job, to);
        arrivals.add(
            new Arrival(
                releasedAt, "a release of " + job, true, site -> site.send(release, releasedAt)));
      }
    }
  }
}
