// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
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
  private static final int FORMAT = 7;
  // the last one without sources
  static final int FORMAT_WITHOUT_SOURCES = 3;
  // the last one in which what a device said that it is part of decided for ever
  private static final int FORMAT_WITHOUT_CONTAINERS = 4;
  // the last one in which nothing was known of a device without a usable reading
  private static final int FORMAT_WITHOUT_UNMEASURED = 5;
  // the last one without lengths and a checksum
  static final int FORMAT_WITHOUT_SECTIONS = 6;
  private static final DeviceKind[] KINDS = DeviceKind.values();
  // how far before a change the history is looked at first, before all of it is
  private static final long NEARBY_MILLIS = 4 * Limits.LOOK_MILLIS;
  private static final long NEARBY_FOR_SHARES_MILLIS = 2 * Limits.LOOK_MILLIS;
  private static final long NEARBY_OF_PLAIN_MILLIS = 3_000;
  // rows of a longer time are counted before they are booked
  private static final long MAX_PLAIN_MILLIS = 3_600_000;

  private final Limits limits;
  private final Scratch bench;
  private final SampleReader reader;
  private final Allocations allocations;
  // by key: what says that it is of another kind now is another device
  private final LinkedHashMap<String, DeviceAccount> devices = new LinkedHashMap<>();
  // the same once more
  private final Map<DeviceKind, List<DeviceAccount>> byKind = new EnumMap<>(DeviceKind.class);
  // who speaks for each of them
  private final Map<String, Sources> sources = new HashMap<>();
  // ids of devices that can be held
  private final Set<String> seenIds = new HashSet<>();
  private Containers containers = new Containers();
  // by key: devices that reported rows without energy, and no other before
  private final Map<String, Unmeasured> unmeasured = new TreeMap<>();
  private SeenBatches seen = new SeenBatches();
  private Places places = new Places(new ReadingColumns());
  // time of the newest reading of any device
  private long newestMillis = Long.MIN_VALUE;
  // length of the longest batch
  private long longestMillis;
  private long nextExpiryMillis = Long.MAX_VALUE;
  // when the last record arrived
  private long heardMillis = Long.MIN_VALUE;
  private long nextForgettingMillis = Long.MIN_VALUE;

  public NodeAccount(Limits limits, Calibration calibration) {
    this.limits = requireNonNull(limits, "limits is null");
    this.bench = new Scratch(limits, requireNonNull(calibration, "calibration is null"));
    this.reader = new SampleReader(limits, calibration);
    this.allocations = new Allocations(limits);
  }

  /** An account that takes every sensor at its word. */
  public NodeAccount(Limits limits) {
    this(limits, Calibration.NONE);
  }

  /** Takes in readings; {@code books} takes what they add. */
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
   * Takes in readings by column; {@code books} takes what they add. Allocates nothing while there
   * is nothing odd about them, and the batches of the node name the same devices.
   *
   * @param content the same number for a batch that comes again, and another, but once in four
   *     billion times, for one that says something else
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
    heardMillis = Math.max(heardMillis, arrivalEpochMillis);
    if (arrivalEpochMillis >= nextForgettingMillis) {
      forgetUnheard(arrivalEpochMillis);
    }
    if (!places.areOf(batch)) {
      if (Instances.anyIn(batch)) {
        ReadingColumns merged = new ReadingColumns();
        List<DeviceSeries> wholes = Instances.merged(batch.series());
        wholes.forEach(merged::add);
        Outcome outcome =
            accept(agentEpoch, sequence, content, arrivalEpochMillis, merged, history, books);
        return outcome.whole() ? outcome.keeping(wholes) : outcome;
      }
      places = new Places(batch);
      knowContainers(batch, history);
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
    places.look(batch, agentEpoch, arrivalEpochMillis, rival);
    Odd odd = null;
    long oldestMillis = Long.MAX_VALUE;
    long latestMillis = Long.MIN_VALUE;
    for (int d = 0; d < batch.size(); d++) {
      int from = batch.first(d);
      int to = batch.first(d + 1);
      if (from == to) {
        continue;
      }
      DeviceAccount plain = places.plain(d);
      if (plain != null && !room.isSpent()) {
        plain.takeRegular(
            batch, batch.device(d), from, to, sharesOf(plain, batch.device(d)), books);
        oldestMillis = Math.min(oldestMillis, batch.epochMillis()[from]);
        latestMillis = Math.max(latestMillis, batch.epochMillis()[to - 1]);
        newestMillis = Math.max(newestMillis, batch.epochMillis()[to - 1]);
        continue;
      }
      if (odd == null) {
        odd = new Odd(agentEpoch, arrivalEpochMillis, history, books, room, rival);
      }
      DeviceSeries series = batch.series(d);
      List<Sample> points = odd.read(batch, series);
      if (points.isEmpty()) {
        continue;
      }
      oldestMillis = Math.min(oldestMillis, points.getFirst().epochMillis());
      latestMillis = Math.max(latestMillis, points.getLast().epochMillis());
      long keptMillis = odd.take(batch, series, points);
      newestMillis = Math.max(newestMillis, keptMillis);
    }
    books.countAll();
    count(batch, arrivalEpochMillis, SiteAmount.READINGS, room, books);
    Outcome outcome = odd == null ? Outcome.TAKEN : odd.outcome();
    if (oldestMillis <= latestMillis) {
      if (seen.rivals(agentEpoch, oldestMillis, latestMillis) || rival) {
        books.count(limits.windowOf(latestMillis), SiteAmount.RIVAL_AGENT_BATCHES, 1);
      }
      longestMillis = Math.max(longestMillis, latestGiven - oldestMillis);
      boolean unsettled = unsettled();
      if (unsettled || newestMillis >= nextExpiryMillis) {
        // what is at hand is booked, so it is history now
        History withNews =
            (from, to) ->
                with(history, outcome.kept(new Arrival(arrivalEpochMillis, batch.series())))
                    .read(from, to);
        if (unsettled) {
          settle(new Remembering(withNews), arrivalEpochMillis, books);
        }
        if (newestMillis >= nextExpiryMillis) {
          expire(arrivalEpochMillis, withNews, books);
        }
      }
    }
    return outcome;
  }

  /** Time of the newest reading of any device; {@code Long.MIN_VALUE} if there is none. */
  public long newestMillis() {
    return newestMillis;
  }

  /**
   * What the node draws now; null if nothing was ever read. A device that says nothing any more
   * counts with its last reading, up to a minute.
   *
   * @param name the node's name
   * @param withGpus whether to list its GPUs
   */
  @SuppressWarnings("EnumOrdinal") // see NodePower.milliwattsByKind
  public @Nullable NodePower powerNow(String name, boolean withGpus) {
    if (newestMillis == Long.MIN_VALUE) {
      return null;
    }
    long[] byKind = new long[KINDS.length];
    List<Drawn> drawn = new ArrayList<>(4);
    List<GpuPower> gpus = withGpus ? new ArrayList<>() : List.of();
    long total = 0;
    long idle = 0;
    for (DeviceAccount account : devices.values()) {
      if (account.lastMillis()
          < newestMillis - Math.max(Limits.LOOK_MILLIS, account.patienceMillis())) {
        continue;
      }
      Device device = account.device();
      long milliwatts = account.milliwattsNow();
      long utilisation = account.utilisationNow();
      if (device.countsInKind()) {
        byKind[device.kind().code()] += milliwatts;
      }
      boolean gpu = device.kind() == DeviceKind.GPU;
      if (gpu && withGpus) {
        gpus.add(new GpuPower(device.id(), milliwatts, (int) Math.max(-1, utilisation)));
      }
      boolean counts = containers.count(device, Long.MAX_VALUE);
      if (!counts && !gpu) {
        continue;
      }
      long inTotal = counts ? milliwatts : 0;
      total += inTotal;
      idle += inTotal;
      Shares ofDevice = sharesOf(account, device);
      Shares.Holders holders = ofDevice.holders(ofDevice.spanAt(newestMillis));
      for (int i = 0; i < holders.jobs().size(); i++) {
        long weight = holders.weights()[i];
        long part = inTotal * weight / holders.weightSum();
        idle -= part;
        Drawn ofJob = drawnBy(holders.jobs().get(i), drawn);
        ofJob.milliwatts += part;
        if (gpu) {
          long parts = weight * Shares.WHOLE / holders.weightSum();
          ofJob.gpuBasisPoints += parts;
          ofJob.gpuBusyBasisPoints +=
              utilisation == MISSING ? parts : parts * utilisation / Shares.WHOLE;
        }
      }
    }
    drawn.sort(Comparator.comparing(of -> of.job));
    List<JobPower> jobs = new ArrayList<>(drawn.size());
    for (Drawn of : drawn) {
      jobs.add(
          new JobPower(
              of.job, of.milliwatts, (int) of.gpuBasisPoints, (int) of.gpuBusyBasisPoints));
    }
    return new NodePower(
        name, newestMillis, total, Arrays.stream(byKind).boxed().toList(), idle, jobs, gpus);
  }

  /** What one job draws of the node. */
  private static final class Drawn {
    final String job;
    long milliwatts;
    long gpuBasisPoints;
    long gpuBusyBasisPoints;

    Drawn(String job) {
      this.job = job;
    }
  }

  /** Few jobs share a node: looking through them beats a map. */
  private static Drawn drawnBy(String job, List<Drawn> drawn) {
    for (Drawn of : drawn) {
      if (of.job.equals(job)) {
        return of;
      }
    }
    Drawn of = new Drawn(job);
    drawn.add(of);
    return of;
  }

  private void expire(long arrivalEpochMillis, History history, Increments books) {
    for (AllocationEdge end : allocations.expired(newestMillis, arrivalEpochMillis)) {
      take(end, new Remembering(history), books);
    }
  }

  private static History with(History history, Arrival news) {
    return (from, to) -> Stream.concat(history.read(from, to).stream(), Stream.of(news)).toList();
  }

  /** The devices of the node's batches and what is known of them, in the order of the batch. */
  private final class Places {
    private final Device[] named;
    private final @Nullable DeviceAccount[] accounts;
    private final @Nullable DeviceAccount[] plain;
    private final Sources[] speakers;
    private final boolean distinct;

    Places(ReadingColumns batch) {
      named = new Device[batch.size()];
      accounts = new DeviceAccount[batch.size()];
      plain = new DeviceAccount[batch.size()];
      speakers = new Sources[batch.size()];
      Set<String> ids = new HashSet<>();
      for (int d = 0; d < named.length; d++) {
        named[d] = batch.device(d);
        ids.add(keyOf(named[d]));
        speakers[d] = sourcesOf(keyOf(named[d]));
      }
      distinct = ids.size() == named.length;
    }

    /**
     * Sees which devices there is nothing odd about, all before any of them is booked: the books of
     * a node come from main memory, and looked at in one go they come together.
     */
    void look(ReadingColumns batch, long agentEpoch, long arrivalEpochMillis, boolean rival) {
      for (int d = 0; d < named.length; d++) {
        int from = batch.first(d);
        int to = batch.first(d + 1);
        DeviceAccount account = account(d);
        if (account != null) {
          account.noteArrival(arrivalEpochMillis);
        }
        plain[d] =
            distinct
                    && !rival
                    && account != null
                    && from < to
                    && speakers[d].isKeeper(agentEpoch)
                    && batch.epochMillis()[to - 1] - account.lastMillis() <= MAX_PLAIN_MILLIS
                    && account.isRegular(
                        batch,
                        batch.device(d),
                        from,
                        to,
                        arrivalEpochMillis,
                        sharesOf(account, named[d]))
                ? account
                : null;
      }
    }

    /** The account of a device that has nothing odd to say; null if it has. */
    @Nullable DeviceAccount plain(int d) {
      return plain[d];
    }

    boolean areOf(ReadingColumns batch) {
      if (batch.size() != named.length) {
        return false;
      }
      for (int d = 0; d < named.length; d++) {
        if (!batch.device(d).equals(named[d])) {
          return false;
        }
      }
      return true;
    }

    @Nullable DeviceAccount account(int d) {
      DeviceAccount known = accounts[d];
      if (known == null) {
        known = devices.get(keyOf(named[d]));
        accounts[d] = known;
      }
      return known;
    }

    void forgetAccounts() {
      Arrays.fill(accounts, null);
    }
  }

  /** What is left over where readings need a second look. */
  private final class Odd {
    private final long agentEpoch;
    private final long arrivalEpochMillis;
    private final History history;
    private final Remembering lookUp;
    private final Increments books;
    private final SumRoom room;
    // another batch had this one's number: of a time that is known it says nothing new
    private final boolean rival;
    private final List<String> refusals = new ArrayList<>();
    // of a batch that names a device twice: what of it is booked already
    private final List<DeviceSeries> booked = new ArrayList<>();
    private @Nullable List<DeviceSeries> kept;

    Odd(
        long agentEpoch,
        long arrivalEpochMillis,
        History history,
        Increments books,
        SumRoom room,
        boolean rival) {
      this.room = room;
      this.rival = rival;
      this.agentEpoch = agentEpoch;
      this.arrivalEpochMillis = arrivalEpochMillis;
      this.history = history;
      this.lookUp = new Remembering(history);
      this.books = books;
    }

    List<Sample> read(ReadingColumns batch, DeviceSeries series) {
      books.countAll();
      if (isRefused(batch, series)) {
        return List.of();
      }
      SampleReader.Refusals counted = reader.into(books, arrivalEpochMillis, series, refusals);
      return reader.read(
          series,
          arrivalEpochMillis,
          new SampleReader.Refusals() {
            @Override
            public void refused(Device device, int row, SiteAmount reason, long value) {
              counted.refused(device, row, reason, value);
            }

            @Override
            public void empty(Device device, long epochMillis) {
              noteUnmeasured(device, limits.windowOf(epochMillis), arrivalEpochMillis, books);
            }
          });
    }

    /** True if the device is one more than are kept of a node; then its readings are refused. */
    private boolean isRefused(ReadingColumns batch, DeviceSeries series) {
      Device device = series.device();
      DeviceAccount account = devices.get(keyOf(device));
      Unmeasured silent = unmeasured.get(keyOf(device));
      String over =
          DeviceRoom.overWith(
              device,
              account != null ? account.device() : silent != null ? silent.device() : null,
              devices,
              unmeasured.values(),
              containers);
      if (over == null) {
        return false;
      }
      int rows = series.readings().size();
      books.count(limits.windowOf(arrivalEpochMillis), SiteAmount.REFUSED_OVER_STATE, rows);
      refusals.add(
          "refused over state: %d readings of %s; of a node is kept at most: %s"
              .formatted(rows, Bounds.shown(device.id()), over));
      List<DeviceSeries> parts = kept == null ? batch.series() : kept;
      parts.remove(series);
      kept = parts;
      return true;
    }

    /** Takes in the readings of one device; returns the time of the last that was. */
    long take(ReadingColumns batch, DeviceSeries series, List<Sample> points) {
      Remembering known =
          booked.isEmpty()
              ? lookUp
              : new Remembering(with(history, new Arrival(arrivalEpochMillis, booked)));
      List<Sample> uncontested = withinRoom(series, uncontested(series, points, known));
      DeviceSeries rest =
          uncontested.size() == points.size() ? null : reader.only(series, uncontested);
      if (!uncontested.isEmpty()) {
        for (Sample point : uncontested) {
          if (point.ahead()) {
            books.count(limits.windowOf(point.epochMillis()), SiteAmount.CLOCK_AHEAD_READINGS, 1);
          }
        }
        String key = keyOf(series.device());
        long before = firstUsable(key);
        DeviceSeries inTime =
            NodeAccount.this.take(
                rest == null ? series : rest,
                uncontested,
                arrivalEpochMillis,
                known,
                books,
                refusals);
        measuredSince(key, before, books);
        rest = inTime == null ? rest : inTime;
      }
      if (!places.distinct) {
        booked.add(rest == null ? series : rest);
      }
      books.countAll();
      if (rest != null) {
        List<DeviceSeries> parts = kept == null ? batch.series() : kept;
        parts.remove(series);
        if (rest.readings().size() > 0) {
          parts.add(rest);
        }
        kept = parts;
      }
      return uncontested.isEmpty() ? Long.MIN_VALUE : uncontested.getLast().epochMillis();
    }

    /** As many readings as the record has room for; the others are refused. */
    private List<Sample> withinRoom(DeviceSeries series, List<Sample> points) {
      DeviceAccount account = devices.get(keyOf(series.device()));
      Shares ofDevice =
          account == null
              ? allocations.sharesOf(series.device())
              : sharesOf(account, series.device());
      long last = account == null ? DeviceAccount.NEVER : account.lastMillis();
      int within = room.samplesWithin(points, last, ofDevice, limits);
      if (within == points.size()) {
        return points;
      }
      int over = points.size() - within;
      books.count(limits.windowOf(arrivalEpochMillis), SiteAmount.REFUSED_OVER_STATE, over);
      refusals.add(
          "refused over state: %d readings of %s, the first of %d; a record adds %,d sums to the books at most"
              .formatted(
                  over, series.device().id(), points.get(within).epochMillis(), SumRoom.MOST));
      return points.subList(0, within);
    }

    /** The readings at whose time no other source speaks for the device; the others are refused. */
    private List<Sample> uncontested(DeviceSeries series, List<Sample> points, Remembering known) {
      String key = keyOf(series.device());
      Sources speakers = sourcesOf(key);
      DeviceAccount account = devices.get(key);
      if (account != null) {
        speakers.spokenTo(account.lastMillis());
      }
      int place = places.distinct ? 0 : placeOf(series.device(), points);
      Sources.Heard heard =
          epoch -> seen.arrivedMillis(epoch) >= arrivalEpochMillis - Sources.WAKE_MILLIS;
      Conflicts conflicts = rival ? new Conflicts(key, points, known) : null;
      List<Sample> uncontested = new ArrayList<>(points.size());
      for (Sample point : points) {
        if (rival && conflicts != null && conflicts.isKnown(point)) {
          conflicts.add(point);
          continue;
        }
        if (!speakers.isContested(agentEpoch, place, point.epochMillis(), heard)) {
          speakers.note(agentEpoch, place, point.epochMillis());
          uncontested.add(point);
          continue;
        }
        if (conflicts == null) {
          conflicts = new Conflicts(key, points, known);
        }
        if (conflicts.isUnknown()) {
          uncontested.add(point); // too late anyway, and refused as such
        } else {
          conflicts.add(point);
        }
      }
      if (conflicts != null) {
        conflicts.say(series.device());
      }
      return uncontested;
    }

    /**
     * 0 if a batch names the device for the first time, or goes on with it (a counter that began
     * anew is another series); else how many series before this one are of it.
     */
    private int placeOf(Device device, List<Sample> points) {
      List<DeviceSeries> before =
          booked.stream().filter(of -> keyOf(of.device()).equals(keyOf(device))).toList();
      NavigableMap<Long, Sample> said = new TreeMap<>();
      boolean alike = true;
      for (DeviceSeries series : before) {
        alike &=
            series
                .device()
                .withCounter(device.counterEpoch(), device.counterWrapMicrojoules())
                .equals(device);
        reader
            .read(series, arrivalEpochMillis, SampleReader.SILENT)
            .forEach(point -> said.put(point.epochMillis(), point));
      }
      if (said.isEmpty()) {
        return 0;
      }
      boolean contradicts =
          points.stream()
              .filter(point ->
                  point.epochMillis() >= said.firstKey() && point.epochMillis() <= said.lastKey())
              .anyMatch(point -> !point.hasSameValuesAs(said.get(point.epochMillis())));
      return alike && !contradicts ? 0 : before.size();
    }

    /** Readings of one device at whose time another source speaks for it. */
    private final class Conflicts {
      private final NavigableMap<Long, Sample> said;
      private final List<Sample> refused = new ArrayList<>();

      Conflicts(String key, List<Sample> points, Remembering known) {
        long gap = limits.longGapMillis();
        said =
            pointsOf(
                key,
                known,
                points.getFirst().epochMillis() - gap,
                points.getLast().epochMillis() + gap);
      }

      boolean isUnknown() {
        return said.isEmpty();
      }

      boolean isKnown(Sample point) {
        return said.containsKey(point.epochMillis());
      }

      void add(Sample point) {
        if (!point.hasSameValuesAs(said.get(point.epochMillis()))) {
          refused.add(point);
          books.count(limits.windowOf(point.epochMillis()), SiteAmount.REFUSED_CONFLICT, 1);
        }
      }

      void say(Device device) {
        if (!refused.isEmpty()) {
          refusals.add(
              "refused conflict: %d readings of %s, the first of %d; another source speaks for it"
                  .formatted(refused.size(), device.id(), refused.getFirst().epochMillis()));
        }
      }
    }

    Outcome outcome() {
      return new Outcome(false, kept == null, kept == null ? List.of() : kept, refusals);
    }
  }

  /** Takes in the readings of one device; null, or if some were too late the others. */
  private @Nullable DeviceSeries take(
      DeviceSeries series,
      List<Sample> points,
      long arrivalEpochMillis,
      Remembering history,
      Increments books,
      List<String> refusals) {
    String id = keyOf(series.device());
    DeviceAccount account = devices.get(id);
    if (account == null) {
      // from now on its books tell what is not known of it
      books.countAll();
      Map<String, Allocations.Stay> naming = allocations.staysNaming(series.device().id());
      unseen(naming, -1, books);
      account = new DeviceAccount(bench);
      account.noteArrival(arrivalEpochMillis);
      put(series.device(), account);
      places.forgetAccounts();
      unseen(naming, 1, books);
    }
    Shares ofDevice = sharesOf(account, series.device());
    Sample last = account.last();
    if (last != null && points.getFirst().equals(last)) {
      // read twice, and the same
      if (points.size() == 1) {
        return null;
      }
      points = points.subList(1, points.size());
    }
    long first = points.getFirst().epochMillis();
    long end = points.getLast().epochMillis();
    if (last == null || first > last.epochMillis()) {
      books.countAll();
      account.advance(points, ofDevice, books, arrivalEpochMillis);
      account.bookProvisionalTail(ofDevice, books);
      return null;
    }
    if (mend(id, points, ofDevice, ofDevice, first, end, arrivalEpochMillis, history, books)) {
      return null;
    }
    List<Sample> inTime =
        points.stream().filter(point -> point.epochMillis() > last.epochMillis()).toList();
    books.countAll();
    for (Sample point : points.subList(0, points.size() - inTime.size())) {
      books.count(limits.windowOf(point.epochMillis()), SiteAmount.REFUSED_LATE, 1);
    }
    refusals.add(
        "refused late: %d readings of %s, the first of %d"
            .formatted(points.size() - inTime.size(), series.device().id(), first));
    account.advance(inTime, ofDevice, books, arrivalEpochMillis);
    account.bookProvisionalTail(ofDevice, books);
    long[] times = series.readings().epochMillis();
    return series.onlyRows(row -> times[row] > last.epochMillis());
  }

  /** Takes in what is said of an allocation; false if it was known. */
  public boolean accept(AllocationEdge edge, History history, Increments books) {
    books.containers(containers);
    books.countAll();
    forgetOld(edge);
    heardMillis = Math.max(heardMillis, edge.arrivalEpochMillis());
    SiteAmount refusal = refused(edge);
    if (refusal != null) {
      books.count(limits.windowOf(edge.arrivalEpochMillis()), refusal, 1);
      return false;
    }
    return take(edge, new Remembering(history), books);
  }

  private void forgetOld(AllocationEdge edge) {
    if (allocations.forgetEndedBefore(edge.arrivalEpochMillis() - 2 * limits.horizonMillis())) {
      forgetShares();
    }
  }

  /**
   * Why an edge cannot be taken in, or null if it can: {@link #accept} would count it and book
   * nothing.
   */
  public @Nullable String refusal(AllocationEdge edge) {
    forgetOld(edge);
    SiteAmount refusal = refused(edge);
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

  private @Nullable SiteAmount refused(AllocationEdge edge) {
    if (edge.atEpochMillis() > edge.arrivalEpochMillis() + limits.futureMillis()) {
      return SiteAmount.REFUSED_FUTURE;
    }
    if (Limits.isOld(edge.atEpochMillis(), edge.arrivalEpochMillis())) {
      return SiteAmount.REFUSED_OLD;
    }
    return allocations.noRoomFor(edge) == null ? null : SiteAmount.REFUSED_OVER_STATE;
  }

  private boolean take(AllocationEdge edge, Remembering history, Increments books) {
    Map<String, Shares> before = new HashMap<>();
    devices.forEach((id, account) -> before.put(id, sharesOf(account, account.device())));
    List<Shares> ofContainers = sharesOfContainers();
    Map<String, Shares> ofUnmeasured = new HashMap<>();
    unmeasured.forEach((id, of) -> ofUnmeasured.put(id, allocations.sharesOf(of.device())));
    Allocations.Change change = allocations.add(edge);
    if (change == null) {
      return false;
    }
    nextExpiryMillis = allocations.nextExpiry();
    forgetShares();
    books.countAll();
    long window = limits.windowOf(edge.atEpochMillis());
    if (edge.by() != AllocationEdge.By.LIMIT) {
      books.count(window, SiteAmount.ALLOCATION_EVENTS, 1);
    }
    count(change.before(), -1, books);
    count(change.after(), 1, books);
    for (Map.Entry<String, DeviceAccount> entry : devices.entrySet()) {
      DeviceAccount account = entry.getValue();
      Sample last = lastOf(account);
      Shares old = requireNonNull(before.get(entry.getKey()), "old shares");
      Shares now = sharesOf(account, last.device());
      long from = Shares.firstDifference(old, now);
      if (from == Long.MAX_VALUE) {
        continue;
      }
      if (from >= last.epochMillis()) {
        books.countAll();
        account.rebookTail(old, now, from, books);
      } else if (!mend(
          entry.getKey(),
          List.of(),
          old,
          now,
          from,
          Shares.lastDifference(old, now),
          edge.arrivalEpochMillis(),
          history,
          books)) {
        books.count(window, SiteAmount.REFUSED_LATE, 1);
        mendWhatCanBe(entry.getKey(), old, now, history, books);
      }
    }
    books.countAll();
    shareSilences(ofContainers, books);
    shareUnmeasured(ofUnmeasured, books);
    if (unsettled()) {
      settle(history, edge.arrivalEpochMillis(), books);
    }
    return true;
  }

  private void count(Map<String, Allocations.Stay> stays, int sign, Increments books) {
    stays.forEach((job, stay) -> {
      books.count(limits.windowOf(stay.heldAt()), job, JobAmount.NODES_HELD, sign);
      JobAmount end = stay.end();
      if (end != null) {
        // the last window in which it held something: at a window's edge the next is not its any
        // more
        long last = Math.max(stay.heldAt(), stay.endAt() - 1);
        books.count(limits.windowOf(last), job, end, sign);
      }
    });
    unseen(stays, sign, books);
  }

  /** Of devices that jobs were given and that nobody ever saw nothing is known. */
  private void unseen(Map<String, Allocations.Stay> stays, int sign, Increments books) {
    stays.forEach((job, stay) -> {
      if (stay.end() != null) {
        stay.devices()
            .forEach((id, held) -> {
              if (!seenIds.contains(id)) {
                long millis = held.partMillisUntil(stay.endAt()) / Shares.WHOLE;
                long window = limits.windowOf(stay.heldAt());
                books.count(window, job, JobAmount.UNCOVERED_MILLIS, sign * millis);
                books.count(window, SiteAmount.UNCOVERED_MILLIS, sign * millis);
              }
            });
      }
    });
  }

  /**
   * Who has which share of a device goes by its kind, and so does where it is booked: under one id
   * each kind has an account of its own.
   */
  private static String keyOf(Device device) {
    return device.kind() == DeviceKind.GPU
        ? device.id()
        : device.id() + "\0" + device.kind().name();
  }

  private void put(Device device, DeviceAccount account) {
    DeviceAccount before = devices.put(keyOf(device), account);
    List<DeviceAccount> ofKind = byKind.computeIfAbsent(device.kind(), _ -> new ArrayList<>(1));
    ofKind.remove(before);
    ofKind.add(account);
    if (before != null) {
      account.noteArrival(before.lastArrivalMillis());
    }
    see(device);
  }

  private static Sample lastOf(DeviceAccount account) {
    return requireNonNull(account.last(), "a device without a reading");
  }

  private Shares sharesOf(DeviceAccount account, Device device) {
    Shares known = account.shares();
    if (known == null) {
      known = allocations.sharesOf(device);
      account.shares(known);
    }
    return known;
  }

  private Sources sourcesOf(String key) {
    Sources known = sources.get(key);
    if (known == null) {
      known = new Sources(limits);
      // of a device that is refused nothing is kept
      if (sources.size() < DeviceRoom.MAX_DEVICES) {
        sources.put(key, known);
      }
    }
    return known;
  }

  // ---- what is forgotten

  /**
   * True if nothing was heard of the node for so long, five weeks, that nothing of it can be mended
   * any more and no job holds anything of it: then it need not be kept.
   */
  public boolean isForgettable(long nowEpochMillis) {
    return DeviceRoom.isForgotten(heardMillis, nowEpochMillis) && !allocations.anyOpen();
  }

  /** Forgets devices that nothing was heard of for so long; what is booked of them stays. */
  private void forgetUnheard(long nowMillis) {
    nextForgettingMillis = nowMillis + DeviceRoom.LOOK_MILLIS;
    List<Device> gone = new ArrayList<>();
    for (DeviceAccount account : devices.values()) {
      if (DeviceRoom.isForgotten(account.lastArrivalMillis(), nowMillis)) {
        gone.add(account.device());
      }
    }
    for (Unmeasured of : unmeasured.values()) {
      if (DeviceRoom.isForgotten(of.heardMillis(), nowMillis)) {
        gone.add(of.device());
      }
    }
    // what a job is given by name is booked once, by its account or as never seen
    gone.removeIf(device -> allocations.isNamed(device.id()));
    for (Device device : gone) {
      String key = keyOf(device);
      DeviceAccount account = devices.remove(key);
      if (account != null) {
        byKind.getOrDefault(device.kind(), new ArrayList<>()).remove(account);
      }
      unmeasured.remove(key);
    }
    if (gone.isEmpty()) {
      return;
    }
    sources.keySet().removeIf(key -> !devices.containsKey(key) && !unmeasured.containsKey(key));
    seenIds.clear();
    devices.values().forEach(account -> see(account.device()));
    unmeasured.values().forEach(of -> seenWithoutEnergy(of.device()));
    places = new Places(new ReadingColumns());
  }

  /** A facility meter is nobody's, so it says nothing of a device that a job was given. */
  private void see(Device device) {
    if (device.kind() != DeviceKind.FACILITY) {
      seenIds.add(device.id());
    }
  }

  private void seenWithoutEnergy(Device device) {
    if (device.kind() != DeviceKind.GPU) {
      seenIds.add(device.id());
    }
  }

  private void forgetShares() {
    devices.values().forEach(account -> account.shares(null));
  }

  // ---- corrections

  /**
   * Books again what changes by points that came late or by other shares.
   *
   * @param from the time of the first change
   * @param to the time of the last change
   * @return false if the history does not reach back that far; then nothing was booked
   */
  private boolean mend(
      String id,
      Collection<Sample> news,
      Shares old,
      Shares now,
      long from,
      long to,
      long arrivalEpochMillis,
      Remembering history,
      Increments books) {
    DeviceAccount account = requireNonNull(devices.get(id), id);
    boolean ofShares = news.isEmpty();
    if (ofShares && shareAgain(account, old, now, from, history, books)) {
      return true;
    }
    long end = endOfChange(id, to, lastOf(account), history);
    Stretch stretch = stretch(id, from, end, ofShares, arrivalEpochMillis, history);
    if (stretch == null) {
      return false;
    }
    rebook(id, stretch.points, news, old, now, stretch.start, from, end, books);
    return true;
  }

  /** What is needed to book again what a device drew. */
  private record Stretch(NavigableMap<Long, Sample> points, Start start) {}

  /**
   * What is needed to book a device again from a time on.
   *
   * @param ofShares whether it is only booked otherwise, with the same readings
   * @return null if the history does not reach back that far
   */
  private @Nullable Stretch stretch(
      String id,
      long from,
      long end,
      boolean ofShares,
      long arrivalEpochMillis,
      Remembering history) {
    DeviceAccount account = requireNonNull(devices.get(id), id);
    Sample last = lastOf(account);
    long margin = ofShares ? NEARBY_FOR_SHARES_MILLIS : NEARBY_MILLIS;
    long nearby = from == Long.MIN_VALUE ? from : from - margin;
    NavigableMap<Long, Sample> points = pointsAround(id, nearby, end, last, history);
    Start start = start(points, from, ofShares);
    if (start == null) {
      points = pointsAround(id, Long.MIN_VALUE, end, last, history);
      start = start(points, from, ofShares);
      if (start == null && !points.isEmpty() && points.firstKey() <= account.firstMillis()) {
        start = new Start(Long.MIN_VALUE, new DeviceAccount(bench));
      }
      if (start == null) {
        DeviceAccount before = account.beforeGap(from, arrivalEpochMillis - limits.horizonMillis());
        if (before == null) {
          return null;
        }
        points = points.tailMap(lastOf(before).epochMillis(), false);
        start = new Start(Long.MIN_VALUE, before);
      }
    }
    return new Stretch(points, start);
  }

  /**
   * Shares out again what a device drew, where it has said nothing odd since before the change:
   * then no rule looks further back than one reading, which saves most of the history.
   *
   * @return false if that is not so; then nothing was booked
   */
  private boolean shareAgain(
      DeviceAccount account,
      Shares old,
      Shares now,
      long from,
      Remembering history,
      Increments books) {
    long latestWindow = limits.windowOf(from);
    String id = keyOf(account.device());
    for (long margin = NEARBY_OF_PLAIN_MILLIS;
        latestWindow > account.regularSince() && margin <= Limits.LOOK_MILLIS;
        margin *= 4) {
      var points = pointsOf(id, history, latestWindow - margin, Long.MAX_VALUE);
      var touched = points.lowerEntry(from);
      if (touched == null) {
        continue;
      }
      long window = limits.windowOf(touched.getKey());
      var before = points.lowerEntry(window);
      if (before == null) {
        continue;
      }
      if (before.getKey() < account.regularSince()) {
        return false;
      }
      DeviceAccount start = new DeviceAccount(bench);
      start.startAt(before.getValue());
      Start at = new Start(window, start);
      books.restrictTo(-1, window, Long.MAX_VALUE);
      run(points, at, old, books);
      books.restrictTo(1, window, Long.MAX_VALUE);
      account.shareAs(run(points, at, now, books));
      books.countAll();
      return true;
    }
    return false;
  }

  /**
   * From which minute on a change makes no difference any more: no rule that looks at a later
   * reading sees it, and no interval between two readings reaches over it. {@code Long.MAX_VALUE}
   * if there is no such minute yet.
   */
  private long endOfChange(String id, long to, Sample last, Remembering history) {
    long look = Limits.LOOK_MILLIS;
    if (to >= last.epochMillis() - 3 * look) {
      return Long.MAX_VALUE;
    }
    // what follows the change, soon or after a gap, and what follows all that this can change
    Sample touched = next(id, to, last, history);
    Sample beyond = touched == null ? null : next(id, touched.epochMillis() + look, last, history);
    if (beyond == null) {
      return Long.MAX_VALUE;
    }
    long end = Math.floorDiv(beyond.epochMillis(), look) * look + look;
    return end < last.epochMillis() - 2 * look ? end : Long.MAX_VALUE;
  }

  /** The reading that follows a time, soon or after a gap; null if the history has none. */
  private @Nullable Sample next(String id, long after, Sample last, Remembering history) {
    for (long within = Limits.LOOK_MILLIS; ; within *= 8) {
      boolean all = after + within >= last.epochMillis();
      var found =
          pointsOf(id, history, after, all ? Long.MAX_VALUE : after + within).higherEntry(after);
      if (found != null || all) {
        return found == null ? null : found.getValue();
      }
    }
  }

  /** What is known from a time on, as far as the rules look beyond what is booked again. */
  private NavigableMap<Long, Sample> pointsAround(
      String id, long from, long end, Sample last, Remembering history) {
    if (end == Long.MAX_VALUE) {
      return pointsOf(id, history, from, end);
    }
    NavigableMap<Long, Sample> points = pointsOf(id, history, from, end + Limits.LOOK_MILLIS);
    if (points.higherKey(end) == null) {
      // the interval that reaches over the end must be whole
      Sample next = next(id, end, last, history);
      if (next != null) {
        points = new TreeMap<>(points);
        points.put(next.epochMillis(), next);
      }
    }
    return points;
  }

  /** Applies new shares as far back as the history reaches. */
  private void mendWhatCanBe(
      String id, Shares old, Shares now, Remembering history, Increments books) {
    NavigableMap<Long, Sample> points = pointsOf(id, history, Long.MIN_VALUE, Long.MAX_VALUE);
    DeviceAccount account = requireNonNull(devices.get(id), id);
    Start start = points.isEmpty() ? null : start(points, points.firstKey() + NEARBY_MILLIS, false);
    if (start == null) {
      books.countAll();
      account.undoTail(old, books);
      account.bookProvisionalTail(now, books);
      return;
    }
    rebook(id, points, List.of(), old, now, start, start.window, Long.MAX_VALUE, books);
  }

  /**
   * From where to book again.
   *
   * @param window bookings in windows before this one stand
   * @param account the books to go on from; what it books before the window is not counted
   */
  private record Start(long window, DeviceAccount account) {}

  /**
   * Whole minutes are booked again, from the one in which a rule could first see the change; and
   * for the rules to know what was before it, integration begins another minute earlier. Who holds
   * a device changes nothing of what it drew: then it is the window of the change.
   */
  private @Nullable Start start(NavigableMap<Long, Sample> points, long from, boolean ofShares) {
    var touched = points.lowerEntry(from);
    if (touched == null) {
      return null;
    }
    long look = Limits.LOOK_MILLIS;
    long window =
        ofShares
            ? limits.windowOf(touched.getKey())
            : Math.floorDiv(touched.getKey() - look, look) * look;
    var before = points.lowerEntry(window);
    var anchor = before == null ? null : points.floorEntry(before.getKey() - look);
    if (anchor == null) {
      return null;
    }
    DeviceAccount account = new DeviceAccount(bench);
    account.startAt(anchor.getValue());
    return new Start(window, account);
  }

  private void rebook(
      String id,
      NavigableMap<Long, Sample> points,
      Collection<Sample> news,
      Shares old,
      Shares now,
      Start start,
      long from,
      long end,
      Increments books) {
    DeviceAccount replaced = requireNonNull(devices.get(id), id);
    books.restrictTo(-1, start.window, end);
    run(points, start, old, books);
    NavigableMap<Long, Sample> all = new TreeMap<>(points);
    news.forEach(point -> all.merge(point.epochMillis(), point, Sample::preferred));
    books.restrictTo(1, start.window, end);
    DeviceAccount mended = run(all, start, now, books);
    books.countAll();
    long first =
        all.isEmpty() ? replaced.firstMillis() : Math.min(replaced.firstMillis(), all.firstKey());
    if (end != Long.MAX_VALUE) {
      // the same since then
      replaced.firstMillis(first);
      replaced.forgetGaps(from, end);
      return;
    }
    mended.firstMillis(first);
    // what was before a change stays as it was
    mended.gapsOf(replaced, from);
    put(mended.device(), mended);
    places.forgetAccounts();
  }

  private DeviceAccount run(
      NavigableMap<Long, Sample> points, Start start, Shares ofDevice, Increments books) {
    DeviceAccount account = start.account.copyOfBooks();
    Sample anchor = account.last();
    NavigableMap<Long, Sample> toBook =
        anchor == null ? points : points.tailMap(anchor.epochMillis(), false);
    account.advance(List.copyOf(toBook.values()), ofDevice, books, DeviceAccount.NEVER);
    account.bookProvisionalTail(ofDevice, books);
    return account;
  }

  // ---- what counts in the total

  /** Takes note of what the devices of a batch say they are part of, before they are booked. */
  private void knowContainers(ReadingColumns batch, History history) {
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
      // what is part of something is part of the node
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

  /** So far parts never counted, and so it stays in the windows that are booked. */
  private void containersOfOld() {
    for (DeviceAccount account : devices.values()) {
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

  /** What devices of this kind had so far; they counted, for there was nothing else. */
  private Container newContainer(DeviceKind kind, History history) {
    boolean any = devices.values().stream().anyMatch(account -> account.device().kind() == kind);
    Container container =
        new Container(kind, limits.windowMillis(), any ? Container.TOP : Container.PARTS);
    if (!any) {
      return container;
    }
    Containers alone = new Containers();
    alone.put(container);
    Increments unused = new Increments();
    unused.begin(); // so that it has a bound
    unused.containers(alone);
    Remembering known = new Remembering(history);
    devices.forEach((id, account) -> {
      if (account.device().kind() == kind) {
        var points = pointsOf(id, known, Long.MIN_VALUE, Long.MAX_VALUE);
        if (points.isEmpty() || points.firstKey() > account.firstMillis()) {
          container.since(
              limits.windowOf(
                  points.isEmpty() ? account.lastMillis() : points.firstKey() + NEARBY_MILLIS));
        }
        Start beginning = new Start(Long.MIN_VALUE, new DeviceAccount(bench));
        run(points, beginning, sharesOf(account, account.device()), unused);
      }
    });
    return container;
  }

  /** True if something has changed that may change what counts in the total. */
  private boolean unsettled() {
    boolean unsettled = false;
    for (int i = 0; i < containers.all().size(); i++) {
      Container container = containers.all().get(i);
      boolean known = false;
      long lastMillis = Long.MIN_VALUE;
      long expectedFrom = Long.MIN_VALUE;
      List<DeviceAccount> ofKind = byKind.getOrDefault(container.kind(), List.of());
      for (int j = 0; j < ofKind.size(); j++) {
        DeviceAccount account = ofKind.get(j);
        if (account.device().containedIn() == container.kind()) {
          continue;
        }
        known = true;
        lastMillis = Math.max(lastMillis, account.lastMillis());
        if (isExpected(account, container)) {
          expectedFrom = Math.max(expectedFrom, lastWindowOf(account) + limits.windowMillis());
        }
      }
      unsettled |=
          container.look(
              known,
              lastMillis == Long.MIN_VALUE ? lastMillis : limits.windowOf(lastMillis),
              expectedFrom == Long.MIN_VALUE ? Long.MAX_VALUE : expectedFrom);
    }
    return unsettled;
  }

  private long lastWindowOf(DeviceAccount account) {
    return limits.windowOf(account.lastMillis() - 1);
  }

  /** True if a container had energy when it was last read, and that is not long ago for it. */
  private boolean isExpected(DeviceAccount account, Container container) {
    return account.lastMillis() >= newestMillis - account.patienceMillis()
        && container.hasEnergy(lastWindowOf(account));
  }

  /** Books again what now counts in the total and did not, or no longer does. */
  private void settle(Remembering history, long arrivalEpochMillis, Increments books) {
    for (Container container : containers.all()) {
      long least = Long.MIN_VALUE;
      for (var flip = container.flip(least); flip != null; flip = container.flip(least)) {
        long reached = flip(container, flip, arrivalEpochMillis, history, books);
        if (reached <= flip.from()) {
          break;
        }
        least = reached;
      }
      books.countAll();
      Shares shares = sharesOfContainer(container);
      container.silences((window, sign) -> silent(window, shares, sign, books));
      container.settled();
    }
  }

  /**
   * Books the windows of a flip again, of all devices or of none.
   *
   * @return the window from which on this is possible; nothing was booked if the flip is earlier
   */
  private long flip(
      Container container,
      Container.Flip flip,
      long arrivalEpochMillis,
      Remembering history,
      Increments books) {
    long reached = Long.MIN_VALUE;
    Map<String, Stretch> stretches = new LinkedHashMap<>();
    for (Map.Entry<String, DeviceAccount> entry : devices.entrySet()) {
      String id = entry.getKey();
      DeviceAccount account = entry.getValue();
      if (account.lastMillis() < flip.from() || account.device().kind() == DeviceKind.FACILITY) {
        continue;
      }
      long end = endOfChange(id, flip.to(), lastOf(account), history);
      Stretch stretch = stretch(id, flip.from(), end, true, arrivalEpochMillis, history);
      if (stretch == null) {
        var points = pointsOf(id, history, Long.MIN_VALUE, Long.MAX_VALUE);
        long known = points.isEmpty() ? account.lastMillis() : points.firstKey() + NEARBY_MILLIS;
        reached =
            Math.max(
                Math.max(reached, flip.from() + Limits.LOOK_MILLIS),
                limits.windowOf(known) + limits.windowMillis());
      } else {
        stretches.put(id, stretch);
      }
    }
    if (reached > flip.from()) {
      return reached;
    }
    Timeline before = container.counting();
    for (Map.Entry<String, DeviceAccount> entry : devices.entrySet()) {
      DeviceAccount account = entry.getValue();
      Stretch stretch = stretches.get(entry.getKey());
      container.counting(before);
      books.restrictTo(-1, flip.from(), flip.to());
      bookAgain(account, stretch, books);
      container.counting(flip.counting());
      books.restrictTo(1, flip.from(), flip.to());
      bookAgain(account, stretch, books);
    }
    return flip.from();
  }

  private void bookAgain(DeviceAccount account, @Nullable Stretch stretch, Increments books) {
    Shares ofDevice = sharesOf(account, account.device());
    if (stretch != null) {
      run(stretch.points, stretch.start, ofDevice, books);
    } else {
      account.repeatTail(ofDevice, books);
    }
  }

  // ---- containers that say nothing

  /** Who has which share of a container, be there one or not. */
  private Shares sharesOfContainer(Container container) {
    return allocations.sharesOf(Device.sensor("any", container.kind()));
  }

  private List<Shares> sharesOfContainers() {
    return containers.all().stream().map(this::sharesOfContainer).toList();
  }

  /** Books the time of silent containers by other shares. */
  private void shareSilences(List<Shares> before, Increments books) {
    for (int i = 0; i < before.size(); i++) {
      Container container = containers.all().get(i);
      Shares old = before.get(i);
      Shares now = sharesOfContainer(container);
      long from = Shares.firstDifference(old, now);
      if (from == Long.MAX_VALUE) {
        continue;
      }
      long to = Shares.lastDifference(old, now);
      container.booked(from, to, (window, sign) -> silent(window, old, sign, books), -1);
      container.booked(from, to, (window, sign) -> silent(window, now, sign, books), 1);
    }
  }

  /** Books the time of a window that a container was silent. */
  private void silent(long window, Shares shares, int sign, Increments books) {
    long end = window + limits.windowMillis();
    for (int span = shares.spanAt(window);
        span < shares.spans() && shares.spanStart(span) < end;
        span++) {
      long millis = Math.min(end, shares.spanEnd(span)) - Math.max(window, shares.spanStart(span));
      Shares.Holders holders = shares.holders(span);
      books.silent(window, sign * millis);
      for (int i = 0; i < holders.jobs().size(); i++) {
        long parts = (long) holders.weights()[i] * Shares.WHOLE / holders.weightSum();
        books.jobSilent(window, holders.jobs().get(i), sign * millis, parts);
      }
    }
  }

  // ---- devices without a usable reading

  /** Takes note of a row without energy, of a device that has none before it. */
  private void noteUnmeasured(
      Device device, long window, long arrivalEpochMillis, Increments books) {
    String id = keyOf(device);
    if (!Unmeasured.concerns(device) || window >= firstUsable(id)) {
      return;
    }
    Unmeasured known = unmeasured.get(id);
    if (known == null) {
      known = new Unmeasured(device, limits.windowMillis(), window);
      unmeasured.put(id, known);
      if (device.kind() != DeviceKind.GPU && !seenIds.contains(device.id())) {
        // from now on it is counted here, held by name or not
        Map<String, Allocations.Stay> naming = allocations.staysNaming(device.id());
        unseen(naming, -1, books);
        seenIds.add(device.id());
        unseen(naming, 1, books);
      }
    }
    known.heard(arrivalEpochMillis);
    if (known.add(window)) {
      known.book(window, firstUsable(id), allocations.sharesOf(device), 1, books);
    }
  }

  private long firstUsable(String id) {
    DeviceAccount account = devices.get(id);
    return account == null ? Unmeasured.NEVER : account.firstMillis();
  }

  /** Books otherwise what was not measured, if the first usable reading is another now. */
  private void measuredSince(String id, long firstBefore, Increments books) {
    Unmeasured known = unmeasured.get(id);
    long first = firstUsable(id);
    if (known == null || first == firstBefore) {
      return;
    }
    books.countAll();
    Shares shares = allocations.sharesOf(known.device());
    known.book(Long.MIN_VALUE, Long.MAX_VALUE, firstBefore, shares, -1, books);
    known.book(Long.MIN_VALUE, Long.MAX_VALUE, first, shares, 1, books);
    known.forgetFrom(limits.windowOf(first));
  }

  /** Books what was not measured by other shares. */
  private void shareUnmeasured(Map<String, Shares> before, Increments books) {
    before.forEach((id, old) -> {
      Unmeasured known = requireNonNull(unmeasured.get(id), id);
      Shares now = allocations.sharesOf(known.device());
      long from = Shares.firstDifference(old, now);
      if (from != Long.MAX_VALUE) {
        long to = Shares.lastDifference(old, now);
        long first = firstUsable(id);
        known.book(from, to, first, old, -1, books);
        known.book(from, to, first, now, 1, books);
      }
    });
  }

  /** The points of a device that are known, between two times; not to be changed. */
  private NavigableMap<Long, Sample> pointsOf(String id, Remembering history, long from, long to) {
    NavigableMap<Long, Sample> ofDevice = history.points(from, to).get(id);
    return ofDevice == null
        ? Collections.emptyNavigableMap()
        : ofDevice.subMap(from, true, to, true);
  }

  /** Later than the last reading of any batch that has a reading of this time. */
  private long behind(long to) {
    return to < Long.MAX_VALUE - longestMillis ? to + longestMillis : Long.MAX_VALUE;
  }

  private Map<String, NavigableMap<Long, Sample>> pointsByDevice(List<Arrival> arrivals) {
    Map<String, NavigableMap<Long, Sample>> points = new HashMap<>();
    for (Arrival arrival : arrivals) {
      for (DeviceSeries series : arrival.devices()) {
        NavigableMap<Long, Sample> ofDevice =
            points.computeIfAbsent(keyOf(series.device()), _ -> new TreeMap<>());
        for (Sample point :
            reader.read(series, arrival.arrivalEpochMillis(), SampleReader.SILENT)) {
          ofDevice.merge(point.epochMillis(), point, Sample::preferred);
        }
      }
    }
    return points;
  }

  /** Asks the history once for what is asked again and again: each device of a batch asks. */
  private final class Remembering {
    private final History history;
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private Map<String, NavigableMap<Long, Sample>> points = Map.of();

    Remembering(History history) {
      this.history = history;
    }

    /** By device: all points between these times, and maybe others. */
    Map<String, NavigableMap<Long, Sample>> points(long fromEpochMillis, long toEpochMillis) {
      if (fromEpochMillis < from || toEpochMillis > to) {
        from = Math.min(from, fromEpochMillis);
        to = Math.max(to, toEpochMillis);
        points = pointsByDevice(history.read(from, behind(to)));
      }
      return points;
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

  // ---- state

  /** Writes the account, as {@link #read} reads it. */
  public void write(DataOutput out) throws IOException {
    StateWriter state = new StateWriter();
    int began = state.begin();
    seen.write(state);
    state.writeLong(newestMillis);
    state.writeLong(longestMillis);
    state.writeLong(heardMillis);
    state.end(began);

    began = state.begin();
    List<AllocationEdge> edges = allocations.edges();
    state.number(edges.size());
    for (AllocationEdge edge : edges) {
      EdgeCodec.write(edge, state);
    }
    state.end(began);

    began = state.begin();
    state.number(devices.size());
    for (Map.Entry<String, DeviceAccount> device : devices.entrySet()) {
      device.getValue().write(state);
      state.writeLong(device.getValue().previousMillis());
      state.writeLong(device.getValue().lastArrivalMillis());
      sourcesOf(device.getKey()).write(state);
    }
    state.end(began);

    began = state.begin();
    containers.write(state);
    state.end(began);

    began = state.begin();
    state.number(unmeasured.size());
    for (Unmeasured of : unmeasured.values()) {
      of.write(state);
      state.writeLong(of.heardMillis());
    }
    state.end(began);
    state.to(out, FORMAT);
  }

  /**
   * Reads an account.
   *
   * @throws IOException if it is damaged, or was written in a format that this release does not
   *     know
   */
  public static NodeAccount read(DataInput in, Limits limits, Calibration calibration)
      throws IOException {
    int format = in.readByte();
    if (format > FORMAT) {
      throw new IOException(
          "a node's account of format %d: a later release wrote it; this one reads formats %d to %d"
              .formatted(format, FORMAT_WITHOUT_SOURCES, FORMAT));
    }
    if (format < FORMAT_WITHOUT_SOURCES) {
      throw new IOException(
          "a node's account of format %d; this release reads formats %d to %d"
              .formatted(format, FORMAT_WITHOUT_SOURCES, FORMAT));
    }
    StateReader state =
        format > FORMAT_WITHOUT_SECTIONS
            ? StateReader.of(in, format)
            : StateReader.ofOld(in, format);
    try {
      NodeAccount account = new NodeAccount(limits, calibration);
      account.read(state);
      return account;
    } catch (RuntimeException e) {
      // what is written is checked where it is made; an older release may have let more in
      throw new IOException("a node's account that cannot be: " + e.getMessage(), e);
    }
  }

  private void read(StateReader in) throws IOException {
    int format = in.format();
    int end = in.begin();
    seen = SeenBatches.read(in);
    newestMillis = in.readLong();
    longestMillis = in.readLong();
    boolean withTimes = format > FORMAT_WITHOUT_SECTIONS;
    heardMillis = withTimes ? in.readLong() : Math.max(seen.arrivedMillis(), newestMillis);
    in.end(end, "batches");

    end = in.begin();
    List<AllocationEdge> edges = new ArrayList<>();
    for (int left = in.countOrInt(); left > 0; left--) {
      AllocationEdge edge = EdgeCodec.read(in);
      edges.add(edge);
      // of a node that has said nothing but allocations, too
      heardMillis = withTimes ? heardMillis : Math.max(heardMillis, edge.arrivalEpochMillis());
    }
    allocations.begin(edges);
    nextExpiryMillis = allocations.nextExpiry();
    in.end(end, "allocations");

    end = in.begin();
    for (int left = in.countOrInt(); left > 0; left--) {
      DeviceAccount device = DeviceAccount.read(in, bench);
      put(device.device(), device);
      if (format > FORMAT_WITHOUT_CONTAINERS) {
        device.previousMillis(in.readLong());
      }
      device.noteArrival(withTimes ? in.readLong() : heardMillis);
      if (format > FORMAT_WITHOUT_SOURCES) {
        sources.put(keyOf(device.device()), Sources.read(in, limits));
      }
    }
    in.end(end, "devices");

    end = in.begin();
    if (format > FORMAT_WITHOUT_CONTAINERS) {
      containers = Containers.read(in, limits);
    } else {
      containersOfOld();
    }
    in.end(end, "containers");

    end = in.begin();
    for (int left = format > FORMAT_WITHOUT_UNMEASURED ? in.countOrInt() : 0; left > 0; left--) {
      Unmeasured of = Unmeasured.read(in, limits.windowMillis());
      of.heard(withTimes ? in.readLong() : heardMillis);
      unmeasured.put(keyOf(of.device()), of);
      seenWithoutEnergy(of.device());
    }
    in.end(end, "devices without energy");
    in.end();
  }
}
