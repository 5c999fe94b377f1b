// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.SiteAmount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the readings of a batch that are not regular: of new devices, late or repeated, refused, of
 * a second source, or of a device that the batch names twice. Mutable; used for one batch.
 */
final class SlowPath {
  private final NodeAccount node;
  private final NodeDevices devices;
  private final Limits limits;
  private final SampleReader reader;
  private final Batch batch;
  private final History history;
  private final CachedHistory lookUp;
  private final Increments books;
  private final SumRoom room;
  private final List<String> refusals = new ArrayList<>();
  // of a batch that names a device twice: what of it is booked already
  private final List<DeviceSeries> booked = new ArrayList<>();
  // what of the batch belongs into the history, where that is not all of it
  private @Nullable List<DeviceSeries> kept;

  /**
   * A batch.
   *
   * @param rival true if another batch had its number: of a time that is known it adds nothing
   */
  record Batch(ReadingColumns columns, long agentEpoch, long arrivalEpochMillis, boolean rival) {}

  SlowPath(NodeAccount node, Batch batch, History history, Increments books, SumRoom room) {
    this.node = node;
    this.devices = node.devices;
    this.limits = node.limits;
    this.reader = node.reader;
    this.batch = batch;
    this.history = history;
    this.lookUp = node.corrections.cached(history);
    this.books = books;
    this.room = room;
  }

  /** The usable readings of a device as samples; the others are refused. */
  List<Sample> read(DeviceSeries series) {
    books.countAll();
    if (isRefused(series)) {
      return List.of();
    }
    long arrived = batch.arrivalEpochMillis;
    SampleReader.Refusals counted = reader.into(books, arrived, series, refusals);
    return reader.read(
        series,
        arrived,
        new SampleReader.Refusals() {
          @Override
          public void refused(Device device, int row, SiteAmount reason, long value) {
            counted.refused(device, row, reason, value);
          }

          @Override
          public void empty(Device device, long epochMillis) {
            node.unmeasured.note(device, limits.windowOf(epochMillis), arrived, books);
          }
        });
  }

  /** True if the device is one more than are kept of a node; then its readings are refused. */
  private boolean isRefused(DeviceSeries series) {
    Device device = series.device();
    String key = NodeDevices.keyOf(device);
    DeviceAccount account = devices.find(key);
    Unmeasured unmeasured = node.unmeasured.find(key);
    String over =
        DeviceRoom.overWith(
            device,
            account != null ? account.device() : unmeasured != null ? unmeasured.device() : null,
            devices.all(),
            node.unmeasured.all(),
            node.containers);
    if (over == null) {
      return false;
    }
    int rows = series.readings().size();
    books.count(limits.windowOf(batch.arrivalEpochMillis), SiteAmount.REFUSED_OVER_STATE, rows);
    refusals.add(
        "refused over state: %d readings of %s; of a node is kept at most: %s"
            .formatted(rows, Bounds.shown(device.id()), over));
    keep(series, null);
    return true;
  }

  /** Takes the samples of one device; returns the time of the last that was not refused. */
  long take(DeviceSeries series, List<Sample> samples) {
    CachedHistory known =
        booked.isEmpty()
            ? lookUp
            : node.corrections.cached(
                CachedHistory.with(history, new Arrival(batch.arrivalEpochMillis, booked)));
    List<Sample> uncontested = withinRoom(series, uncontested(series, samples, known));
    DeviceSeries rest =
        uncontested.size() == samples.size() ? null : reader.only(series, uncontested);
    if (!uncontested.isEmpty()) {
      for (Sample sample : uncontested) {
        if (sample.ahead()) {
          books.count(limits.windowOf(sample.epochMillis()), SiteAmount.CLOCK_AHEAD_READINGS, 1);
        }
      }
      String key = NodeDevices.keyOf(series.device());
      long before = node.unmeasured.firstUsable(key);
      DeviceSeries inTime = book(rest == null ? series : rest, uncontested, known);
      node.unmeasured.measuredSince(key, before, books);
      rest = inTime == null ? rest : inTime;
    }
    if (!devices.slots().areDistinct()) {
      booked.add(rest == null ? series : rest);
    }
    books.countAll();
    if (rest != null) {
      keep(series, rest.readings().size() > 0 ? rest : null);
    }
    return uncontested.isEmpty() ? Long.MIN_VALUE : uncontested.getLast().epochMillis();
  }

