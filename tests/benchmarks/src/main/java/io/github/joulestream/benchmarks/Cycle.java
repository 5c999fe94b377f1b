// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Some time of a simulated site, simulated once and sent again and again, as a site that continues:
 * each time later, with counters that rise from where they were, with sequences that continue, and
 * with jobs of other names. All jobs end where a turn ends, and others begin where the next does;
 * so that not a whole site does that at once, it can be sent from several moments on.
 */
final class Cycle implements Publisher {
  static final int STEP_MILLIS = 100;

  private final long startEpochMillis;
  private final int millis;
  private final int every;
  private final List<List<Object>> steps = new ArrayList<>();
  private final Map<String, Readings> lastOfDevice = new HashMap<>();
  private final Map<String, Integer> nodeIndices = new HashMap<>();
  private long batches;
  private long devices;

  /**
   * @param seconds that are simulated
   * @param every seconds between two batches of a node, of which each has a reading
   * @param startEpochMillis of the simulation; names it, as an agent's start does
   */
  Cycle(String site, int nodes, int seconds, int every, long startEpochMillis) {
    SiteSimulator simulator =
        new SiteSimulator(
            new SimulationOptions(site, nodes, 1).withRowsPerBatch(1).withMeters(false),
            startEpochMillis);
    this.startEpochMillis = simulator.startEpochMillis();
    this.millis = seconds * 1_000;
    this.every = every;
    for (int step = 0; step <= millis / STEP_MILLIS; step++) {
      steps.add(new ArrayList<>());
      simulator.advanceTo(this.startEpochMillis + (long) step * STEP_MILLIS, this);
    }
    simulator.finish(this);
  }

  /** Steps of one turn, after the very first, which is sent once only. */
  int steps() {
    return millis / STEP_MILLIS;
  }

  double batchesPerSecond() {
    return batches * 1_000.0 / millis;
  }

  long devices() {
    return devices;
  }

  /** It, sent by some of the copies of its nodes, which are so many steps ahead of the others. */
  final class Sender {
    private final int ahead;
    private final Copies to;
    private final Map<String, Long> nextSequence = new HashMap<>();

    Sender(int ahead, Copies to) {
      this.ahead = ahead;
      this.to = to;
    }

    /** Sends who has what as it begins: what began in the steps that it is ahead. */
    void begin(long beganEpochMillis) {
      for (List<Object> before : steps.subList(0, ahead)) {
        for (Object input : before) {
          if (!(input instanceof TelemetryBatch)) {
            send(input, 0, later(0, beganEpochMillis));
          }
        }
      }
    }

    /** Sends a step of those that follow. */
    void send(long step, long beganEpochMillis) {
      long at = step + ahead;
      int turn = (int) (Math.max(0, at - 1) / steps());
      for (Object input : steps.get((int) (at - (long) turn * steps()))) {
        send(input, turn, later(turn, beganEpochMillis));
      }
    }

    private long later(int turn, long beganEpochMillis) {
      return beganEpochMillis
          - startEpochMillis
          + (long) turn * millis
          - (long) ahead * STEP_MILLIS;
    }

    private void send(Object input, int turn, long laterMillis) {
      switch (input) {
        case TelemetryBatch batch -> to.publish(later(batch, turn, laterMillis));
        case AllocationEvent event ->
            to.publish(
                Renamed.allocation(event, event.node(), name(event.job(), turn), laterMillis));
        case JobRecord job -> to.publish(Renamed.job(job, name(job.job(), turn), laterMillis));
        default -> throw new IllegalStateException("nothing is sent like " + input);
      }
    }

    private TelemetryBatch later(TelemetryBatch batch, int turn, long laterMillis) {
      List<DeviceSeries> moved = new ArrayList<>(batch.devices().size());
      for (DeviceSeries series : batch.devices()) {
        Readings readings = series.readings().movedBy(laterMillis);
        Readings last = lastOfDevice.get(batch.node() + "/" + series.device().id());
        moved.add(
            new DeviceSeries(
                series.device(),
                last == null || turn == 0
                    ? readings
                    : new Readings(
                        readings.epochMillis(),
                        readings.powerMilliwatts(),
                        plus(readings.energyMicrojoules(), last.energyMicrojoules(), turn),
                        readings.utilisationBasisPoints(),
                        readings.usedBytes(),
                        plus(readings.readBytes(), last.readBytes(), turn),
                        plus(readings.writtenBytes(), last.writtenBytes(), turn))));
      }
      long sequence = nextSequence.merge(batch.node(), 1L, Long::sum) - 1;
      return new TelemetryBatch(batch.site(), batch.node(), batch.agentEpoch(), sequence, moved);
    }
  }

  private static long[] plus(long[] counter, long[] last, int turns) {
    long[] sums = counter.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += last[last.length - 1] * turns;
    }
    return sums;
  }

  private static String name(String job, int turn) {
    return turn == 0 ? job : job + ".t" + turn;
  }

  // ---- while it is simulated

  @Override
  public void publish(TelemetryBatch batch) {
    int node = nodeIndices.computeIfAbsent(batch.node(), _ -> nodeIndices.size());
    long second = (steps.size() - 1L) * STEP_MILLIS / 1_000;
    if ((second + node) % every == 0) {
      steps.getLast().add(batch);
      batches++;
    }
    for (DeviceSeries series : batch.devices()) {
      Readings readings = series.readings();
      if (lastOfDevice.put(batch.node() + "/" + series.device().id(), readings) == null) {
        devices++;
      }
    }
  }

  @Override
  public void publish(AllocationEvent event) {
    steps.getLast().add(event);
  }

  @Override
  public void publish(JobRecord job) {
    steps.getLast().add(job);
  }

  @Override
  public void publish(NodeRecord node) {
    // nothing here asks where a node stands
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
