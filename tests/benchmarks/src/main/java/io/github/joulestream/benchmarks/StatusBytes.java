// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.DefaultRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Bytes of a reading in the topic with and without statuses of devices: batches of a node as its
 * agent makes them, by the real codec, in compressed batches of Kafka's format. Nothing is measured
 * but bytes, so a run is the same each time.
 */
final class StatusBytes {
  private static final long START = 1_795_485_720_000L;
  private static final int GPUS = 8;
  private static final int PACKAGES = 2;
  private static final int DRIVES = 4;
  private static final long GIB = 1L << 30;
  // of Kafka's format 2
  private static final byte FORMAT = 2;
  private static final int BATCH_HEADER = 61;

  private final Settings settings;
  private final Serializer<TelemetryBatch> serializer = WireSerdes.telemetry().serializer();

  private StatusBytes(Settings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) throws IOException {
    Settings settings =
        new Settings("Bytes of a reading in the topic, with and without statuses.")
            .with("nodes", "200", "nodes whose batches of a second share a batch of Kafka's")
            .with("seconds", "60", "how long they report")
            .with("rows", "1,10", "readings of a device in a batch, each a run")
            .with("interval", "10", "seconds between two statuses")
            .with("compressions", "zstd,lz4,gzip", "types of compression, each a run")
            .read(args);
    StatusBytes bytes = new StatusBytes(settings);
    for (int rows : settings.numbers("rows")) {
      for (String compression : settings.list("compressions")) {
        bytes.compare(rows, compression, settings.number("nodes"));
        bytes.compare(rows, compression, 1);
      }
    }
  }

  private void compare(int rows, String compression, int nodes) throws IOException {
    double without = bytesPerReading(rows, compression, nodes, false);
    double with = bytesPerReading(rows, compression, nodes, true);
    System.out.printf(
        Locale.ROOT,
        "%2d readings of a device in a batch, %s, %d nodes in a batch of Kafka's: %.2f bytes a"
            + " reading, with statuses %.2f: + %.1f %%%n",
        rows,
        compression,
        nodes,
        without,
        with,
        100 * (with / without - 1));
  }

