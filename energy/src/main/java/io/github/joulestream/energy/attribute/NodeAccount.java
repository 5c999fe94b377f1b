// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The books of one node: takes readings and allocations in whatever order they arrive, and books
 * what each adds to the amounts of jobs and of the site. After any order, any batching and any
 * repeats of the same records the sums are the same.
 *
 * <p>Records in the order of time are booked as they arrive. A record of the past (a reading before
 * the last one, an allocation edge before it) is booked as a correction: the windows it changes
 * once more as they were, with a minus, and as they are now, with a plus; for this the readings of
 * the last hour are looked up in the {@link History}.
 *
 * <p>This class takes records and keeps their order; the rules are in {@link DeviceAccount} (energy
 * of a device), {@link Corrections}, {@link ContainerRules}, {@link Allocations} and {@link
 * SlowPath} (readings that are not regular).
 *
 * <p>Mutable; one thread.
 */
public final class NodeAccount {
  final Limits limits;
  final SampleReader reader;
  final Allocations allocations;
  final NodeDevices devices;
  final UnmeasuredDevices unmeasured;
  final Containers containers = new Containers();
  final Corrections corrections;
  private final ContainerRules containerRules;
  private final StatusRules statuses;
  private SeenBatches seen = new SeenBatches();
  // time of the newest reading of any device
  private long newestMillis = Long.MIN_VALUE;
  private long nextExpiryMillis = Long.MAX_VALUE;
  // when the last record arrived
  private long receivedMillis = Long.MIN_VALUE;
  private long nextForgettingMillis = Long.MIN_VALUE;

  public NodeAccount(Limits limits, Calibration calibration) {
    this.limits = requireNonNull(limits, "limits is null");
    this.reader = new SampleReader(limits, requireNonNull(calibration, "calibration is null"));
    this.allocations = new Allocations(limits);
    this.devices = new NodeDevices(limits, new Scratch(limits, calibration), allocations);
    this.unmeasured = new UnmeasuredDevices(limits, allocations, devices);
    this.corrections = new Corrections(limits, reader, devices);
    this.containerRules = new ContainerRules(limits, allocations, devices, containers, corrections);
    this.statuses = new StatusRules(limits, devices, unmeasured, containers);
  }

  /** An account that calibrates no sensor. */
  public NodeAccount(Limits limits) {
    this(limits, Calibration.NONE);
  }

  /** The batches that were received. */
  SeenBatches seen() {
    return seen;
  }

  /** Time of the newest reading of any device; {@code Long.MIN_VALUE} if there is none. */
  public long newestMillis() {
    return newestMillis;
  }

  /**
   * The power of the node by the latest readings of its devices; null if there are none. A device
   * that no longer reports counts with its last reading, for a minute or for as long as it is used
   * to be silent.
   *
   * @param name the node's name
   * @param withGpus whether to list its GPUs
   * @param withCapacity whether to state its memory, storage and GPUs
   */
  public @Nullable NodePower powerNow(String name, boolean withGpus, boolean withCapacity) {
    return newestMillis == Long.MIN_VALUE
        ? null
        : PowerSnapshot.of(name, devices, containers, newestMillis, withGpus, withCapacity);
  }

  // ---- readings

  /** Takes readings; what they add is booked in {@code books}. */
  public Outcome accept(
      long agentEpoch, long sequence, Arrival arrived, History history, Increments books) {
    ReadingColumns batch = new ReadingColumns();
    arrived.devices().forEach(batch::add);
    return accept(
        agentEpoch,
        sequence,
        ContentHash.of(batch),
        arrived.arrivalEpochMillis(),
        batch,
        history,
        books);
  }

