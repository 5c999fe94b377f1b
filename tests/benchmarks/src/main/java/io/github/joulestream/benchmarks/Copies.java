// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes many nodes of few, because to simulate many is slow: what a simulated site says is said
 * once more for each copy, whose nodes have other names. Copies draw the same power at the same
 * time; no two share a node, and none a job if not asked to, so that they cost what others would.
 */
final class Copies implements Publisher {
  private final RecordSender towards;
  private final int simulated;
  private final int nodes;
  private final int copies;
  private final int first;
  private final int step;
  private final int together;
  private final Map<String, Integer> indices = new HashMap<>();
  private final Map<String, List<NodeName>> names = new HashMap<>();
  private long batches;
  private long readings;

  /** What a copy of a node is called, in bytes. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record NodeName(byte[] key, byte[] name) {}

  /**
   * @param simulated nodes that speak here
   * @param nodes nodes that there shall be; the last copy may lack some
   */
  Copies(RecordSender towards, int simulated, int nodes) {
    this(towards, simulated, nodes, 0, 1, 1);
  }

  /**
   * Some of the copies.
   *
   * @param first of them
   * @param step from each to the next
   * @param together so many of these have the same jobs, which then have so many times the nodes
   */
  Copies(RecordSender towards, int simulated, int nodes, int first, int step, int together) {
    this.towards = towards;
    this.simulated = simulated;
    this.nodes = nodes;
    this.copies = copies(simulated, nodes);
    this.first = first;
    this.step = step;
    this.together = together;
  }

  /** How many copies so many nodes are, the last of which may lack some. */
  static int copies(int simulated, int nodes) {
    return Math.ceilDiv(nodes, simulated);
  }

  long batches() {
    return batches;
  }

  long readings() {
    return readings;
  }

  /** Without statuses, of which not all contestants make something. */
  @Override
  public void publish(TelemetryBatch batch) {
    send(
        BatchTemplate.of(
            new TelemetryBatch(
                batch.site(),
                batch.node(),
                batch.agentEpoch(),
                batch.sequence(),
                batch.devices(),
                batch.clockOffsetMillis())),
        batch.site(),
        batch.node(),
        batch.sequence(),
        0);
  }

  /**
   * Sends a batch for each copy of its node.
   *
   * @param laterMillis than its readings are
   */
  void send(BatchTemplate batch, String site, String node, long sequence, long laterMillis) {
    List<NodeName> copiesOfNode = names.computeIfAbsent(node, name -> names(site, name));
    for (int i = 0; i < copiesOfNode.size(); i++) {
      NodeName to = copiesOfNode.get(i);
      towards.telemetry(to.key, batch.of(to.name, sequence, laterMillis));
    }
    batches += copiesOfNode.size();
    readings += (long) batch.readings() * copiesOfNode.size();
  }

  private List<NodeName> names(String site, String node) {
    List<NodeName> list = new ArrayList<>();
    int end = copies(node);
    for (int copy = first; copy < end; copy += step) {
      String name = name(node, copy);
      list.add(new NodeName(Keys.node(site, name).getBytes(UTF_8), name.getBytes(UTF_8)));
    }
    return list;
  }

  @Override
  public void publish(AllocationEvent event) {
    int end = copies(event.node());
    for (int copy = first; copy < end; copy += step) {
      towards.allocation(
          Renamed.allocation(
              event, name(event.node(), copy), name(event.job(), withJobsOf(copy)), 0));
    }
  }

  @Override
  public void publish(JobRecord job) {
    for (int copy = first; copy < copies; copy += step * together) {
      towards.job(Renamed.job(job, name(job.job(), copy)));
    }
  }

  @Override
  public void publish(NodeRecord node) {
    for (int copy = first; copy < copies; copy += step) {
      towards.node(
          new NodeRecord(
              node.site(),
              name(node.node(), copy),
              node.epochMillis(),
              node.agentVersion(),
              node.labels(),
              node.spooledBatches(),
              node.droppedBatches(),
              node.unavailable(),
              node.notUnderstood(),
              node.notUnderstoodNames()));
    }
  }

  /** How many copies have this node. */
  private int copies(String node) {
    Integer index = indices.get(node);
    if (index == null) {
      index = indices.size();
      indices.put(node, index);
    }
    return (copies - 1) * simulated + index < nodes ? copies : copies - 1;
  }

  private int withJobsOf(int copy) {
    return copy - (copy - first) % (step * together);
  }

  private static String name(String name, int copy) {
    return copy == 0 ? name : name + "-" + copy;
  }

  @Override
  public void flush() {
    towards.flush();
  }

  @Override
  public void close() {
    towards.close();
  }
}
