// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The books of one node: takes readings and allocations in whatever order they come, and tells what
 * each adds to the books of jobs and of the site. After any order, any batching and any repeats of
 * the same news the sums are the same.
 *
 * <p>News in the order of time is booked as it comes. News of the past (a reading before the last
 * one, an allocation edge before it) is booked as a correction: the windows it touches once more as
 * they were, with a minus, and as they are now, with a plus; for this the readings of the last hour
 * are looked up in the {@link History}.
 *
 * <p>Mutable; one thread.
 */
public final class NodeAccount {
  private static final int FORMAT = 1;
  // how far before a change the history is looked at first, before all of it is
  private static final long NEARBY_MILLIS = 120_000;

  private final Limits limits;
  private final PointReader reader;
  private final Allocations allocations = new Allocations();
  private final LinkedHashMap<String, DeviceAccount> devices = new LinkedHashMap<>();
  private final Map<String, Shares> shares = new HashMap<>();
  private SeenBatches seen = new SeenBatches();

  public NodeAccount(Limits limits) {
    this.limits = requireNonNull(limits, "limits is null");
    this.reader = new PointReader(limits);
  }

  /** Takes in readings; {@code books} takes what they add. */
  public Outcome accept(
      long agentEpoch, long sequence, Arrival batch, History history, Increments books) {
    books.mode(1, Long.MIN_VALUE);
    if (!seen.add(agentEpoch, sequence)) {
      count(batch.devices(), SiteAmount.REPEATED_READINGS, books);
      return new Outcome(true, batch, List.of());
    }
    List<String> refusals = new ArrayList<>();
    PointReader.Refusals note =
        reader.into(books, batch.arrivalEpochMillis(), batch.devices(), refusals);
    List<DeviceSeries> kept = new ArrayList<>(batch.devices());
    for (DeviceSeries series : batch.devices()) {
      Collection<Point> points = reader.read(series, batch.arrivalEpochMillis(), note);
      if (points.isEmpty()) {
        continue;
      }
      String id = series.device().id();
      DeviceAccount account = devices.computeIfAbsent(id, _ -> new DeviceAccount(limits));
      Shares ofDevice = sharesOf(series.device());
      Point last = account.last();
      if (last == null || points.iterator().next().epochMillis() > last.epochMillis()) {
        books.mode(1, Long.MIN_VALUE);
        for (Point point : points) {
          account.advance(point, ofDevice, books);
        }
        account.tail(ofDevice, books);
      } else if (!mend(id, points, ofDevice, ofDevice, firstOf(points), history, books)) {
        List<Point> inTime = new ArrayList<>(points);
        inTime.removeIf(point -> point.epochMillis() <= last.epochMillis());
        books.mode(1, Long.MIN_VALUE);
        for (Point point : points) {
          if (!inTime.contains(point)) {
            books.count(limits.windowOf(point.epochMillis()), SiteAmount.REFUSED_LATE, 1);
          }
        }
        refusals.add(
            "refused late: %d readings of %s, the first of %d"
                .formatted(points.size() - inTime.size(), id, firstOf(points)));
        for (Point point : inTime) {
          account.advance(point, ofDevice, books);
        }
        account.tail(ofDevice, books);
        kept.remove(series);
        if (!inTime.isEmpty()) {
          kept.add(after(series, last.epochMillis()));
        }
      }
    }
    books.mode(1, Long.MIN_VALUE);
    count(batch.devices(), SiteAmount.READINGS, books);
    books.compact();
    return new Outcome(false, new Arrival(batch.arrivalEpochMillis(), kept), refusals);
  }