  /**
   * Takes readings by column; what they add is booked in {@code books}. Allocates nothing while all
   * of them are regular and the batches of the node have the same devices.
   *
   * @param content the same number for a batch that is received again, and another, but once in
   *     four billion times, for a batch with other content
   */
  public Outcome accept(
      long agentEpoch,
      long sequence,
      int content,
      long arrivalEpochMillis,
      ReadingColumns batch,
      History history,
      Increments books) {
    books.containers(containers);
    books.countAll();
    receivedMillis = Math.max(receivedMillis, arrivalEpochMillis);
    if (arrivalEpochMillis >= nextForgettingMillis) {
      forgetDevices(arrivalEpochMillis);
    }
    DeviceSlots slots = devices.slots();
    if (!slots.areOf(batch)) {
      if (MigInstances.anyIn(batch)) {
        ReadingColumns merged = new ReadingColumns();
        List<DeviceSeries> gpus = MigInstances.merged(batch.series());
        gpus.forEach(merged::add);
        MigInstances.mergeStatuses(batch, merged);
        Outcome outcome =
            accept(agentEpoch, sequence, content, arrivalEpochMillis, merged, history, books);
        return outcome.complete() ? outcome.keeping(gpus) : outcome;
      }
      slots = devices.newSlots(batch);
      containerRules.note(batch, history);
    }
    long latestGiven = batch.latestMillis(arrivalEpochMillis + limits.futureMillis());
    SeenBatches.Kind kind =
        seen.add(
            agentEpoch,
            sequence,
            content == RecentContents.UNKNOWN ? 1 : content,
            latestGiven,
            arrivalEpochMillis);
    if (kind == SeenBatches.Kind.REPEATED) {
      count(batch, arrivalEpochMillis, SiteAmount.REPEATED_READINGS, new SumRoom(books), books);
      return Outcome.REPEATED;
    }
    SumRoom room = new SumRoom(books);
    boolean rival = kind == SeenBatches.Kind.RIVAL;
    slots.findRegular(batch, agentEpoch, arrivalEpochMillis, rival);
    SlowPath slowPath = null;
    long oldestMillis = Long.MAX_VALUE;
    long latestMillis = Long.MIN_VALUE;
    for (int d = 0; d < batch.size(); d++) {
      int from = batch.first(d);
      int to = batch.first(d + 1);
      if (from == to) {
        continue;
      }
      DeviceAccount regular = slots.regular(d);
      if (regular != null && !room.isSpent()) {
        Device device = batch.device(d);
        regular.takeRegular(batch, device, from, to, devices.sharesOf(regular, device), books);
        oldestMillis = Math.min(oldestMillis, batch.epochMillis()[from]);
        latestMillis = Math.max(latestMillis, batch.epochMillis()[to - 1]);
        newestMillis = Math.max(newestMillis, batch.epochMillis()[to - 1]);
        continue;
      }
      if (slowPath == null) {
        slowPath =
            new SlowPath(
                this,
                new SlowPath.Batch(batch, agentEpoch, arrivalEpochMillis, rival),
                history,
                books,
                room);
      }
      DeviceSeries series = batch.series(d);
      List<Sample> samples = slowPath.read(series);
      if (samples.isEmpty()) {
        continue;
      }
      oldestMillis = Math.min(oldestMillis, samples.getFirst().epochMillis());
      latestMillis = Math.max(latestMillis, samples.getLast().epochMillis());
      newestMillis = Math.max(newestMillis, slowPath.take(series, samples));
    }
    books.countAll();
    count(batch, arrivalEpochMillis, SiteAmount.READINGS, room, books);
    Outcome outcome = slowPath == null ? Outcome.TAKEN : slowPath.outcome();
    outcome = statuses.book(batch, arrivalEpochMillis, room, outcome, books);
    if (oldestMillis <= latestMillis) {
      if (seen.rivals(agentEpoch, oldestMillis, latestMillis) || rival) {
        books.count(limits.windowOf(latestMillis), SiteAmount.RIVAL_AGENT_BATCHES, 1);
      }
      corrections.noteBatch(latestGiven - oldestMillis);
      devices.bookMeters(newestMillis, books);
      followUp(batch, arrivalEpochMillis, outcome, history, books);
    }
    return outcome;
  }

  /** Books what follows from a batch for its containers and for allocations that expire. */
  private void followUp(
      ReadingColumns batch,
      long arrivalEpochMillis,
      Outcome outcome,
      History history,
      Increments books) {
    boolean due = containerRules.isDue(newestMillis);
    if (!due && newestMillis < nextExpiryMillis) {
      return;
    }
    // the batch is booked, so it belongs to the history
    History withBatch =
        (from, to) ->
            CachedHistory.with(
                    history, outcome.kept(new Arrival(arrivalEpochMillis, batch.series())))
                .read(from, to);
    if (due) {
      containerRules.correct(corrections.cached(withBatch), arrivalEpochMillis, books);
    }
    if (newestMillis >= nextExpiryMillis) {
      for (AllocationEdge end : allocations.expired(newestMillis, arrivalEpochMillis)) {
        take(end, corrections.cached(withBatch), books);
      }
    }
  }

