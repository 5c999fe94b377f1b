// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A site as it is now. One thread takes records in, any may read: all that changes is under the
 * lock of this object. What is made for readers is made when the first asks, and kept until
 * something changes or the second is over; and, however much changes, so long that making it takes
 * a tenth of the time at most.
 */
final class SiteState implements LiveSite {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long SECOND_MILLIS = 1_000;
  private static final int LEAST_USE = 9;

  private final String name;
  private final EpochClock clock;
  private final EpochClock ages;
  private final LiveRoom room;
  private final SiteNodes nodes;
  private final SiteJobs jobs;
  private final SiteWindows windows = new SiteWindows();
  private final SiteWindows ledger = new SiteWindows();
  private final Map<String, Alert> alerts = new HashMap<>();
  private final Map<String, Budget> budgets = new TreeMap<>();
  private final SiteGrid grid = new SiteGrid();
  private long changes;
  private long usedMillis;
  private long sampledMillis;
  private @Nullable Frame frame;

  /** What was made for readers. */
  private static final class Frame {
    final long changes;
    final long madeMillis;
    // how long its parts took
    long cost;
    @Nullable SiteNow now;
    @Nullable NodeTable table;
    @Nullable Jobs jobs;
    @Nullable List<SitePoint> curve;
    @Nullable List<GridInterval> grid;
    @Nullable List<Alert> alerts;

    Frame(long changes, long madeMillis) {
      this.changes = changes;
      this.madeMillis = madeMillis;
    }

    boolean holds(long changesNow, long millis) {
      return Math.floorDiv(millis, SECOND_MILLIS) == Math.floorDiv(madeMillis, SECOND_MILLIS)
          && (changes == changesNow
              || (millis >= madeMillis && millis - madeMillis < LEAST_USE * cost));
    }
  }

  private record Jobs(List<LiveJob> all, Map<String, LiveJob> byName) {
    static Jobs of(List<LiveJob> jobs) {
      Map<String, LiveJob> byName = HashMap.newHashMap(jobs.size());
      jobs.forEach(job -> byName.put(job.job(), job));
      return new Jobs(jobs.stream().sorted(LiveJob.BY_POWER).toList(), byName);
    }
  }

  SiteState(String name, EpochClock clock, EpochClock ages, LiveRoom room) {
    this.name = name;
    this.clock = clock;
    this.ages = ages;
    this.room = room;
    nodes = new SiteNodes(room);
    jobs = new SiteJobs(room);
    usedMillis = ages.epochMillis();
  }

  private void changed() {
    changes++;
    usedMillis = ages.epochMillis();
  }

  /**
   * Takes in the latest power of nodes.
   *
   * @param arrived when it arrived by the clock of ages, ms
   * @param sampleMillis a sample of the power of jobs is taken when so much time of the data has
   *     passed
   */
  synchronized void accept(PowerSnapshot snapshot, long arrived, long sampleMillis) {
    nodes.accept(snapshot, arrived);
    long dataMillis = nodes.latestMillis();
    if (dataMillis - sampledMillis >= sampleMillis) {
      sampledMillis = dataMillis;
      jobs.sample(nodes.all(), dataMillis, arrived);
    }
    changed();
  }

  synchronized void acceptWindow(SiteWindow window) {
    windows.accept(window);
    changed();
  }

  synchronized void acceptLedger(SiteWindow window) {
    ledger.accept(window);
    changed();
  }

  synchronized void accept(NodeRecord record) {
    nodes.accept(record);
    changed();
  }

  synchronized void forgetNode(String node) {
    nodes.forget(node);
    changed();
  }

  synchronized void accept(JobSummary summary) {
    jobs.accept(summary, nodes.dataMillis(ages.epochMillis()));
    changed();
  }

  synchronized void forgetJob(String job) {
    jobs.forget(job);
    changed();
  }

