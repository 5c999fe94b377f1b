// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.ReadingColumns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books of a node in agreement with its {@link Containers}: finds which devices contain
 * others, corrects windows in which another level of devices counts in the total than was booked,
 * and books the time of containers that report nothing as uncovered. Mutable; owned by the {@link
 * NodeAccount}.
 */
final class ContainerRules {
  private final Limits limits;
  private final Allocations allocations;
  private final NodeDevices devices;
  private final Containers containers;
  private final Corrections corrections;

  ContainerRules(
      Limits limits,
      Allocations allocations,
      NodeDevices devices,
      Containers containers,
      Corrections corrections) {
    this.limits = limits;
    this.allocations = allocations;
    this.devices = devices;
    this.containers = containers;
    this.corrections = corrections;
  }

  // ---- which devices contain others

  /** Takes note of what the devices of a batch are contained in, before they are booked. */
  void note(ReadingColumns batch, History history) {
    for (int d = 0; d < batch.size(); d++) {
      Device device = batch.device(d);
      DeviceKind kind = Containers.containerOf(device);
      if (kind == null) {
        continue;
      }
      Container container = containerOf(kind, history);
      if (device.kind() == kind) {
        container.know(device.id());
      }
      // what is contained in something is contained in the node
      containerOf(DeviceKind.NODE, history);
    }
  }

  private Container containerOf(DeviceKind kind, History history) {
    Container container = containers.of(kind);
    if (container == null) {
      container = newContainer(kind, history);
      containers.put(container);
    }
    return container;
  }

  /** Finds the energy of devices of this kind so far; it counted, for nothing contained them. */
  private Container newContainer(DeviceKind kind, History history) {
    List<DeviceAccount> ofKind = devices.ofKind(kind);
    Container container =
        new Container(
            kind, limits.windowMillis(), ofKind.isEmpty() ? Container.COMPONENTS : Container.TOP);
    if (ofKind.isEmpty()) {
      return container;
    }
    Containers alone = new Containers();
    alone.put(container);
    Increments unused = new Increments();
    unused.begin(); // so that it has a bound
    unused.containers(alone);
    CachedHistory known = corrections.cached(history);
    for (DeviceAccount account : ofKind) {
      String key = NodeDevices.keyOf(account.device());
      var samples = known.samplesOf(key, Long.MIN_VALUE, Long.MAX_VALUE);
      if (samples.isEmpty() || samples.firstKey() > account.firstMillis()) {
        container.since(
            limits.windowOf(
                samples.isEmpty() ? account.lastMillis() : Corrections.earliestStart(samples)));
      }
      Shares shares = devices.sharesOf(account, account.device());
      corrections.run(corrections.replayOfAll(samples), shares, unused);
    }
    return container;
  }

  /**
   * Containers of a node whose state was written before they were kept: contained devices never
   * counted, and in the windows that are booked it stays so.
   *
   * @param newestMillis time of the newest reading of any device
   */
  void addUnwritten(long newestMillis) {
    for (DeviceAccount account : devices.all()) {
      DeviceKind kind = Containers.containerOf(account.device());
      for (DeviceKind around :
          kind == null ? List.<DeviceKind>of() : List.of(kind, DeviceKind.NODE)) {
        if (containers.of(around) == null) {
          Container container = new Container(around, limits.windowMillis(), Container.TOP);
          container.since(limits.windowOf(newestMillis) + limits.windowMillis());
          containers.put(container);
        }
      }
    }
  }

  // ---- windows in which another level counts

  /**
   * True if something has changed that may change what counts in the total.
   *
   * @param newestMillis time of the newest reading of any device
   */
  boolean isDue(long newestMillis) {
    boolean due = false;
    for (int i = 0; i < containers.all().size(); i++) {
      Container container = containers.all().get(i);
      boolean known = false;
      long lastMillis = Long.MIN_VALUE;
      long expectedFrom = Long.MIN_VALUE;
      List<DeviceAccount> ofKind = devices.ofKind(container.kind());
      for (int j = 0; j < ofKind.size(); j++) {
        DeviceAccount account = ofKind.get(j);
        if (account.device().containedIn() == container.kind()) {
          continue;
        }
        known = true;
        lastMillis = Math.max(lastMillis, account.lastMillis());
        if (isExpected(account, container, newestMillis)) {
          expectedFrom = Math.max(expectedFrom, lastWindowOf(account) + limits.windowMillis());
        }
      }
      due |=
          container.look(
              known,
              lastMillis == Long.MIN_VALUE ? lastMillis : limits.windowOf(lastMillis),
              expectedFrom == Long.MIN_VALUE ? Long.MAX_VALUE : expectedFrom);
    }
    return due;
  }

  private long lastWindowOf(DeviceAccount account) {
    return limits.windowOf(account.lastMillis() - 1);
  }