  private void count(
      ReadingColumns batch,
      long arrivalEpochMillis,
      SiteAmount amount,
      SumRoom room,
      Increments books) {
    long[] times = batch.epochMillis();
    int row = 0;
    while (row < batch.rows()) {
      if (room.isSpent()) {
        books.count(limits.windowOf(arrivalEpochMillis), amount, batch.rows() - row);
        return;
      }
      long window = limits.windowOf(limits.bookable(times[row], arrivalEpochMillis));
      int first = row;
      while (row < batch.rows()
          && limits.windowOf(limits.bookable(times[row], arrivalEpochMillis)) == window) {
        row++;
      }
      books.count(window, amount, row - first);
    }
  }

  // ---- allocations

  /** Takes an allocation edge; false if it was known. */
  public boolean accept(AllocationEdge edge, History history, Increments books) {
    books.containers(containers);
    books.countAll();
    forgetEnded(edge);
    receivedMillis = Math.max(receivedMillis, edge.arrivalEpochMillis());
    SiteAmount refusal = allocations.refusal(edge);
    if (refusal != null) {
      books.count(limits.windowOf(edge.arrivalEpochMillis()), refusal, 1);
      return false;
    }
    return take(edge, corrections.cached(history), books);
  }

  private void forgetEnded(AllocationEdge edge) {
    if (allocations.forgetEndedBefore(edge.arrivalEpochMillis() - 2 * limits.horizonMillis())) {
      devices.forgetShares();
    }
  }

  /**
   * Why an edge is refused, or null if it is not: {@link #accept} would count it and book nothing.
   */
  public @Nullable String refusal(AllocationEdge edge) {
    forgetEnded(edge);
    SiteAmount refusal = allocations.refusal(edge);
    if (refusal == null) {
      return null;
    }
    String noRoom = allocations.noRoomFor(edge);
    return "%s: an allocation of job %s at %d, which arrived at %d%s"
        .formatted(
            SampleReader.text(refusal),
            Bounds.shown(edge.job()),
            edge.atEpochMillis(),
            edge.arrivalEpochMillis(),
            noRoom == null ? "" : "; of a node is kept at most: " + noRoom);
  }

  private boolean take(AllocationEdge edge, CachedHistory history, Increments books) {
    Map<String, Shares> before = new HashMap<>();
    devices
        .byKey()
        .forEach((key, account) -> before.put(key, devices.sharesOf(account, account.device())));
    List<Shares> ofContainers = containerRules.shares();
    Map<String, Shares> ofUnmeasured = unmeasured.shares();
    Allocations.Change allocated = allocations.add(edge);
    if (allocated == null) {
      return false;
    }
    nextExpiryMillis = allocations.nextExpiry();
    devices.forgetShares();
    books.countAll();
    if (edge.by() != AllocationEdge.By.LIMIT) {
      books.count(limits.windowOf(edge.atEpochMillis()), SiteAmount.ALLOCATION_EVENTS, 1);
    }
    count(allocated.before(), -1, books);
    count(allocated.after(), 1, books);
    allocated.placed().forEach(books.placements()::note);
    for (Map.Entry<String, DeviceAccount> entry : devices.byKey().entrySet()) {
      Shares old = requireNonNull(before.get(entry.getKey()), "old shares");
      correctShares(entry.getKey(), entry.getValue(), old, edge, history, books);
    }
    books.countAll();
    containerRules.correctShares(ofContainers, books);
    unmeasured.correctShares(ofUnmeasured, books);
    if (containerRules.isDue(newestMillis)) {
      containerRules.correct(history, edge.arrivalEpochMillis(), books);
    }
    return true;
  }

  /** Books the shares of a device as they are since an edge. */
  private void correctShares(
      String key,
      DeviceAccount account,
      Shares before,
      AllocationEdge edge,
      CachedHistory history,
      Increments books) {
    Shares now = devices.sharesOf(account, account.device());
    Corrections.Change change = Corrections.Change.ofShares(before, now);
    if (change == null) {
      return;
    }
    if (change.from() >= account.lastMillis()) {
      books.countAll();
      account.rebookTail(before, now, change.from(), books);
    } else if (!corrections.correct(key, change, edge.arrivalEpochMillis(), history, books)) {
      books.count(limits.windowOf(edge.atEpochMillis()), SiteAmount.REFUSED_LATE, 1);
      corrections.correctWhatIsPossible(key, change, history, books);
    }
  }