  synchronized void accept(DeviceWindow window) {
    NodeState node = nodes.find(window.node());
    if (node != null) {
      node.accept(window);
      changed();
    }
  }

  synchronized void accept(Alert alert) {
    boolean isOfNow = isOfNow(alert, nodes.dataMillis(ages.epochMillis()));
    if (!isOfNow) {
      removeAlert(alert.id());
    } else if (alerts.containsKey(alert.id()) || room.addAlert()) {
      alerts.put(alert.id(), alert);
      changed();
    }
  }

  private static boolean isOfNow(Alert alert, long dataMillis) {
    return alert.state() == AlertState.FIRING
        || alert.times().endedEpochMillis() >= dataMillis - HOUR_MILLIS;
  }

  synchronized void removeAlert(String id) {
    if (alerts.remove(id) != null) {
      room.removeAlert();
      changed();
    }
  }

  synchronized void accept(String id, @Nullable Budget budget) {
    if (budget == null) {
      if (budgets.remove(id) != null) {
        room.removeBudget();
      }
    } else if (budgets.containsKey(id) || room.addBudget()) {
      budgets.put(id, budget);
    }
    changed();
  }

  synchronized void accept(GridInterval issue) {
    grid.accept(issue, clock.epochMillis());
    changed();
  }

  /** Drops what is over. */
  synchronized void dropOver() {
    long now = ages.epochMillis();
    long dataMillis = nodes.dataMillis(now);
    nodes.dropForgotten(now);
    jobs.dropEnded(dataMillis);
    for (Alert alert : List.copyOf(alerts.values())) {
      if (!isOfNow(alert, dataMillis)) {
        removeAlert(alert.id());
      }
    }
    grid.dropEnded(clock.epochMillis());
    changes++;
  }

  /** True if nothing is known of it, and no record of it arrived for an hour. */
  synchronized boolean isOver() {
    return nodes.size() == 0
        && alerts.isEmpty()
        && budgets.isEmpty()
        && grid.intervals().isEmpty()
        && ages.epochMillis() - usedMillis > HOUR_MILLIS;
  }

  /** Gives back what is kept of it. */
  synchronized void clear() {
    nodes.clear();
    jobs.clear();
    alerts.values().forEach(_ -> room.removeAlert());
    alerts.clear();
    budgets.values().forEach(_ -> room.removeBudget());
    budgets.clear();
    changes++;
  }

  /** Jobs that run. */
  synchronized long jobsRunning() {
    return jobs.running();
  }

  /** True if any node has reported within half a minute. */
  synchronized boolean isReporting() {
    return now().nodesReporting() > 0;
  }

  private Frame frame() {
    long millis = ages.epochMillis();
    Frame made = frame;
    if (made == null || !made.holds(changes, millis)) {
      made = new Frame(changes, millis);
      frame = made;
    }
    return made;
  }

