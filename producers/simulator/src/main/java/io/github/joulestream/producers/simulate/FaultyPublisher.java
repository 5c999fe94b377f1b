// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Between a simulated site and the pipeline: injects into its records the faults of hardware,
 * clocks, networks and schedulers. Time is that of the newest batch. Equal seeds make equal faults.
 * One thread.
 */
final class FaultyPublisher implements Publisher {
  // DCGM_INT64_BLANK of dcgm_structs.h
  private static final long BLANK = 0x7ffffffffffffff0L;
  // max_energy_range_uj of a RAPL package: 2^32 units of 2^-16 J
  private static final long RAPL_MODULUS_MICROJOULES = 65_536_000_000L;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int MIG_INSTANCES = 3;

  private final Publisher to;
  private final FaultRates rates;
  private final SplittableRandom random;
  private final Map<String, Node> nodes = new HashMap<>();
  private final PriorityQueue<Delayed> delayed =
      new PriorityQueue<>(
          Comparator.comparingLong(Delayed::epochMillis).thenComparingLong(Delayed::order));
  private long now = Long.MIN_VALUE;
  private long order;

  private record Delayed(long epochMillis, long order, Consumer<Publisher> send) {}

  /** What is wrong with a device. */
  private static final class Sensor {
    long epoch;
    long resetAt;
    long stuckUntil = Long.MIN_VALUE;
    long stuckAt;
  }

  /** What is wrong with a node. */
  private static final class Node {
    final SplittableRandom random;
    final boolean wraps;
    final boolean mig;
    long skewMillis;
    final long reportedErrorMillis;
    final long jumpAt;
    final List<TelemetryBatch> spool = new ArrayList<>();
    long outageUntil = Long.MIN_VALUE;
    long lastMillis;
    final Map<String, Sensor> sensors = new HashMap<>();

    Node(SplittableRandom random, FaultRates rates, long startMillis) {
      this.random = random;
      this.wraps = random.nextDouble() < rates.wraps();
      this.mig = random.nextDouble() < rates.mig();
      boolean skewed = random.nextDouble() < rates.skew();
      this.skewMillis = skewed ? random.nextLong(-5_000, 5_000) : 0;
      this.reportedErrorMillis = skewed ? random.nextLong(-20, 20) : 0;
      this.jumpAt =
          skewed && random.nextInt(3) == 0
              ? startMillis + random.nextLong(HOUR_MILLIS)
              : Long.MAX_VALUE;
      this.lastMillis = startMillis;
    }
  }

