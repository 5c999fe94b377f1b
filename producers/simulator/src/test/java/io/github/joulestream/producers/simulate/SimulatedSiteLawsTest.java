// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of every simulated site, by what it publishes. */
class SimulatedSiteLawsTest {
  private static final long START = 1_700_000_000_000L;

  @TempDir Path folder;

  /** Sees to the laws while it is published to. */
  private static final class Witness implements Publisher {
    final Map<String, Long> counters = new HashMap<>();
    final Map<String, JobRecord> jobs = new HashMap<>();
    final TreeSet<String> metered = new TreeSet<>();
    final TreeSet<String> nodes = new TreeSet<>();
    final Map<String, List<Long>> meterTimes = new TreeMap<>();
    final Map<Long, Map<DeviceKind, Long>> metersAt = new TreeMap<>();
    long facilityReadings;

    @Override
    public void publish(TelemetryBatch batch) {
      nodes.add(batch.node());
      Map<Long, Long> partsAt = new TreeMap<>();
      for (DeviceSeries series : batch.devices()) {
        Device device = series.device();
        Readings readings = series.readings();
        switch (device.kind()) {
          case NODE -> {
            metered.add(batch.node());
            for (int row = 0; row < readings.size(); row++) {
              assertThat(readings.powerMilliwatts()[row])
                  .as("%s at %d", batch.node(), readings.epochMillis()[row])
                  .isGreaterThanOrEqualTo(
                      Objects.requireNonNull(partsAt.get(readings.epochMillis()[row])));
              meterTimes
                  .computeIfAbsent(batch.node(), _ -> new ArrayList<>())
                  .add(readings.epochMillis()[row]);
            }
            counters.put(batch.node(), last(readings));
          }
          case UPS, PDU, GENERATION, EXPORT -> note(device.kind(), readings);
          case FACILITY -> {
            note(device.kind(), readings);
            // counters of nodes that are read later are those of before: less still
            assertThat(last(readings))
                .isGreaterThanOrEqualTo(counters.values().stream().mapToLong(c -> c).sum());
            facilityReadings += readings.size();
          }
          case GPU, MEMORY, STORAGE, CPU -> {
            for (int row = 0; row < readings.size(); row++) {
              partsAt.merge(
                  readings.epochMillis()[row], readings.powerMilliwatts()[row], Long::sum);
            }
          }
        }
      }
      // all parts of a node with a meter say so, always
      boolean hasMeter =
          batch.devices().stream().anyMatch(s -> s.device().containedIn() == DeviceKind.NODE);
      for (DeviceSeries series : batch.devices()) {
        Device device = series.device();
        boolean part = device.kind() != DeviceKind.NODE && !device.kind().isSiteMeter();
        assertThat(device.containedIn() == DeviceKind.NODE).isEqualTo(part && hasMeter);
      }
    }

    private void note(DeviceKind meter, Readings readings) {
      for (int row = 0; row < readings.size(); row++) {
        metersAt
            .computeIfAbsent(readings.epochMillis()[row], _ -> new EnumMap<>(DeviceKind.class))
            .merge(meter, readings.powerMilliwatts()[row], Long::sum);
      }
    }

    private static long last(Readings readings) {
      return readings.energyMicrojoules()[readings.size() - 1];
    }

    @Override
    public void publish(AllocationEvent event) {}

    @Override
    public void publish(JobRecord job) {
      jobs.put(job.job(), job);
    }

    @Override
    public void publish(NodeRecord node) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void nodesDrawMoreThanTheirParts_andTheSiteMoreThanItsNodes() {
    for (long seed = 1; seed <= 3; seed++) {
      Witness witness = new Witness();
      SiteSimulator site =
          new SiteSimulator(new SimulationOptions("site", 16, seed), START + seed * 7_000_000);
      site.advanceTo(site.startEpochMillis() + 900_000, witness);
      assertThat(witness.facilityReadings).isGreaterThanOrEqualTo(890);
      // every fourth has none
      assertThat(witness.nodes).hasSize(16);
      assertThat(witness.metered)
          .hasSize(12)
          .doesNotContain("node-004", "node-008", "node-012", "node-016");
      witness.meterTimes.forEach((node, times) -> {
        long longest = 0;
        for (int i = 1; i < times.size(); i++) {
          longest = Math.max(longest, times.get(i) - times.get(i - 1));
        }
        boolean silent = node.equals("node-006") || node.equals("node-014");
        assertThat(longest).as(node).isBetween(silent ? 120_000L : 0L, silent ? 200_000L : 1_000L);
      });
    }
  }

