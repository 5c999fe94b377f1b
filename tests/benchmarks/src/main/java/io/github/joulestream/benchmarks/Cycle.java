// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Some time of a simulated site, simulated once and sent again and again, as a site that continues:
 * each time later, with counters that rise from where they were, and with sequences that continue.
 * Jobs last hours; or all of them end where a turn ends, and others begin where the next does. So
 * that not a whole site does that at once, it can be sent from several moments on.
 */
final class Cycle implements Publisher {
  static final int STEP_MILLIS = 100;

  // a node samples at its own moment of a second
  private static final int MOMENTS = 10;
  // before the cycle, until jobs are on nearly all GPUs and have read their data
  private static final int FILL_MILLIS = 120_000;
  private static final int LONGER_JOBS = 240;

  /**
   * What is simulated.
   *
   * @param seconds of a turn
   * @param every seconds between two readings of a device
   * @param rows readings of a device in a batch
   * @param hours whether jobs last hours; else they all end with a turn
   */
  record Plan(String site, int nodes, int seconds, int every, int rows, boolean hours) {
    Plan {
      if (every < 1 || rows < 1 || seconds % (every * rows) != 0) {
        throw new IllegalArgumentException(
            "a turn of %d s is not a multiple of %d readings, one in %d s"
                .formatted(seconds, rows, every));
      }
    }

    /** From one batch of a node to the next, s. */
    int interval() {
      return every * rows;
    }

    /**
     * From the end of a window to when the last node publishes its first reading after it, at most,
     * if every node published at its whole seconds.
     */
    int newestMillis() {
      return (interval() - 1) * 1_000 + Math.min(MOMENTS - 1, nodes - 1) * STEP_MILLIS;
    }
  }

  private final Plan plan;
  private final long startEpochMillis;
  private final int millis;
  private final List<List<CycleBatch>> batchesAt = new ArrayList<>();
  private final List<List<Object>> eventsAt = new ArrayList<>();
  private final JobTurnover turnover = new JobTurnover();
  private final Map<String, NavigableMap<Long, TelemetryBatch>> readings = new LinkedHashMap<>();
  private int nodes;
  private long batches;
  private long readingsOfTurn;
  private long devices;

  /**
   * @param startEpochMillis of the simulation; names it, as an agent's start does
   */
  Cycle(Plan plan, long startEpochMillis) {
    SimulationOptions options =
        new SimulationOptions(plan.site, plan.nodes, 1)
            .withRowsPerBatch(1)
            .withMeters(false)
            .withLongerJobs(plan.hours ? LONGER_JOBS : 1);
    SiteSimulator simulator = new SiteSimulator(options, startEpochMillis);
    this.plan = plan;
    this.startEpochMillis = simulator.startEpochMillis() + (plan.hours ? FILL_MILLIS : 0);
    this.millis = plan.seconds * 1_000;
    if (plan.hours) {
      simulator.advanceTo(this.startEpochMillis, this);
    }
    for (int step = 0; step <= steps(); step++) {
      batchesAt.add(new ArrayList<>());
      eventsAt.add(new ArrayList<>());
      simulator.advanceTo(this.startEpochMillis + (long) step * STEP_MILLIS, this);
    }
    if (plan.hours) {
      // each node once more at its own moment: with that, its next turn begins
      simulator.advanceTo(this.startEpochMillis + millis + 1_000, this);
    } else {
      simulator.finish(this);
    }
    readings.values().forEach(this::gather);
    readings.clear();
  }

  /** Steps of one turn. */
  int steps() {
    return millis / STEP_MILLIS;
  }

  double batchesPerSecond() {
    return batches * 1_000.0 / millis;
  }

  double readingsPerSecond() {
    return readingsOfTurn * 1_000.0 / millis;
  }

  long devices() {
    return devices;
  }

  /** Makes a node's batches of what it has read. */
  private void gather(NavigableMap<Long, TelemetryBatch> read) {
    int node = nodes++;
    int moment = node % MOMENTS * STEP_MILLIS;
    // where all jobs end with a turn, every node reads at that end, whatever its moment
    long first = startEpochMillis + (plan.hours ? moment : 0);
    TelemetryBatch atFirst = requireNonNull(read.get(first), "no reading as it begins");
    TelemetryBatch atEnd = requireNonNull(read.get(first + millis), "no reading as it ends");
    devices += atFirst.devices().size();
    CycleBatch.Turn turn = new CycleBatch.Turn(millis, atFirst.devices(), atEnd.devices());
    // of the same second and of the same moment of a second are nodes of every moment and second
    long stagger = (long) node + node / MOMENTS;
    List<List<CycleBatch.Row>> published = new ArrayList<>();
    List<CycleBatch.Row> rows = new ArrayList<>();
    for (Map.Entry<Long, TelemetryBatch> entry : read.subMap(first, first + millis).entrySet()) {
      long since = entry.getKey() - startEpochMillis;
      boolean regular = since % 1_000 == moment;
      long second = since / 1_000 + stagger;
      if (plan.every == 1 || (regular && second % plan.every == 0)) {
        rows.add(new CycleBatch.Row(entry.getKey(), entry.getValue()));
        readingsOfTurn += entry.getValue().readings();
      }
      if (!rows.isEmpty() && (plan.interval() == 1 || (regular && second % plan.interval() == 0))) {
        published.add(rows);
        rows = new ArrayList<>();
      }
    }
    for (int i = 0; i < published.size(); i++) {
      List<CycleBatch.Row> own = published.get(i);
      long sent = own.getLast().epochMillis() - startEpochMillis;
      batchesAt
          .get((int) (sent / STEP_MILLIS))
          .add(new CycleBatch(node, i == 0 ? rows : List.of(), own, turn));
      batches++;
    }
  }

