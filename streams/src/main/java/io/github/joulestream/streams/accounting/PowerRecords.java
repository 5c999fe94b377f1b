// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Puts the power of many nodes into records that any topic takes, however many jobs a node has. One
 * thread.
 */
final class PowerRecords {
  // so that a record stays far from the limit of a topic, 1 MB
  private static final int MAX_NODES = 2_000;
  static final int MAX_BYTES = 600 << 10;
  // of a character in UTF-8, of a whole number in Avro
  private static final int CHARACTER_BYTES = 3;
  private static final int NUMBER_BYTES = 10;

  private final BiConsumer<String, List<NodePower>> taker;
  private final Consumer<String> cut;
  private final Map<String, Batch> bySite = new HashMap<>();

  private static final class Batch {
    final List<NodePower> nodes = new ArrayList<>();
    int bytes;
  }

  /**
   * Records for this taker.
   *
   * @param taker takes a site and some of its nodes
   * @param cut takes the name of a node of which jobs or GPUs were left out
   */
  PowerRecords(BiConsumer<String, List<NodePower>> taker, Consumer<String> cut) {
    this.taker = taker;
    this.cut = cut;
  }

  void add(String site, NodePower power) {
    Batch batch = bySite.computeIfAbsent(site, _ -> new Batch());
    NodePower fits = fitting(power);
    int bytes = bytes(fits);
    if (batch.nodes.size() == MAX_NODES || batch.bytes + bytes > MAX_BYTES) {
      give(site, batch);
    }
    batch.nodes.add(fits);
    batch.bytes += bytes;
  }

  /** Gives what is left. */
  void end() {
    bySite.forEach(this::give);
    bySite.clear();
  }

  private void give(String site, Batch batch) {
    if (!batch.nodes.isEmpty()) {
      taker.accept(site, List.copyOf(batch.nodes));
      batch.nodes.clear();
      batch.bytes = 0;
    }
  }

  /**
   * The node with as many of its jobs, those of the most power first, and GPUs as a record takes.
   */
  private NodePower fitting(NodePower power) {
    if (bytes(power) <= MAX_BYTES) {
      return power;
    }
    cut.accept(power.node());
    List<JobPower> jobs = new ArrayList<>();
    int bytes = CHARACTER_BYTES * power.node().length() + 20 * NUMBER_BYTES;
    List<JobPower> largest = new ArrayList<>(power.jobs());
    largest.sort(Comparator.comparingLong(JobPower::milliwatts).reversed());
    for (JobPower job : largest) {
      bytes += bytes(job);
      if (bytes > MAX_BYTES) {
        break;
      }
      jobs.add(job);
    }
    return new NodePower(
        power.node(),
        power.epochMillis(),
        power.totalMilliwatts(),
        power.milliwattsByKind(),
        power.idleMilliwatts(),
        jobs,
        List.of(),
        power.capacity());
  }

  private static int bytes(NodePower power) {
    int bytes =
        CHARACTER_BYTES * power.node().length()
            + NUMBER_BYTES * (17 + power.milliwattsByKind().size());
    for (JobPower job : power.jobs()) {
      bytes += bytes(job);
    }
    for (GpuPower gpu : power.gpus()) {
      bytes += CHARACTER_BYTES * gpu.id().length() + 3 * NUMBER_BYTES;
    }
    return bytes;
  }

  private static int bytes(JobPower job) {
    return CHARACTER_BYTES * job.job().length() + 4 * NUMBER_BYTES;
  }
}