  private void count(Map<String, Allocations.Stay> stays, int sign, Increments books) {
    stays.forEach((job, stay) -> {
      books.count(limits.windowOf(stay.heldAt()), job, JobAmount.NODES_HELD, sign);
      JobAmount end = stay.end();
      if (end != null) {
        // the last window in which it held something: a window that begins at the end is not its
        long last = Math.max(stay.heldAt(), stay.endAt() - 1);
        books.count(limits.windowOf(last), job, end, sign);
      }
    });
    devices.bookNeverSeen(stays, sign, books);
  }

  // ---- what no longer reports

  /**
   * True if nothing was received of the node for so long, five weeks, that nothing of it can be
   * corrected any more and no job holds anything of it: then it need not be kept.
   */
  public boolean isForgettable(long nowEpochMillis) {
    return DeviceRoom.isForgotten(receivedMillis, nowEpochMillis) && !allocations.anyOpen();
  }

  private void forgetDevices(long nowMillis) {
    nextForgettingMillis = nowMillis + DeviceRoom.FORGET_INTERVAL_MILLIS;
    List<Device> gone = new ArrayList<>();
    devices.addForgettable(nowMillis, gone);
    unmeasured.addForgettable(nowMillis, gone);
    // a device that a job was given by name is booked once, by its account or as never seen
    gone.removeIf(device -> allocations.isNamed(device.id()));
    if (!gone.isEmpty()) {
      unmeasured.forget(gone);
      devices.forget(gone, unmeasured);
    }
  }

  // ---- state

  /** The format of what {@link #write} writes. */
  public static StateFormat format() {
    return NodeFormats.CURRENT;
  }

  /** Writes the account, as {@link #read} reads it. */
  public void write(DataOutput out) throws IOException {
    StateWriter state = new StateWriter();
    int began = state.begin();
    seen.write(state);
    state.writeLong(newestMillis);
    state.writeLong(corrections.longestBatchMillis());
    state.writeLong(receivedMillis);
    state.end(began);

    began = state.begin();
    allocations.write(state);
    state.end(began);

    began = state.begin();
    devices.write(state);
    state.end(began);

    began = state.begin();
    containers.write(state);
    state.end(began);

    began = state.begin();
    unmeasured.write(state);
    state.end(began);
    NodeFormats.CURRENT.write(out);
    state.to(out);
  }

  /**
   * Reads an account.
   *
   * @throws UnknownStateFormatException if it was written in a format that this release does not
   *     read
   * @throws IOException if it is damaged
   */
  public static NodeAccount read(DataInput in, Limits limits, Calibration calibration)
      throws IOException {
    int format = NodeFormats.read(in);
    StateReader state =
        format > NodeFormats.WITHOUT_SECTIONS
            ? StateReader.of(in, format)
            : StateReader.ofOld(in, format);
    try {
      NodeAccount account = new NodeAccount(limits, calibration);
      account.read(state);
      return account;
    } catch (RuntimeException e) {
      // what is written is checked where it is made; an older release may have accepted more
      throw new IOException("a node's account that cannot be: " + e.getMessage(), e);
    }
  }

  private void read(StateReader in) throws IOException {
    int end = in.begin();
    seen = SeenBatches.read(in);
    newestMillis = in.readLong();
    corrections.noteBatch(in.readLong());
    boolean withTimes = in.format() > NodeFormats.WITHOUT_SECTIONS;
    receivedMillis = withTimes ? in.readLong() : Math.max(seen.arrivedMillis(), newestMillis);
    in.end(end, "batches");

    end = in.begin();
    allocations.read(in);
    // a node of which only allocations were received has no other time
    receivedMillis =
        withTimes ? receivedMillis : Math.max(receivedMillis, allocations.lastArrivalMillis());
    nextExpiryMillis = allocations.nextExpiry();
    in.end(end, "allocations");

    end = in.begin();
    devices.read(in, receivedMillis);
    devices.resumeMeters(newestMillis);
    in.end(end, "devices");

    end = in.begin();
    if (in.format() > NodeFormats.WITHOUT_CONTAINERS) {
      containers.read(in, limits);
    } else {
      containerRules.addUnwritten(newestMillis);
    }
    in.end(end, "containers");

    end = in.begin();
    unmeasured.read(in, receivedMillis);
    in.end(end, "devices without energy");
    in.end();
  }
}