  /** Puts what is left of a series in its place among what belongs into the history. */
  private void keep(DeviceSeries series, @Nullable DeviceSeries rest) {
    List<DeviceSeries> all = kept == null ? batch.columns.series() : kept;
    all.remove(series);
    if (rest != null) {
      all.add(rest);
    }
    kept = all;
  }

  /** As many samples as the record has room for; the others are refused. */
  private List<Sample> withinRoom(DeviceSeries series, List<Sample> samples) {
    Device device = series.device();
    DeviceAccount account = devices.find(NodeDevices.keyOf(device));
    Shares shares =
        account == null ? node.allocations.sharesOf(device) : devices.sharesOf(account, device);
    long last = account == null ? DeviceAccount.NEVER : account.lastMillis();
    int within = room.samplesWithin(samples, last, shares, limits);
    if (within == samples.size()) {
      return samples;
    }
    int over = samples.size() - within;
    books.count(limits.windowOf(batch.arrivalEpochMillis), SiteAmount.REFUSED_OVER_STATE, over);
    refusals.add(
        "refused over state: %d readings of %s, the first of %d; a record adds %,d sums to the books at most"
            .formatted(over, device.id(), samples.get(within).epochMillis(), SumRoom.MAX_SUMS));
    return samples.subList(0, within);
  }

  // ---- several sources of one device

  /** The samples at whose time no other source reports the device; the others are refused. */
  private List<Sample> uncontested(DeviceSeries series, List<Sample> samples, CachedHistory known) {
    String key = NodeDevices.keyOf(series.device());
    Sources sources = devices.sourcesOf(key);
    DeviceAccount account = devices.find(key);
    if (account != null) {
      sources.extendTo(account.lastMillis());
    }
    int place = devices.slots().areDistinct() ? 0 : placeOf(series.device(), samples);
    Sources.Activity activity =
        epoch -> node.seen().arrivedMillis(epoch) >= batch.arrivalEpochMillis - Sources.WAKE_MILLIS;
    Conflicts conflicts = batch.rival ? new Conflicts(key, samples, known) : null;
    List<Sample> uncontested = new ArrayList<>(samples.size());
    for (Sample sample : samples) {
      if (batch.rival && conflicts != null && conflicts.isKnown(sample)) {
        conflicts.add(sample);
        continue;
      }
      if (!sources.isContested(batch.agentEpoch, place, sample.epochMillis(), activity)) {
        sources.note(batch.agentEpoch, place, sample.epochMillis());
        uncontested.add(sample);
        continue;
      }
      if (conflicts == null) {
        conflicts = new Conflicts(key, samples, known);
      }
      if (conflicts.isUnknown()) {
        uncontested.add(sample); // too late anyway, and refused as such
      } else {
        conflicts.add(sample);
      }
    }
    if (conflicts != null) {
      conflicts.addRefusal(series.device());
    }
    return uncontested;
  }

  /**
   * 0 if a batch names the device for the first time, or continues it (a counter that began anew is
   * another series); else how many series before this one are of it.
   */
  private int placeOf(Device device, List<Sample> samples) {
    String key = NodeDevices.keyOf(device);
    List<DeviceSeries> before =
        booked.stream().filter(of -> NodeDevices.keyOf(of.device()).equals(key)).toList();
    NavigableMap<Long, Sample> known = new TreeMap<>();
    boolean alike = true;
    for (DeviceSeries series : before) {
      alike &=
          series
              .device()
              .withCounter(device.counterEpoch(), device.counterWrapMicrojoules())
              .equals(device);
      reader
          .read(series, batch.arrivalEpochMillis, SampleReader.SILENT)
          .forEach(sample -> known.put(sample.epochMillis(), sample));
    }
    if (known.isEmpty()) {
      return 0;
    }
    boolean contradicts =
        samples.stream()
            .filter(sample ->
                sample.epochMillis() >= known.firstKey() && sample.epochMillis() <= known.lastKey())
            .anyMatch(sample -> !sample.hasSameValuesAs(known.get(sample.epochMillis())));
    return alike && !contradicts ? 0 : before.size();
  }

