// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An account with something of everything that is written down. */
final class SampleAccount {
  static final long START = 1_700_000_000_000L;

  private SampleAccount() {}

  static NodeAccount made() {
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    List<Arrival> history = new ArrayList<>();
    Increments books = new Increments();
    books.forNode("node1");
    take(account, history, books, "a", true, START + 2_000, Map.of("gpu0", 10_000, "gpu7", 5_000));
    take(account, history, books, "b", true, START + 9_000, Map.of("gpu1", 2_500));
    Device gpu = Device.sensor("gpu0", DeviceKind.GPU).withModel("H100 \u00b5\u4e2d", 700_000);
    Device drive = Device.sensor("nvme0", DeviceKind.STORAGE).withCapacityBytes(1L << 40);
    Device node = Device.sensor("bmc", DeviceKind.NODE);
    Device channel = Device.sensor("psu", DeviceKind.NODE).withContainedIn(DeviceKind.NODE);
    Device part = Device.sensor("gpu1", DeviceKind.GPU).withContainedIn(DeviceKind.NODE);
    Device dumb = Device.sensor("cpu0", DeviceKind.CPU);
    long sequence = 1;
    for (int i = 0; i < 40; i++) {
      // a long gap, a counter that stands still at the end, a node that is silent for a while
      long time = START + i * 1_000L + (i > 20 ? 400_000 : 0);
      long counter = 5_000_000L * Math.min(i, 35);
      List<DeviceSeries> series = new ArrayList<>();
      series.add(series(gpu.withCounter(3, 1L << 40), time, 5_000 + i, counter));
      series.add(series(drive, time, 9_000, Readings.MISSING));
      series.add(series(part, time, 70_000, Readings.MISSING));
      series.add(series(channel, time, 20_000, Readings.MISSING));
      series.add(series(dumb, time, Readings.MISSING, Readings.MISSING));
      series.add(series(node, time, i < 10 ? 500_000 : Readings.MISSING, Readings.MISSING));
      Arrival arrival = new Arrival(time + 50, series);
      Outcome outcome =
          account.accept(
              i < 30 ? 7 : 8, sequence++, arrival, (from, to) -> List.copyOf(history), books);
      history.add(outcome.kept(arrival));
    }
    take(account, history, books, "a", false, START + 415_000, Map.of());
    return account;
  }

  private static DeviceSeries series(Device device, long time, long power, long counter) {
    return new DeviceSeries(
        device, Readings.ofCounter(new long[] {time}, new long[] {power}, new long[] {counter}));
  }

  private static void take(
      NodeAccount account,
      List<Arrival> history,
      Increments books,
      String job,
      boolean hold,
      long at,
      Map<String, Integer> parts) {
    account.accept(
        new AllocationEdge(
            job, hold, at, parts, -1, 2_000, -1, 3_000, 8, AllocationEdge.By.HOOK, at + 100),
        (from, to) -> List.copyOf(history),
        books);
  }

  static byte[] written(NodeAccount account) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    account.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Reads what was written. */
  static StateReader reader(StateWriter out) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    out.to(new DataOutputStream(bytes));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    return StateReader.of(in, NodeFormats.CURRENT.version());
  }
}
