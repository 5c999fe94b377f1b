// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes many nodes of few, because to simulate many is slow: what a simulated site says is said
 * once more for each copy, whose nodes and jobs have other names. Copies draw the same power at the
 * same time; no two share a node, a job or a key, so that they cost what others would.
 */
final class Copies implements Publisher {
  private final Publisher towards;
  private final int simulated;
  private final int nodes;
  private final int copies;
  private final Map<String, Integer> indices = new HashMap<>();
  private long batches;
  private long readings;

  /**
   * @param simulated nodes that speak here
   * @param nodes nodes that there shall be; the last copy may lack some
   */
  Copies(Publisher towards, int simulated, int nodes) {
    this.towards = towards;
    this.simulated = simulated;
    this.nodes = nodes;
    this.copies = Math.ceilDiv(nodes, simulated);
  }

  long batches() {
    return batches;
  }

  long readings() {
    return readings;
  }

  @Override
  public void publish(TelemetryBatch batch) {
    int last = copies(batch.node());
    batches += last;
    readings += (long) last * batch.readings();
    for (int copy = 0; copy < last; copy++) {
      towards.publish(
          new TelemetryBatch(
              batch.site(),
              name(batch.node(), copy),
              batch.agentEpoch(),
              batch.sequence(),
              batch.devices(),
              batch.clockOffsetMillis()));
    }
  }

  @Override
  public void publish(AllocationEvent event) {
    for (int copy = 0; copy < copies(event.node()); copy++) {
      towards.publish(
          Renamed.allocation(event, name(event.node(), copy), name(event.job(), copy), 0));
    }
  }

  @Override
  public void publish(JobRecord job) {
    for (int copy = 0; copy < copies; copy++) {
      towards.publish(Renamed.job(job, name(job.job(), copy)));
    }
  }

  @Override
  public void publish(NodeRecord node) {
    for (int copy = 0; copy < copies; copy++) {
      towards.publish(
          new NodeRecord(
              node.site(),
              name(node.node(), copy),
              node.epochMillis(),
              node.agentVersion(),
              node.labels(),
              node.spooledBatches(),
              node.droppedBatches(),
              node.unavailable()));
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