  public FaultyPublisher(Publisher to, FaultRates rates, long seed) {
    this.to = to;
    this.rates = rates;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public void publish(TelemetryBatch batch) {
    long time = last(batch);
    now = Math.max(now, time);
    sendDue(now);
    Node node = nodes.computeIfAbsent(batch.node(), _ -> new Node(random.split(), rates, time));
    double hours = (time - node.lastMillis) / (double) HOUR_MILLIS;
    node.lastMillis = time;
    TelemetryBatch faulty = distorted(batch, node, hours);
    if (node.random.nextDouble() < rates.lost()) {
      return;
    }
    if (node.random.nextDouble() < rates.outages() * hours) {
      node.outageUntil = time + node.random.nextLong(5 * 60_000, 40 * 60_000);
    }
    if (time < node.outageUntil) {
      node.spool.add(faulty);
      return;
    }
    if (node.random.nextDouble() < rates.reordered()) {
      later(1 + node.random.nextLong(30_000), publisher -> publisher.publish(faulty));
    } else {
      to.publish(faulty);
    }
    if (node.random.nextDouble() < rates.duplicates()) {
      later(node.random.nextLong(60_000), publisher -> publisher.publish(faulty));
    }
    // back again: what happens now goes first
    node.spool.forEach(to::publish);
    node.spool.clear();
  }

  private static long last(TelemetryBatch batch) {
    long last = Long.MIN_VALUE;
    for (DeviceSeries series : batch.devices()) {
      long[] times = series.readings().epochMillis();
      last = Math.max(last, times[times.length - 1]);
    }
    return last;
  }

  private TelemetryBatch distorted(TelemetryBatch batch, Node node, double hours) {
    if (node.lastMillis >= node.jumpAt && node.skewMillis != 0) {
      node.skewMillis = -node.skewMillis;
    }
    List<DeviceSeries> devices = new ArrayList<>();
    for (DeviceSeries series : batch.devices()) {
      DeviceSeries faulty = distorted(series, node, hours);
      Device device = faulty.device();
      if (node.mig && device.kind() == DeviceKind.GPU) {
        for (int i = 0; i < MIG_INSTANCES; i++) {
          devices.add(
              new DeviceSeries(
                  new Device(
                      device.id() + "/mig" + i,
                      device.kind(),
                      device.source(),
                      device.containedIn(),
                      device.model(),
                      device.power(),
                      device.counter(),
                      device.capacityBytes(),
                      device.id()),
                  faulty.readings()));
        }
      } else {
        devices.add(faulty);
      }
    }
    return new TelemetryBatch(
        batch.site(),
        batch.node(),
        batch.agentEpoch(),
        batch.sequence(),
        devices,
        node.skewMillis == 0 ? 0 : node.reportedErrorMillis - node.skewMillis,
        distorted(batch.statuses(), devices, node));
  }

  /** By the node's clock; a GPU that is split into instances is not in the batch as a whole. */
  private static List<DeviceStatus> distorted(
      List<DeviceStatus> statuses, List<DeviceSeries> devices, Node node) {
    Set<String> ids =
        devices.stream().map(series -> series.device().id()).collect(Collectors.toSet());
    return statuses.stream()
        .filter(status -> ids.contains(status.deviceId()))
        .map(status ->
            new DeviceStatus(
                status.deviceId(), status.epochMillis() + node.skewMillis, status.values()))
        .toList();
  }

  private DeviceSeries distorted(DeviceSeries series, Node node, double hours) {
    Device device = series.device();
    Readings readings = series.readings();
    Sensor sensor =
        node.sensors.computeIfAbsent(
            device.id(),
            _ -> {
              Sensor fresh = new Sensor();
              fresh.epoch = device.counterEpoch();
              return fresh;
            });
    SplittableRandom dice = node.random;
    int size = readings.size();
    long[] times = readings.epochMillis().clone();
    long[] power = readings.powerMilliwatts().clone();
    long[] energy = readings.energyMicrojoules().clone();
    boolean rapl = node.wraps && device.kind() == DeviceKind.CPU;
    if (dice.nextDouble() < rates.resets() * hours) {
      sensor.resetAt = energy[0];
      sensor.epoch += dice.nextInt(2);
    }
    if (dice.nextDouble() < rates.stuck() * hours) {
      sensor.stuckUntil = times[0] + dice.nextLong(12_000, 60_000);
      sensor.stuckAt = energy[0];
    }
    for (int row = 0; row < size; row++) {
      if (times[row] < sensor.stuckUntil) {
        energy[row] = sensor.stuckAt;
      }
      energy[row] -= sensor.resetAt;
      if (rapl) {
        energy[row] = Math.floorMod(energy[row], RAPL_MODULUS_MICROJOULES);
      }
      times[row] += node.skewMillis;
      power[row] = spoilt(power[row], dice);
      energy[row] = spoilt(energy[row], dice);
    }
    return new DeviceSeries(
        device.withCounter(sensor.epoch, rapl ? RAPL_MODULUS_MICROJOULES : 0),
        new Readings(
            times,
            power,
            energy,
            readings.utilisationBasisPoints(),
            readings.usedBytes(),
            readings.readBytes(),
            readings.writtenBytes()));
  }

  private long spoilt(long value, SplittableRandom dice) {
    double luck = dice.nextDouble();
    if (luck < rates.sentinels()) {
      return dice.nextInt(4) == 0 ? MISSING : BLANK + dice.nextInt(4);
    }
    return luck < rates.sentinels() + rates.spikes() ? value * 1_000 + 1_000_000_000 : value;
  }

  @Override
  public void publish(AllocationEvent event) {
    if (random.nextDouble() < rates.missing()) {
      if (event.action() == AllocationEvent.Action.RELEASE && random.nextBoolean()) {
        to.publish(
            AllocationEvent.gone(event.site(), event.node(), event.job(), event.atEpochMillis()));
      }
      return;
    }
    if (random.nextDouble() < rates.late()) {
      later(random.nextLong(HOUR_MILLIS), publisher -> publisher.publish(event));
    } else {
      to.publish(event);
    }
    if (random.nextDouble() < rates.duplicates()) {
      later(random.nextLong(60_000), publisher -> publisher.publish(event));
    }
  }

  @Override
  public void publish(JobRecord job) {
    to.publish(job);
  }

  @Override
  public void publish(NodeRecord node) {
    to.publish(node);
  }

  private void later(long millis, Consumer<Publisher> send) {
    delayed.add(new Delayed(Math.max(0, now) + millis, order++, send));
  }

  private void sendDue(long epochMillis) {
    while (!delayed.isEmpty() && delayed.peek().epochMillis <= epochMillis) {
      delayed.poll().send.accept(to);
    }
  }

  /** Sends all that is under way and all that is spooled. */
  @Override
  public void flush() {
    nodes
        .values()
        .forEach(node -> {
          node.spool.forEach(to::publish);
          node.spool.clear();
        });
    sendDue(Long.MAX_VALUE);
    to.flush();
  }

  @Override
  public void close() {
    to.close();
  }
}
