// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.schemas.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random records of power, against sums that are added up here from the latest of each node. */
class LiveFeedTest {
  private static final int NODES = 23;

  private final Feed feed = new Feed();
  private Random random = new Random(0);

  // what is known of each node, by the latest record that has it
  private final Map<String, NodePower> latest = new TreeMap<>();
  private final Map<String, Long> arrived = new HashMap<>();
  private final Map<String, List<GpuPower>> gpus = new HashMap<>();
  private final Map<String, NodeCapacity> capacity = new HashMap<>();
  private final Map<String, Long> highest = new HashMap<>();
  private final Map<String, String> racks = new HashMap<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void sumsAreThoseOfTheLatestRecords(int seed) {
    random = new Random(seed);
    for (int step = 0; step < 400; step++) {
      feed.clock.addAndGet(random.nextInt(40) == 0 ? 31_000 : random.nextInt(2_500));
      power();
      if (random.nextInt(10) == 0) {
        label();
      }
      if (random.nextInt(30) == 0) {
        forget();
      }
      if (random.nextInt(3) == 0) {
        compare(step);
      }
    }
  }

  /** Some nodes report; at times the same again, or what is older. */
  private void power() {
    List<NodePower> nodes = new ArrayList<>();
    int count = random.nextInt(NODES);
    for (int i = 0; i < count; i++) {
      String name = "n" + random.nextInt(NODES);
      NodePower before = latest.get(name);
      NodePower node = before != null && random.nextInt(8) == 0 ? before : made(name);
      nodes.add(node);
      latest.put(name, node);
      arrived.put(name, feed.clock.get());
      highest.merge(name, node.totalMilliwatts(), Math::max);
      if (!node.gpus().isEmpty()) {
        gpus.put(name, node.gpus());
      }
      if (node.capacity() != null) {
        capacity.put(name, node.capacity());
      }
    }
    feed.power("s", nodes.toArray(NodePower[]::new));
  }

  private NodePower made(String name) {
    List<JobPower> jobs = new ArrayList<>();
    long held = 0;
    for (int i = random.nextInt(4); i > 0; i--) {
      long milliwatts = random.nextInt(500_000);
      held += milliwatts;
      jobs.add(
          new JobPower(
              "j" + (4 * random.nextInt(3) + i),
              milliwatts,
              random.nextInt(20_000),
              random.nextInt(10_000)));
    }
    List<GpuPower> reported =
        List.of(
            new GpuPower("gpu0", random.nextInt(700_000), random.nextInt(10_001)),
            new GpuPower("gpu1", random.nextInt(700_000), random.nextInt(3) - 1));
    NodeCapacity memory =
        new NodeCapacity(
            new CapacityUse(1_000, random.nextInt(1_000), random.nextInt(1_000) - 1),
            new CapacityUse(5_000, random.nextInt(5_000), random.nextInt(5_000)),
            2,
            5_000);
    long idle = random.nextInt(900_000);
    return new NodePower(
        name,
        // a clock that is behind, or ahead
        feed.clock.get() + random.nextInt(600) - 300,
        held + idle,
        List.of(1L + random.nextInt(100), 2L, 3L, 4L, 0L, (long) random.nextInt(1_000_000)),
        idle,
        jobs,
        // so that none is a minute old
        reported,
        random.nextInt(3) == 0 ? memory : null);
  }

  private void label() {
    String name = "n" + random.nextInt(NODES);
    String rack = "r" + random.nextInt(12);
    racks.put(name, rack);
    feed.record("s", name, Map.of("rack", rack));
  }

  private void forget() {
    String name = "n" + random.nextInt(NODES);
    feed.remove(Topic.NODES, "s/" + name);
    List.of(latest, arrived, gpus, capacity, highest, racks).forEach(map -> map.remove(name));
  }