  /** Takes in what is said of an allocation; false if it was known. */
  public boolean accept(AllocationEdge edge, History history, Increments books) {
    books.mode(1, Long.MIN_VALUE);
    allocations.forgetReleasedBefore(edge.arrivalEpochMillis() - 2 * limits.horizonMillis());
    Map<String, Shares> before = new HashMap<>();
    devices.forEach((id, account) -> before.put(id, sharesOf(lastOf(account).device())));
    if (!allocations.add(edge)) {
      return false;
    }
    shares.clear();
    long window = limits.windowOf(edge.atEpochMillis());
    books.count(window, SiteAmount.ALLOCATION_EVENTS, 1);
    for (Map.Entry<String, DeviceAccount> entry : devices.entrySet()) {
      DeviceAccount account = entry.getValue();
      Point last = lastOf(account);
      Shares old = requireNonNull(before.get(entry.getKey()), "old shares");
      Shares now = sharesOf(last.device());
      long from = Shares.firstDifference(old, now);
      if (from == Long.MAX_VALUE) {
        continue;
      }
      if (from >= last.epochMillis()) {
        books.mode(1, Long.MIN_VALUE);
        account.untail(old, books);
        account.tail(now, books);
      } else if (!mend(entry.getKey(), List.of(), old, now, from, history, books)) {
        books.count(window, SiteAmount.REFUSED_LATE, 1);
        mendWhatCanBe(entry.getKey(), old, now, history, books);
      }
    }
    books.compact();
    return true;
  }

  private static Point lastOf(DeviceAccount account) {
    return requireNonNull(account.last(), "a device without a reading");
  }

  private Shares sharesOf(Device device) {
    return shares.computeIfAbsent(device.id(), _ -> allocations.sharesOf(device));
  }

  // ---- corrections

  /**
   * Books again what changes by points that came late or by other shares.
   *
   * @param from the time of the first change
   * @return false if the history does not reach back that far; then nothing was booked
   */
  private boolean mend(
      String id,
      Collection<Point> news,
      Shares old,
      Shares now,
      long from,
      History history,
      Increments books) {
    DeviceAccount account = requireNonNull(devices.get(id), id);
    long nearby = from - NEARBY_MILLIS;
    // a reading arrives no earlier than futureMillis before its own time
    NavigableMap<Long, Point> points =
        pointsOf(id, history.arrivedSince(nearby - limits.futureMillis())).tailMap(nearby, true);
    Start start = start(points, from);
    if (start.anchor == null) {
      points = pointsOf(id, history.arrivedSince(Long.MIN_VALUE));
      start = start(points, from);
      boolean whole = !points.isEmpty() && points.firstKey() <= account.firstMillis();
      if (start.anchor == null && !whole) {
        return false;
      }
    }
    rebook(id, points, news, old, now, start, books);
    return true;
  }

  /** Applies new shares as far back as the history reaches. */
  private void mendWhatCanBe(String id, Shares old, Shares now, History history, Increments books) {
    NavigableMap<Long, Point> points = pointsOf(id, history.arrivedSince(Long.MIN_VALUE));
    DeviceAccount account = requireNonNull(devices.get(id), id);
    if (points.isEmpty()) {
      account.untail(old, books);
      account.tail(now, books);
      return;
    }
    long window = limits.windowOf(points.firstKey()) + limits.windowMillis();
    Point anchor = points.firstEntry().getValue();
    var before = points.lowerEntry(window);
    rebook(
        id,
        points,
        List.of(),
        old,
        now,
        new Start(window, before == null ? anchor : before.getValue()),
        books);
  }

  /** From which window on to book, and the point from which to integrate; null: from the first. */
  private record Start(long window, @Nullable Point anchor) {}

  private Start start(NavigableMap<Long, Point> points, long from) {
    var touched = points.lowerEntry(from);
    if (touched == null) {
      return new Start(Long.MIN_VALUE, null);
    }
    // what lies between this point and the change is booked anew, and whole windows at a time
    long window = limits.windowOf(touched.getKey());
    var anchor = points.lowerEntry(window);
    return new Start(window, anchor == null ? null : anchor.getValue());
  }

  private void rebook(
      String id,
      NavigableMap<Long, Point> points,
      Collection<Point> news,
      Shares old,
      Shares now,
      Start start,
      Increments books) {
    long firstMillis = requireNonNull(devices.get(id), id).firstMillis();
    books.mode(-1, start.window);
    run(points, start, old, books);
    NavigableMap<Long, Point> all = new TreeMap<>(points);
    news.forEach(point -> all.put(point.epochMillis(), point));
    books.mode(1, start.window);
    DeviceAccount mended = run(all, start, now, books);
    books.mode(1, Long.MIN_VALUE);
    mended.firstMillis(Math.min(firstMillis, all.firstKey()));
    devices.put(id, mended);
  }

