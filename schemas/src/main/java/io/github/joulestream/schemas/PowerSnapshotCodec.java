// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import java.io.IOException;
import org.apache.avro.Schema;

final class PowerSnapshotCodec implements Codec<PowerSnapshot> {
  private final Schema schema = KnownSchemas.own("power-snapshot");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(PowerSnapshot power, WireWriter out) {
    out.writeString(power.site());
    out.writeInt(power.task());
    out.writeLong(power.epochMillis());
    writeList(power.nodes(), this::write, out);
  }

  private void write(NodePower node, WireWriter out) {
    out.writeString(node.node());
    out.writeLong(node.epochMillis());
    out.writeLong(node.totalMilliwatts());
    writeList(node.milliwattsByKind(), (milliwatts, to) -> to.writeLong(milliwatts), out);
    out.writeLong(node.idleMilliwatts());
    writeList(
        node.jobs(),
        (job, to) -> {
          to.writeString(job.job());
          to.writeLong(job.milliwatts());
          to.writeInt(job.gpuBasisPoints());
          to.writeInt(job.gpuBusyBasisPoints());
        },
        out);
    writeList(
        node.gpus(),
        (gpu, to) -> {
          to.writeString(gpu.id());
          to.writeLong(gpu.milliwatts());
          to.writeInt(gpu.utilisationBasisPoints());
        },
        out);
    NodeCapacity capacity = node.capacity();
    out.writeIndex(capacity == null ? 0 : 1);
    if (capacity != null) {
      write(capacity.memory(), out);
      write(capacity.storage(), out);
      out.writeInt(capacity.gpus());
      out.writeInt(capacity.gpusAllocatedBasisPoints());
    }
  }

  private static void write(CapacityUse use, WireWriter out) {
    out.writeLong(use.seenMebibytes());
    out.writeLong(use.allocatedMebibytes());
    out.writeLong(use.usedMebibytes());
  }

  @Override
  public PowerSnapshot read(WireReader in) throws IOException {
    return new PowerSnapshot(
        in.readString(),
        in.readInt(),
        in.readLong(),
        in.readList(() -> node(in), Bounds.LIVE_NODES, "nodes in a record of power"));
  }

  private static NodePower node(WireReader in) throws IOException {
    return new NodePower(
        in.readString(),
        in.readLong(),
        in.readLong(),
        in.readList(in::readLong, Bounds.LIVE_KINDS, "kinds of devices of a node"),
        in.readLong(),
        in.readList(
            () -> new JobPower(in.readString(), in.readLong(), in.readInt(), in.readInt()),
            Bounds.LIVE_JOBS,
            "jobs of a node"),
        in.readList(
            () -> new GpuPower(in.readString(), in.readLong(), in.readInt()),
            Bounds.DEVICES,
            "GPUs of a node"),
        in.readIndex() == 0
            ? null
            : new NodeCapacity(use(in), use(in), in.readInt(), in.readInt()));
  }

  private static CapacityUse use(WireReader in) throws IOException {
    return new CapacityUse(in.readLong(), in.readLong(), in.readLong());
  }

  private static void check(CapacityUse use) {
    Bounds.count(use.seenMebibytes(), Bounds.NODE_MEBIBYTES, "MiB of a node");
    Bounds.count(use.allocatedMebibytes(), use.seenMebibytes(), "allocated MiB of a node");
    if (use.isUseKnown()) {
      Bounds.count(use.usedMebibytes(), Bounds.NODE_MEBIBYTES, "used MiB of a node");
    }
  }

  @Override
  public void check(PowerSnapshot power) {
    Keys.check(power.site(), "site");
    Bounds.count(power.task(), Integer.MAX_VALUE, "task");
    for (NodePower node : power.nodes()) {
      Keys.check(node.node(), "node");
      node.jobs().forEach(job -> Keys.check(job.job(), "job"));
      node.gpus().forEach(gpu -> Bounds.name(gpu.id(), "device id"));
      NodeCapacity capacity = node.capacity();
      if (capacity != null) {
        check(capacity.memory());
        check(capacity.storage());
        Bounds.count(capacity.gpus(), Bounds.DEVICES, "GPUs of a node");
        Bounds.count(
            capacity.gpusAllocatedBasisPoints(),
            (long) capacity.gpus() * Bounds.WHOLE_BASIS_POINTS,
            "basis points of allocated GPUs");
      }
    }
  }
}