  /** It, sent by some of the copies of its nodes, which are so many steps ahead of the others. */
  final class Sender {
    private final int ahead;
    private final Copies to;
    private final JobTurnover.Sender jobs;
    private final long[] nextSequence = new long[nodes];

    /**
     * @param number of this sender
     */
    Sender(int ahead, Copies to, int number) {
      this.ahead = ahead;
      this.to = to;
      this.jobs = turnover.new Sender(to, number, STEP_MILLIS);
    }

    /** Sends who has what as it begins: what began in the steps that it is ahead. */
    void begin(long beganEpochMillis) {
      for (List<Object> before : eventsAt.subList(0, ahead)) {
        before.forEach(event -> send(event, 0, later(0, beganEpochMillis)));
      }
      jobs.begin(beganEpochMillis);
    }

    /** Sends a step of those that follow. */
    void send(long step, long beganEpochMillis) {
      long at = step + ahead;
      int turn = (int) (at / steps());
      int index = (int) (at % steps());
      long later = later(turn, beganEpochMillis);
      if (index == 0 && turn > 0) {
        for (Object event : eventsAt.get(steps())) {
          send(event, turn - 1, later - millis);
        }
      }
      for (Object event : eventsAt.get(index)) {
        send(event, turn, later);
      }
      // no reading is older than the load
      boolean whole = step * STEP_MILLIS >= plan.interval() * 1_000L;
      for (CycleBatch batch : batchesAt.get(index)) {
        BatchTemplate template =
            whole
                ? batch.template(turn)
                : BatchTemplate.of(batch.batch(turn, beganEpochMillis - later));
        to.send(template, batch.site(), batch.nodeName(), nextSequence[batch.node()]++, later);
      }
      jobs.send(step, beganEpochMillis);
    }

    private long later(int turn, long beganEpochMillis) {
      return beganEpochMillis
          - startEpochMillis
          + (long) turn * millis
          - (long) ahead * STEP_MILLIS;
    }

    private void send(Object input, int turn, long laterMillis) {
      switch (input) {
        case AllocationEvent event ->
            to.publish(
                Renamed.allocation(event, event.node(), name(event.job(), turn), laterMillis));
        case JobRecord job -> to.publish(Renamed.job(job, name(job.job(), turn), laterMillis));
        default -> throw new IllegalStateException("nothing is sent like " + input);
      }
    }
  }

  private static String name(String job, int turn) {
    return turn == 0 ? job : job + ".t" + turn;
  }

  /**
   * Compares what is sent with what was meant: of every node a batch of some turns, as it is
   * decoded, with the batch itself.
   *
   * @throws IllegalStateException if they differ
   */
  void check() {
    long later = 12_345_678_900L;
    Set<Integer> checked = new HashSet<>();
    for (List<CycleBatch> step : batchesAt) {
      for (CycleBatch batch : step) {
        int turn = batch.node() % 3;
        long sequence = 1L << batch.node() % 40;
        String node = batch.nodeName() + "-1000";
        byte[] sent = batch.template(turn).of(node.getBytes(UTF_8), sequence, later);
        TelemetryBatch decoded = WireSerdes.telemetry().deserializer().deserialize("", sent);
        TelemetryBatch meant = batch.batch(turn, Long.MIN_VALUE);
        TelemetryBatch renamed =
            new TelemetryBatch(
                meant.site(),
                node,
                meant.agentEpoch(),
                sequence,
                new TelemetryBatch(
                        meant.site(), node, meant.agentEpoch(), sequence, meant.devices(), later)
                    .devicesInTime());
        if (!decoded.equals(renamed)) {
          throw new IllegalStateException("sent is another batch than meant: " + node);
        }
      }
      step.forEach(batch -> checked.add(batch.node()));
      if (checked.size() == nodes) {
        return;
      }
    }
  }

  // ---- while it is simulated

  private @Nullable List<Object> now() {
    return eventsAt.isEmpty() ? null : eventsAt.getLast();
  }

  @Override
  public void publish(TelemetryBatch batch) {
    long at = batch.devices().getFirst().readings().epochMillis()[0];
    readings.computeIfAbsent(batch.node(), _ -> new TreeMap<>()).put(at, batch);
  }

  @Override
  public void publish(AllocationEvent event) {
    List<Object> now = now();
    if (!plan.hours) {
      requireNonNull(now).add(event);
    } else if (now == null && event.action() == AllocationEvent.Action.HOLD) {
      turnover.holds(event);
    }
  }

  @Override
  public void publish(JobRecord job) {
    List<Object> now = now();
    if (!plan.hours) {
      requireNonNull(now).add(job);
    } else if (now == null) {
      turnover.began(job);
    }
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