  private DeviceAccount run(
      NavigableMap<Long, Point> points, Start start, Shares ofDevice, Increments books) {
    DeviceAccount account = new DeviceAccount(limits);
    Collection<Point> toBook = points.values();
    if (start.anchor != null) {
      account.startAt(start.anchor);
      toBook = points.tailMap(start.anchor.epochMillis(), false).values();
    }
    for (Point point : toBook) {
      account.advance(point, ofDevice, books);
    }
    account.tail(ofDevice, books);
    return account;
  }

  private NavigableMap<Long, Point> pointsOf(String id, List<Arrival> arrivals) {
    TreeMap<Long, Point> points = new TreeMap<>();
    for (Arrival arrival : arrivals) {
      for (DeviceSeries series : arrival.devices()) {
        if (series.device().id().equals(id)) {
          reader
              .read(series, arrival.arrivalEpochMillis(), PointReader.SILENT)
              .forEach(point -> points.put(point.epochMillis(), point));
        }
      }
    }
    return points;
  }

  private static long firstOf(Collection<Point> points) {
    return points.iterator().next().epochMillis();
  }

  private void count(List<DeviceSeries> series, SiteAmount amount, Increments books) {
    for (DeviceSeries one : series) {
      for (long time : one.readings().epochMillis()) {
        books.count(limits.windowOf(time), amount, 1);
      }
    }
  }

  /** The rows of a series that come after a time. */
  private static DeviceSeries after(DeviceSeries series, long epochMillis) {
    Readings all = series.readings();
    int[] rows =
        IntStream.range(0, all.size())
            .filter(row -> all.epochMillis()[row] > epochMillis)
            .toArray();
    return new DeviceSeries(
        series.device(),
        new Readings(
            pick(all.epochMillis(), rows),
            pick(all.powerMilliwatts(), rows),
            pick(all.energyMicrojoules(), rows),
            pick(all.utilisationParts(), rows),
            pick(all.usedBytes(), rows),
            pick(all.readBytes(), rows),
            pick(all.writtenBytes(), rows)));
  }

  private static long[] pick(long[] column, int[] rows) {
    return column.length == 0
        ? column
        : Arrays.stream(rows).mapToLong(row -> column[row]).toArray();
  }

  // ---- state

  /** Writes the account, as {@link #read} reads it. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    seen.write(out);
    List<AllocationEdge> edges = allocations.edges();
    out.writeInt(edges.size());
    for (AllocationEdge edge : edges) {
      out.writeUTF(edge.job());
      out.writeBoolean(edge.hold());
      out.writeLong(edge.atEpochMillis());
      out.writeShort(edge.deviceParts().size());
      for (Map.Entry<String, Integer> share : new TreeMap<>(edge.deviceParts()).entrySet()) {
        out.writeUTF(share.getKey());
        out.writeShort(share.getValue());
      }
      out.writeShort(edge.memoryParts());
      out.writeShort(edge.storageParts());
      out.writeShort(edge.cpuParts());
      out.writeShort(edge.nodeParts());
      out.writeInt(edge.gpusOnNode());
      out.writeLong(edge.arrivalEpochMillis());
    }
    out.writeInt(devices.size());
    for (DeviceAccount device : devices.values()) {
      device.write(out);
    }
  }

  /**
   * Reads an account.
   *
   * @throws IOException if it was written in a format that this release does not know
   */
  public static NodeAccount read(DataInput in, Limits limits) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "a node's account of format " + format + "; this release knows " + FORMAT);
    }
    NodeAccount account = new NodeAccount(limits);
    account.seen = SeenBatches.read(in);
    int edges = in.readInt();
    for (int i = 0; i < edges; i++) {
      String job = in.readUTF();
      boolean hold = in.readBoolean();
      long at = in.readLong();
      Map<String, Integer> parts = new HashMap<>();
      int shares = in.readShort();
      for (int j = 0; j < shares; j++) {
        parts.put(in.readUTF(), (int) in.readShort());
      }
      account.allocations.add(
          new AllocationEdge(
              job,
              hold,
              at,
              parts,
              in.readShort(),
              in.readShort(),
              in.readShort(),
              in.readShort(),
              in.readInt(),
              in.readLong()));
    }
    int devices = in.readInt();
    for (int i = 0; i < devices; i++) {
      DeviceAccount device = DeviceAccount.read(in, limits);
      account.devices.put(lastOf(device).device().id(), device);
    }
    return account;
  }
}