  /** True if a container had energy when it was last read, and that is not long ago for it. */
  private boolean isExpected(DeviceAccount account, Container container, long newestMillis) {
    return account.lastMillis() >= newestMillis - account.patienceMillis()
        && container.hasEnergy(lastWindowOf(account));
  }

  /** Corrects windows in which another level counts now, and the time of silent containers. */
  void correct(CachedHistory history, long arrivalEpochMillis, Increments books) {
    for (Container container : containers.all()) {
      long least = Long.MIN_VALUE;
      for (var flip = container.flip(least); flip != null; flip = container.flip(least)) {
        long reached = correct(container, flip, arrivalEpochMillis, history, books);
        if (reached <= flip.from()) {
          break;
        }
        least = reached;
      }
      books.countAll();
      Shares shares = sharesOf(container);
      container.silences((window, sign) -> bookSilence(window, shares, sign, books));
      container.settled();
    }
  }

  /**
   * Books the windows of a flip again, of all devices or of none.
   *
   * @return the window from which on this is possible; nothing was booked if the flip is earlier
   */
  private long correct(
      Container container,
      Container.Flip flip,
      long arrivalEpochMillis,
      CachedHistory history,
      Increments books) {
    long reached = Long.MIN_VALUE;
    Map<String, Corrections.Replay> replays = new LinkedHashMap<>();
    for (Map.Entry<String, DeviceAccount> entry : devices.byKey().entrySet()) {
      String key = entry.getKey();
      DeviceAccount account = entry.getValue();
      if (account.lastMillis() < flip.from() || account.device().kind().isSiteMeter()) {
        continue;
      }
      long end = corrections.endOfChange(key, flip.to(), history);
      Corrections.Replay replay =
          corrections.replay(key, flip.from(), end, true, arrivalEpochMillis, history);
      if (replay == null) {
        var samples = history.samplesOf(key, Long.MIN_VALUE, Long.MAX_VALUE);
        long known = samples.isEmpty() ? account.lastMillis() : Corrections.earliestStart(samples);
        reached =
            Math.max(
                Math.max(reached, flip.from() + Limits.MAX_RULE_LOOKAROUND_MILLIS),
                limits.windowOf(known) + limits.windowMillis());
      } else {
        replays.put(key, replay);
      }
    }
    if (reached > flip.from()) {
      return reached;
    }
    Timeline before = container.counting();
    for (Map.Entry<String, DeviceAccount> entry : devices.byKey().entrySet()) {
      DeviceAccount account = entry.getValue();
      Corrections.Replay replay = replays.get(entry.getKey());
      container.counting(before);
      books.restrictTo(-1, flip.from(), flip.to());
      bookAgain(account, replay, books);
      container.counting(flip.counting());
      books.restrictTo(1, flip.from(), flip.to());
      bookAgain(account, replay, books);
    }
    return flip.from();
  }

  private void bookAgain(
      DeviceAccount account, Corrections.@Nullable Replay replay, Increments books) {
    Shares shares = devices.sharesOf(account, account.device());
    if (replay != null) {
      corrections.run(replay, shares, books);
    } else {
      account.repeatTail(shares, books);
    }
  }

  // ---- containers that report nothing

  /** The shares that jobs hold of a container, whether a device reports it or not. */
  private Shares sharesOf(Container container) {
    return allocations.sharesOf(Device.sensor("any", container.kind()));
  }

  /** The shares that jobs hold of each container. */
  List<Shares> shares() {
    return containers.all().stream().map(this::sharesOf).toList();
  }

  /**
   * Books the time of silent containers by other shares.
   *
   * @param before the shares as they were booked, of each container
   */
  void correctShares(List<Shares> before, Increments books) {
    for (int i = 0; i < before.size(); i++) {
      Container container = containers.all().get(i);
      Shares old = before.get(i);
      Shares now = sharesOf(container);
      long from = Shares.firstDifference(old, now);
      if (from == Long.MAX_VALUE) {
        continue;
      }
      long to = Shares.lastDifference(old, now);
      container.booked(from, to, (window, sign) -> bookSilence(window, old, sign, books), -1);
      container.booked(from, to, (window, sign) -> bookSilence(window, now, sign, books), 1);
    }
  }

  /** Books a window in which a container was silent as uncovered. */
  private void bookSilence(long window, Shares shares, int sign, Increments books) {
    long end = window + limits.windowMillis();
    for (int span = shares.spanAt(window);
        span < shares.spans() && shares.spanStart(span) < end;
        span++) {
      long millis = Math.min(end, shares.spanEnd(span)) - Math.max(window, shares.spanStart(span));
      Shares.Holders holders = shares.holders(span);
      books.silent(window, sign * millis);
      for (int i = 0; i < holders.jobs().size(); i++) {
        long basisPoints = (long) holders.weights()[i] * Shares.WHOLE / holders.weightSum();
        books.jobSilent(window, holders.jobs().get(i), sign * millis, basisPoints);
      }
    }
  }
}