  private <T> T made(Frame of, Supplier<T> part) {
    long begun = ages.epochMillis();
    T made = part.get();
    of.cost += Math.max(0, ages.epochMillis() - begun);
    return made;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized SiteNow now() {
    Frame of = frame();
    SiteNow made = of.now;
    if (made == null) {
      made = made(of, this::madeNow);
      of.now = made;
    }
    return made;
  }

  private SiteNow madeNow() {
    long age = ages.epochMillis();
    return nodes.now(age, clock.epochMillis() - age, ledger.farthestDifference());
  }

  @Override
  public synchronized List<SitePoint> curve() {
    Frame of = frame();
    List<SitePoint> made = of.curve;
    if (made == null) {
      made = made(of, () -> List.copyOf(windows.points()));
      of.curve = made;
    }
    return made;
  }

  @Override
  public synchronized NodeTable nodes() {
    Frame of = frame();
    NodeTable made = of.table;
    if (made == null) {
      made = made(of, () -> nodes.table(alertingNodes(), ages.epochMillis()));
      of.table = made;
    }
    return made;
  }

  private Set<String> alertingNodes() {
    Set<String> about = new HashSet<>();
    for (Alert alert : alerts.values()) {
      if (alert.state() == AlertState.FIRING) {
        Scope scope = Scope.parse(alert.scope());
        if (scope.kind() == Scope.Kind.NODE) {
          about.add(scope.name());
        } else if (scope.kind() == Scope.Kind.DEVICE) {
          about.add(scope.name().substring(0, Math.max(0, scope.name().indexOf('/'))));
        }
      }
    }
    return about;
  }

  @Override
  public synchronized Optional<NodeRecord> record(String node) {
    return Optional.ofNullable(nodes.find(node)).map(known -> known.record);
  }

  @Override
  public synchronized long[] recentMilliwatts(String node) {
    NodeState known = nodes.find(node);
    return known == null
        ? PowerWindows.none()
        : known.windows.upTo(nodes.windowsMillis(ages.epochMillis()));
  }

  @Override
  public synchronized List<LiveGpu> gpus(String node) {
    NodeState known = nodes.find(node);
    if (known == null) {
      return List.of();
    }
    long dataMillis = nodes.dataMillis(ages.epochMillis());
    return known.gpus().stream()
        .map(gpu ->
            new LiveGpu(
                gpu.id(),
                gpu.milliwatts(),
                gpu.utilisationBasisPoints(),
                known.temperature(gpu.id(), dataMillis)))
        .toList();
  }

  private Jobs madeJobs() {
    Frame of = frame();
    Jobs made = of.jobs;
    if (made == null) {
      made = made(of, () -> Jobs.of(jobs.jobs(nodes, ages.epochMillis())));
      of.jobs = made;
    }
    return made;
  }

  @Override
  public synchronized List<LiveJob> jobs() {
    return madeJobs().all();
  }

  @Override
  public synchronized Optional<LiveJob> job(String id) {
    return Optional.ofNullable(madeJobs().byName().get(id));
  }

  @Override
  public synchronized List<LiveJobNode> jobNodes(String id) {
    LiveJob known = madeJobs().byName().get(id);
    NodeState[] ordered = nodes.ordered();
    List<LiveJobNode> on = new ArrayList<>();
    if (known != null && known.nodesVersion() == nodes.version()) {
      for (int node : known.nodes()) {
        add(on, ordered[node], id);
      }
    } else {
      for (NodeState node : ordered) {
        add(on, node, id);
      }
    }
    return on;
  }

  private void add(List<LiveJobNode> on, NodeState node, String id) {
    if (node.isSilent(ages.epochMillis())) {
      return;
    }
    for (JobPower job : node.jobs) {
      if (job.job().equals(id)) {
        on.add(
            new LiveJobNode(
                node.name, job.milliwatts(), job.gpuBasisPoints(), job.gpuBusyBasisPoints()));
      }
    }
  }

  @Override
  public synchronized List<JobPower> jobsOn(String node) {
    NodeState known = nodes.find(node);
    return known == null || known.isSilent(ages.epochMillis()) ? List.of() : known.jobs;
  }

  @Override
  public synchronized List<Alert> alerts() {
    Frame of = frame();
    List<Alert> made = of.alerts;
    if (made == null) {
      made =
          alerts.values().stream()
              .sorted(
                  Comparator.comparingLong((Alert alert) -> alert.times().sinceEpochMillis())
                      .thenComparing(Alert::id))
              .toList();
      of.alerts = made;
    }
    return made;
  }

  @Override
  public synchronized List<Budget> budgets() {
    return List.copyOf(budgets.values());
  }

  @Override
  public synchronized List<GridInterval> grid() {
    Frame of = frame();
    List<GridInterval> made = of.grid;
    if (made == null) {
      made = grid.intervals();
      of.grid = made;
    }
    return made;
  }

  @Override
  public synchronized long changes() {
    return frame().changes;
  }
}