  private void compare(int step) {
    SiteState site = feed.site("s");
    long now = feed.clock.get();
    List<NodePower> reporting =
        latest.values().stream()
            .filter(node -> now - requireNonNull(arrived.get(node.node())) <= 30_000)
            .toList();
    SiteNow sums = site.now();
    assertThat(sums.milliwatts())
        .as("step %d", step)
        .isEqualTo(reporting.stream().mapToLong(NodePower::totalMilliwatts).sum());
    assertThat(sums.idleMilliwatts())
        .isEqualTo(reporting.stream().mapToLong(NodePower::idleMilliwatts).sum());
    assertThat(sums.jobsMilliwatts()).isEqualTo(sums.milliwatts() - sums.idleMilliwatts());
    for (int kind = 0; kind < 6; kind++) {
      int of = kind;
      assertThat(sums.milliwattsByKind()[kind])
          .isEqualTo(reporting.stream().mapToLong(node -> node.milliwattsByKind().get(of)).sum());
    }
    assertThat(sums.nodesReporting()).isEqualTo(reporting.size());
    assertThat(sums.gpus()).isEqualTo(2 * reporting.size());
    assertThat(sums.gpusBusyBasisPoints())
        .isEqualTo(
            reporting.stream()
                .flatMap(node -> requireNonNull(gpus.get(node.node())).stream())
                .mapToLong(gpu -> Math.max(0, gpu.utilisationBasisPoints()))
                .sum());
    assertThat(sums.memory().used())
        .isEqualTo(
            reporting.stream()
                .filter(node -> capacity.containsKey(node.node()))
                .map(node -> requireNonNull(capacity.get(node.node())).memory())
                .mapToLong(memory -> Math.max(0, memory.usedMebibytes()))
                .sum());
    assertThat(sums.storage().allocated())
        .isEqualTo(
            reporting.stream()
                .filter(node -> capacity.containsKey(node.node()))
                .mapToLong(node ->
                    requireNonNull(capacity.get(node.node())).storage().allocatedMebibytes())
                .sum());
    compareTable(site, reporting);
    compareJobs(site, reporting);
  }

  private void compareTable(SiteState site, List<NodePower> reporting) {
    NodeTable table = site.nodes();
    List<String> names = new ArrayList<>(latest.keySet());
    racks.keySet().stream().filter(name -> !latest.containsKey(name)).forEach(names::add);
    names.sort((a, b) -> {
      int byRack = number(racks.getOrDefault(a, "r-1")) - number(racks.getOrDefault(b, "r-1"));
      return byRack != 0 ? byRack : number(a) - number(b);
    });
    assertThat(table.names()).isEqualTo(names);
    assertThat(site.now().nodes()).isEqualTo(names.size());
    List<String> reports = reporting.stream().map(NodePower::node).toList();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      NodePower node = latest.get(name);
      assertThat(table.racks().get(i)).isEqualTo(racks.getOrDefault(name, ""));
      assertThat(table.milliwatts()[i]).isEqualTo(node == null ? -1 : node.totalMilliwatts());
      assertThat(table.highestMilliwatts()[i]).isEqualTo(highest.getOrDefault(name, 0L));
      assertThat(table.silent().get(i)).as(name).isEqualTo(!reports.contains(name));
    }
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(1));
  }

  private void compareJobs(SiteState site, List<NodePower> reporting) {
    NodeTable table = site.nodes();
    Map<String, Long> milliwatts = new TreeMap<>();
    Map<String, List<String>> on = new HashMap<>();
    for (NodePower node : reporting) {
      for (JobPower job : node.jobs()) {
        milliwatts.merge(job.job(), job.milliwatts(), Long::sum);
        on.computeIfAbsent(job.job(), _ -> new ArrayList<>()).add(node.node());
      }
    }
    Map<String, Long> live = new TreeMap<>();
    for (LiveJob job : site.jobs()) {
      live.put(job.job(), job.milliwatts());
      assertThat(job.nodesVersion()).isEqualTo(table.version());
      assertThat(job.nodes()).isSorted();
      List<String> nodes = new ArrayList<>();
      for (int position : job.nodes()) {
        nodes.add(table.names().get(position));
      }
      assertThat(nodes).containsExactlyInAnyOrderElementsOf(on.get(job.job()));
      assertThat(site.jobNodes(job.job()).stream().mapToLong(LiveJobNode::milliwatts).sum())
          .isEqualTo(job.milliwatts());
    }
    assertThat(live).isEqualTo(milliwatts);
  }
}