  private double bytesPerReading(int rows, String compression, int nodes, boolean statuses)
      throws IOException {
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      all.add(new Node(i));
    }
    long bytes = 0;
    long readings = 0;
    for (int second = 0; second < settings.number("seconds"); second += rows) {
      ByteBufferOutputStream out = new ByteBufferOutputStream(1 << 16);
      try (DataOutputStream records =
          new DataOutputStream(Compression.of(compression).build().wrapForOutput(out, FORMAT))) {
        for (int i = 0; i < nodes; i++) {
          TelemetryBatch batch = all.get(i).batch(second, rows, statuses);
          readings += batch.readings();
          byte[] value = serializer.serialize("telemetry", batch);
          DefaultRecord.writeTo(
              records,
              i,
              i,
              ByteBuffer.wrap(all.get(i).key()),
              ByteBuffer.wrap(value),
              new Header[0]);
        }
      }
      bytes += BATCH_HEADER + out.position();
    }
    return (double) bytes / readings;
  }

  /** A node with 8 GPUs, two processors and their memory, all of the memory, and four drives. */
  private final class Node {
    private final String name;
    private final Random random;
    private final List<Device> devices = new ArrayList<>();
    private final long[] power;
    private final long[] energy;
    private final long[] used;
    private final long[] temperature;
    private final int statusSecond;
    private long sequence;

    Node(int number) {
      name = "node%05d".formatted(number);
      random = new Random(number);
      for (int i = 0; i < GPUS; i++) {
        devices.add(
            Device.sensor("GPU-%08x-1c3f-4b0a-9d2e-%012x".formatted(number, i), DeviceKind.GPU)
                .withSource(PowerSource.COUNTER)
                .withCounter(7, 0)
                .withModel("NVIDIA H100 80GB HBM3", 700_000)
                .withAveragingMillis(1_000)
                .withCapacityBytes(80 * GIB));
      }
      for (int i = 0; i < PACKAGES; i++) {
        devices.add(
            Device.sensor("package-" + i, DeviceKind.CPU)
                .withSource(PowerSource.COUNTER)
                .withCounter(7, 262_143_328_851L));
        devices.add(
            Device.sensor("dram-" + i, DeviceKind.MEMORY)
                .withSource(PowerSource.COUNTER)
                .withCounter(7, 65_712_999_614L));
      }
      devices.add(
          Device.sensor("memory", DeviceKind.MEMORY)
              .withSource(PowerSource.MODELLED)
              .withContainedIn(DeviceKind.MEMORY)
              .withCapacityBytes(2_048 * GIB));
      for (int i = 0; i < DRIVES; i++) {
        devices.add(
            Device.sensor("nvme" + i + "n1", DeviceKind.STORAGE)
                .withSource(PowerSource.MODELLED)
                .withModel("SAMSUNG MZQL27T6HBLA-00A07", 25_000)
                .withCapacityBytes(7_681_501_126_656L));
      }
      int size = devices.size();
      power = new long[size];
      energy = new long[size];
      used = new long[size];
      temperature = new long[size];
      for (int d = 0; d < size; d++) {
        power[d] = devices.get(d).kind() == DeviceKind.GPU ? 450_000 : 120_000;
        energy[d] = random.nextLong(1L << 40);
        used[d] = random.nextLong(60 * GIB);
        temperature[d] = 450L + random.nextInt(200);
      }
      statusSecond = random.nextInt(settings.number("interval"));
    }

    byte[] key() {
      return ("local/" + name).getBytes(UTF_8);
    }

    TelemetryBatch batch(int second, int rows, boolean statuses) {
      List<DeviceSeries> series = new ArrayList<>();
      long[] times = new long[rows];
      for (int row = 0; row < rows; row++) {
        times[row] = START + (second + row) * 1_000L + random.nextInt(3);
      }
      for (int d = 0; d < devices.size(); d++) {
        series.add(new DeviceSeries(devices.get(d), readings(d, times)));
      }
      List<DeviceStatus> reported = new ArrayList<>();
      for (int row = 0; row < rows && statuses; row++) {
        if ((second + row) % settings.number("interval") == statusSecond) {
          for (int d = 0; d < devices.size(); d++) {
            DeviceStatus status = status(d, times[row]);
            if (!status.values().isEmpty()) {
              reported.add(status);
            }
          }
        }
      }
      return new TelemetryBatch("local", name, START, sequence++, series, 0, reported);
    }

    private Readings readings(int d, long[] times) {
      Device device = devices.get(d);
      int rows = times.length;
      long[] powers = new long[rows];
      long[] energies = new long[rows];
      long[] busy = new long[rows];
      long[] uses = new long[rows];
      long[] none = {};
      for (int row = 0; row < rows; row++) {
        power[d] = Math.clamp(power[d] + random.nextInt(40_001) - 20_000, 60_000, 690_000);
        // counters differ from power by a few permille
        energy[d] += power[d] * 1_000 + random.nextInt(2_000_000) - 1_000_000;
        used[d] += random.nextInt(4) == 0 ? random.nextInt(1 << 20) * 16L : 0;
        powers[row] = device.kind() == DeviceKind.STORAGE ? 5_000 + random.nextInt(900) : power[d];
        energies[row] = energy[d] / 1_000 * 1_000;
        busy[row] = random.nextInt(101) * 100L;
        uses[row] = used[d];
      }
      return switch (device.kind()) {
        case GPU -> new Readings(times, powers, energies, busy, uses, none, none);
        case CPU -> new Readings(times, none, energies, none, none, none, none);
        case STORAGE ->
            new Readings(times, powers, none, busy, uses, uses.clone(), energies.clone());
        default ->
            device.source() == PowerSource.MODELLED
                ? new Readings(times, powers, none, none, uses, none, none)
                : new Readings(times, none, energies, none, none, none, none);
      };
    }

    private DeviceStatus status(int d, long time) {
      temperature[d] += random.nextInt(5) - 2;
      Map<StatusColumn, Long> values = new EnumMap<>(StatusColumn.class);
      switch (devices.get(d).kind()) {
        case GPU -> {
          values.put(StatusColumn.TEMPERATURE_DECIDEGREES, temperature[d] / 10 * 10);
          values.put(
              StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES,
              (temperature[d] + 90 + random.nextInt(20)) / 10 * 10);
          values.put(StatusColumn.SM_CLOCK_MEGAHERTZ, 1_980L - 15L * random.nextInt(20));
          values.put(StatusColumn.MEMORY_CLOCK_MEGAHERTZ, 2_619L);
          values.put(StatusColumn.POWER_LIMIT_MILLIWATTS, 700_000L);
          values.put(StatusColumn.THROTTLE_REASONS, random.nextInt(3) == 0 ? 1L : 0L);
          values.put(StatusColumn.ECC_CORRECTED_ERRORS, random.nextInt(1_000) == 0 ? 1L : 0L);
          values.put(StatusColumn.ECC_UNCORRECTED_ERRORS, 0L);
          values.put(StatusColumn.XID_ERRORS, 0L);
          values.put(StatusColumn.NVLINK_RECEIVED_BYTES, random.nextLong(1L << 30) << 10);
          values.put(StatusColumn.NVLINK_SENT_BYTES, random.nextLong(1L << 30) << 10);
        }
        case CPU -> {
          values.put(StatusColumn.TEMPERATURE_DECIDEGREES, temperature[d] / 10 * 10);
          values.put(StatusColumn.POWER_LIMIT_MILLIWATTS, 350_000L);
        }
        case STORAGE -> {
          values.put(StatusColumn.TEMPERATURE_DECIDEGREES, temperature[d] / 10 * 10 - 1);
          values.put(StatusColumn.WEAR_BASIS_POINTS, 300L);
        }
        default -> {
          // main memory reports nothing
        }
      }
      return new DeviceStatus(devices.get(d).id(), time, values);
    }
  }
}