  /** What each meter of a site measures of the same time. */
  @Test
  void metersOfASite_agree_andItExportsWhatItDoesNotUse() {
    boolean exported = false;
    boolean generated = false;
    for (long seed = 1; seed <= 8; seed++) {
      Witness witness = new Witness();
      // few jobs: in the day the sun gives more than idle nodes need
      SimulationOptions options = new SimulationOptions("site", 4, seed, 1, FaultRates.NONE);
      for (int hour = 0; hour < 24; hour += 4) {
        long start = START / 86_400_000 * 86_400_000 + hour * 3_600_000L;
        new SiteSimulator(options, start).advanceTo(start + 60_000, witness);
        witness.counters.clear();
      }
      for (Map.Entry<Long, Map<DeviceKind, Long>> at : witness.metersAt.entrySet()) {
        Map<DeviceKind, Long> meters = at.getValue();
        assertThat(meters).as("at %d", at.getKey()).hasSize(5);
        long facility = Objects.requireNonNull(meters.get(DeviceKind.FACILITY));
        long ups = Objects.requireNonNull(meters.get(DeviceKind.UPS));
        long pdu = Objects.requireNonNull(meters.get(DeviceKind.PDU));
        long generation = Objects.requireNonNull(meters.get(DeviceKind.GENERATION));
        long export = Objects.requireNonNull(meters.get(DeviceKind.EXPORT));
        if (facility > 0) {
          assertThat(facility).isGreaterThan(ups);
          assertThat(ups).isGreaterThan(pdu);
          assertThat((double) pdu / ups).isBetween(0.98, 1.0);
          assertThat((double) facility / ups).isBetween(1.08, 1.35);
        }
        assertThat(export).isEqualTo(Math.max(0, generation - facility));
        exported |= export > 0;
        generated |= generation > 0;
      }
      assertThat(witness.metersAt.values())
          .anyMatch(meters -> Objects.requireNonNull(meters.get(DeviceKind.GENERATION)) == 0);
    }
    assertThat(generated).isTrue();
    assertThat(exported).isTrue();
  }

  /** Power of a GPU, on average over a job: by kind of job, the spread from job to job. */
  @Test
  void jobsOfAKind_differ() throws Exception {
    for (long seed = 1; seed <= 2; seed++) {
      Map<String, List<Double>> wattsByKind = new TreeMap<>();
      Witness witness = new Witness();
      SiteSimulator site = new SiteSimulator(new SimulationOptions("site", 24, seed), START);
      site.advanceTo(START + 3_600_000, witness);
      site.finish(witness);
      Path file = folder.resolve("truth.csv");
      site.writeTruth(file);
      for (String line : Files.readAllLines(file).subList(1, witness.jobs.size() + 1)) {
        String[] fields = line.split(",", -1);
        JobRecord job = Objects.requireNonNull(witness.jobs.get(fields[1]));
        long seconds = (job.span().endEpochMillis() - job.span().startEpochMillis()) / 1_000;
        if (seconds >= 60) {
          int gpus = Integer.parseInt(Objects.requireNonNull(job.details().labels().get("gpus")));
          wattsByKind
              .computeIfAbsent(job.details().name().split("-", 2)[0], _ -> new ArrayList<>())
              .add(Double.parseDouble(fields[7]) / seconds / gpus);
        }
      }
      assertThat(wattsByKind).containsOnlyKeys("train", "serve", "finetune", "notebook");
      wattsByKind.forEach((kind, watts) -> {
        assertThat(watts).as(kind).hasSizeGreaterThan(10).allMatch(w -> w >= 70 && w < 700);
        if (!kind.equals("notebook")) {
          assertThat(variation(watts)).as("%s of %s", kind, watts).isGreaterThan(0.1);
        }
      });
      assertThat(mean(wattsByKind.getOrDefault("notebook", List.of()))).isLessThan(110);
    }
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
  }

  private static double variation(List<Double> values) {
    double mean = mean(values);
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / values.size()) / mean;
  }

  @Test
  void largeJobs_ofADemo_endByThemselves() {
    List<JobRecord> large = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      Witness witness = new Witness();
      SiteSimulator site =
          new SiteSimulator(new SimulationOptions("site", 8, seed).withEndsJobs(false), START);
      site.advanceTo(START + 5_400_000, witness);
      site.finish(witness);
      witness.jobs.values().stream()
          .filter(job -> job.details().partition().equals("large"))
          .forEach(large::add);
    }
    assertThat(large).hasSizeGreaterThan(15).anyMatch(job -> job.nodes() > 1);
    assertThat(large.stream().filter(job -> job.state() == JobState.COMPLETED).count())
        .isGreaterThan(large.size() / 2);
    assertThat(large.stream().filter(job -> job.state() == JobState.CANCELLED).count())
        .isLessThan(large.size() / 5);
  }
}