  /** Samples of one device at whose time another source reports it. */
  private final class Conflicts {
    private final NavigableMap<Long, Sample> known;
    private final List<Sample> refused = new ArrayList<>();

    Conflicts(String key, List<Sample> samples, CachedHistory history) {
      long gap = limits.longGapMillis();
      known =
          history.samplesOf(
              key, samples.getFirst().epochMillis() - gap, samples.getLast().epochMillis() + gap);
    }

    boolean isUnknown() {
      return known.isEmpty();
    }

    boolean isKnown(Sample sample) {
      return known.containsKey(sample.epochMillis());
    }

    void add(Sample sample) {
      if (!sample.hasSameValuesAs(known.get(sample.epochMillis()))) {
        refused.add(sample);
        books.count(limits.windowOf(sample.epochMillis()), SiteAmount.REFUSED_CONFLICT, 1);
      }
    }

    void addRefusal(Device device) {
      if (!refused.isEmpty()) {
        refusals.add(
            "refused conflict: %d readings of %s, the first of %d; another source reports it"
                .formatted(refused.size(), device.id(), refused.getFirst().epochMillis()));
      }
    }
  }

  // ---- booking

  /** Books the samples of one device; null, or if some were too late the others. */
  private @Nullable DeviceSeries book(
      DeviceSeries series, List<Sample> given, CachedHistory known) {
    String key = NodeDevices.keyOf(series.device());
    DeviceAccount account = devices.find(key);
    if (account == null) {
      account = newDevice(series.device());
    }
    List<Sample> samples = given;
    Shares shares = devices.sharesOf(account, series.device());
    Sample last = account.last();
    if (last != null && samples.getFirst().equals(last)) {
      // read twice, and the same
      if (samples.size() == 1) {
        return null;
      }
      samples = samples.subList(1, samples.size());
    }
    long first = samples.getFirst().epochMillis();
    if (last == null || first > last.epochMillis()) {
      books.countAll();
      advance(account, samples, shares);
      return null;
    }
    Corrections.Change change = Corrections.Change.ofSamples(samples, shares);
    if (node.corrections.correct(key, change, batch.arrivalEpochMillis, known, books)) {
      return null;
    }
    List<Sample> inTime =
        samples.stream().filter(sample -> sample.epochMillis() > last.epochMillis()).toList();
    books.countAll();
    int late = samples.size() - inTime.size();
    for (Sample sample : samples.subList(0, late)) {
      books.count(limits.windowOf(sample.epochMillis()), SiteAmount.REFUSED_LATE, 1);
    }
    refusals.add(
        "refused late: %d readings of %s, the first of %d"
            .formatted(late, series.device().id(), first));
    advance(account, inTime, shares);
    long[] times = series.readings().epochMillis();
    return series.onlyRows(row -> times[row] > last.epochMillis());
  }

  private void advance(DeviceAccount account, List<Sample> samples, Shares shares) {
    account.advance(samples, shares, books, batch.arrivalEpochMillis);
    account.bookProvisionalTail(shares, books);
  }

  /** From now on the account of the device books its time, known or not. */
  private DeviceAccount newDevice(Device device) {
    books.countAll();
    Map<String, Allocations.Stay> naming = node.allocations.staysNaming(device.id());
    devices.bookNeverSeen(naming, -1, books);
    DeviceAccount account = devices.newAccount();
    account.noteArrival(batch.arrivalEpochMillis);
    devices.put(device, account);
    devices.bookNeverSeen(naming, 1, books);
    return account;
  }

  Outcome outcome() {
    List<DeviceSeries> rest = kept;
    return new Outcome(false, rest == null, rest == null ? List.of() : rest, refusals);
  }
}
