// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.serve.live.LiveGpu;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveJobNode;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.live.NodeTable;
import io.github.joulestream.serve.live.SiteNow;
import io.github.joulestream.serve.live.SitePoint;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A site of many nodes, each of which has another power, utilisation and temperature each second.
 */
final class MadeSite implements LiveSite, LiveSites {
  static final String NAME = "made";

  private static final int GPUS = 8;
  private static final long HIGHEST_MILLIWATTS = 6_000_000;
  private static final int WHOLE = 10_000;

  private final EpochClock clock;
  private final List<String> names;
  private final List<String> racks;

  MadeSite(int nodes, int nodesPerRack, EpochClock clock) {
    this.clock = clock;
    this.names = IntStream.range(0, nodes).mapToObj(i -> name("node%05d", i + 1)).toList();
    this.racks =
        IntStream.range(0, nodes).mapToObj(i -> name("r%04d", i / nodesPerRack + 1)).toList();
  }

  private static String name(String form, int number) {
    return String.format(Locale.ROOT, form, number);
  }

  @Override
  public SortedSet<String> names() {
    return new TreeSet<>(List.of(NAME));
  }

  @Override
  public Optional<LiveSite> site(String name) {
    return NAME.equals(name) ? Optional.of(this) : Optional.empty();
  }

  @Override
  public boolean caughtUp() {
    return true;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long changes() {
    return clock.epochMillis() / 1_000;
  }

  /** From 0 to 9,999, another one each second. */
  private static int wave(long second, int node) {
    return (int) ((Math.sin(second / 20.0 + node * 0.7) + 1) / 2 * (WHOLE - 1));
  }

  @Override
  public NodeTable nodes() {
    int count = names.size();
    long now = clock.epochMillis();
    long[] power = new long[count];
    long[] highest = new long[count];
    int[] busy = new int[count];
    int[] idle = new int[count];
    int[] temperature = new int[count];
    long[] read = new long[count];
    for (int i = 0; i < count; i++) {
      int wave = wave(now / 1_000, i);
      highest[i] = HIGHEST_MILLIWATTS;
      power[i] = HIGHEST_MILLIWATTS / 5 + wave * (HIGHEST_MILLIWATTS / 5 * 4 / WHOLE);
      busy[i] = wave;
      temperature[i] = 300 + wave / 20;
      read[i] = now;
    }
    BitSet silent = new BitSet();
    silent.set(count / 2);
    BitSet alerting = new BitSet();
    alerting.set(count / 3);
    return new NodeTable(
        1, names, racks, power, highest, busy, idle, temperature, read, silent, alerting);
  }

  @Override
  public SiteNow now() {
    long now = clock.epochMillis();
    long power = 0;
    for (int i = 0; i < names.size(); i++) {
      power += HIGHEST_MILLIWATTS / 5 + wave(now / 1_000, i) * (HIGHEST_MILLIWATTS / 5 * 4 / WHOLE);
    }
    SiteNow.Space none = new SiteNow.Space(0, 0, 0, 0);
    int gpus = names.size() * GPUS;
    return new SiteNow(
        now,
        now,
        power,
        new long[DeviceKind.values().length],
        power,
        0,
        0,
        gpus,
        (long) gpus * WHOLE,
        (long) gpus * WHOLE / 2,
        none,
        none,
        names.size(),
        names.size() - 1,
        0);
  }

  @Override
  public List<SitePoint> curve() {
    return List.of();
  }

  @Override
  public Optional<NodeRecord> record(String node) {
    return Optional.empty();
  }

  @Override
  public long[] recentMilliwatts(String node) {
    return new long[0];
  }

  @Override
  public List<LiveGpu> gpus(String node) {
    return List.of();
  }

  @Override
  public List<LiveJob> jobs() {
    return List.of();
  }

  @Override
  public Optional<LiveJob> job(String id) {
    return Optional.empty();
  }

  @Override
  public List<LiveJobNode> jobNodes(String id) {
    return List.of();
  }

  @Override
  public List<JobPower> jobsOn(String node) {
    return List.of();
  }

  @Override
  public List<Alert> alerts() {
    return List.of();
  }

  @Override
  public List<Budget> budgets() {
    return List.of();
  }

  @Override
  public List<GridInterval> grid() {
    return List.of();
  }
}
