// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.runtime.EpochClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A site in real time: each node reads its devices and publishes batches, paced by the wall clock.
 * A part of it is simulated beforehand and encoded once for many nodes, so that what is left to do
 * for a batch is to change its name and its time.
 */
final class Load {
  private static final long BEFORE_MILLIS = 5_000;

  private Load() {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("A site in real time.")
            .with("bootstrap", "", "the broker")
            .with("nodes", "1000", "nodes of the site")
            .with("simulated", "100", "nodes that are simulated; the others are copies")
            .with("turns", "1", "how often what was simulated is sent")
            .with("turn", "60", "seconds that are simulated")
            .with("phases", "20", "moments of a turn at which nodes begin it, with other jobs each")
            .with("together", "1", "copies of a node in a phase that have the same jobs")
            .with("every", "1", "seconds between two readings of a device")
            .with("rows", "1", "readings of a device in a batch")
            .with("jobs", "minute", "hours: how long jobs last; minute: all end with a turn")
            .with("threads", "1", "that send it, each its part of the phases")
            .with("site", "simulated", "its name")
            .read(args);
    EpochClock clock = EpochClock.system();
    int nodes = settings.number("nodes");
    int simulated = Math.min(nodes, settings.number("simulated"));
    boolean hours =
        switch (settings.text("jobs")) {
          case "hours" -> true;
          case "minute" -> false;
          default -> throw settings.refuse("jobs is neither hours nor minute");
        };
    int phases = Math.min(settings.number("phases"), Copies.copies(simulated, nodes));
    int together = settings.number("together");
    int copiesOfPhase = Math.ceilDiv(Copies.copies(simulated, nodes), phases);
    if (together > copiesOfPhase) {
      throw settings.refuse(
          "together=%d, but each of the %d phases has %d copies of a node: give fewer phases or simulated nodes"
              .formatted(together, phases, copiesOfPhase));
    }
    Cycle.Plan plan;
    try {
      plan =
          new Cycle.Plan(
              settings.text("site"),
              simulated,
              settings.number("turn"),
              settings.number("every"),
              settings.number("rows"),
              hours);
    } catch (IllegalArgumentException e) {
      throw settings.refuse(String.valueOf(e.getMessage()));
    }
    Cycle cycle = new Cycle(plan, clock.epochMillis());
    cycle.check();
    double share = (double) nodes / simulated;
    System.out.printf(
        Locale.ROOT,
        "READY {\"batches_per_s\": %.3f, \"readings_per_s\": %.3f, \"devices\": %.0f, \"newest_ms\": %d}%n",
        cycle.batchesPerSecond() * share,
        cycle.readingsPerSecond() * share,
        cycle.devices() * share,
        plan.newestMillis());
    long worstBehind = 0;
    List<Copies> parts = new ArrayList<>();
    List<Cycle.Sender> senders = new ArrayList<>();
    try (RecordSender towards =
            RecordSender.connect(settings.text("bootstrap"), "joulestream-load");
        ExecutorService threads = Executors.newFixedThreadPool(settings.number("threads"))) {
      for (int phase = 0; phase < phases; phase++) {
        Copies part = new Copies(towards, simulated, nodes, phase, phases, together);
        parts.add(part);
        // whole seconds: each node reads its devices at its own moment of a second
        int ahead = settings.number("turn") * phase / phases * 1_000 / Cycle.STEP_MILLIS;
        senders.add(cycle.new Sender(ahead, part, phase));
      }
      // until then is said who has what
      long began = Math.ceilDiv(clock.epochMillis(), 1_000L) * 1_000 + BEFORE_MILLIS;
      senders.forEach(sender -> sender.begin(began));
      towards.flush();
      long steps = (long) settings.number("turns") * cycle.steps();
      for (long step = 0; step <= steps; step++) {
        long due = began + step * Cycle.STEP_MILLIS;
        long early = due - clock.epochMillis();
        if (early > 0) {
          TimeUnit.MILLISECONDS.sleep(early);
        }
        long now = step;
        List<Callable<Object>> all =
            senders.stream()
                .map(sender -> Executors.callable(() -> sender.send(now, began)))
                .toList();
        for (Future<Object> one : threads.invokeAll(all)) {
          one.get();
        }
        worstBehind = Math.max(worstBehind, clock.epochMillis() - due);
      }
      towards.flush();
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT {\"batches\": %d, \"readings\": %d, \"worst_behind_ms\": %d}%n",
        parts.stream().mapToLong(Copies::batches).sum(),
        parts.stream().mapToLong(Copies::readings).sum(),
        worstBehind);
  }
}
