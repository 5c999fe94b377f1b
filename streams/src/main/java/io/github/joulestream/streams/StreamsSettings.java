// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.kafka.Durability;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.streams.state.CacheBudget;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an instance of the topologies; each has a default and a range:
 *
 * <pre>
 *   StreamsSettings.of(KafkaClients.of("broker:9092"), Path.of("state")).threads(4).startTimeout(Duration.ofMinutes(5))
 * </pre>
 *
 * <p>A setter returns a changed copy; it throws an {@code IllegalArgumentException} that names the
 * option of {@code streams}, its range and the value if the value is out of range. All instances
 * must have the same limits and calibration: a node's energy must not depend on the instance that
 * has its task.
 */
public final class StreamsSettings {
  /** Time between two commits: what was booked is visible after half of it on average. */
  public static final Duration DEFAULT_COMMIT_INTERVAL = Duration.ofMillis(500);

  /**
   * Time between two commits of the alerts, at most, since an alert leaves with the commit; and of
   * all topologies where one process does everything for one viewer.
   */
  public static final Duration SHORT_COMMIT_INTERVAL = Duration.ofMillis(200);

  /** Below this, a commit costs more than the work between two. */
  public static final Duration MIN_COMMIT_INTERVAL = Duration.ofMillis(10);

  /** Half of the 10 s after which brokers abort a transaction. */
  public static final Duration MAX_COMMIT_INTERVAL = Duration.ofSeconds(5);

  /** Time without progress after which a start has failed. */
  public static final Duration DEFAULT_START_TIMEOUT = Duration.ofMinutes(2);

  public static final Duration MIN_START_TIMEOUT = Duration.ofSeconds(1);
  public static final Duration MAX_START_TIMEOUT = Duration.ofDays(1);

  /** Stream threads of one topology that are replaced within an hour. */
  public static final int DEFAULT_MAX_REPLACEMENTS = 10;

  /** Length of the windows of devices. */
  public static final Duration DEFAULT_DEVICE_WINDOWS = Duration.ofMillis(Windows.MILLIS);

  /** Caches below this would hold a few hundred nodes. */
  public static final long MIN_CACHE_BYTES = 8L << 20;

  private final KafkaClients kafka;
  private final Path stateDir;
  private int threads = 1;
  private @Nullable String groupInstanceId;
  private int standbys;
  private Duration commitInterval = DEFAULT_COMMIT_INTERVAL;
  private Limits limits = Limits.DEFAULT;
  private Calibration calibration = Calibration.NONE;
  private Duration deviceWindows = DEFAULT_DEVICE_WINDOWS;
  private long cacheBytes = CacheBudget.ofHeap().bytes();
  private Duration startTimeout = DEFAULT_START_TIMEOUT;
  private int maxReplacements = DEFAULT_MAX_REPLACEMENTS;
  private SiteKeys siteKeys = SiteKeys.NONE;
  private Durability durability = Durability.CLUSTER_DEFAULT;

  private StreamsSettings(KafkaClients kafka, Path stateDir) {
    this.kafka = kafka;
    this.stateDir = stateDir;
  }

  private StreamsSettings(StreamsSettings from) {
    this.kafka = from.kafka;
    this.stateDir = from.stateDir;
    this.threads = from.threads;
    this.groupInstanceId = from.groupInstanceId;
    this.standbys = from.standbys;
    this.commitInterval = from.commitInterval;
    this.limits = from.limits;
    this.calibration = from.calibration;
    this.deviceWindows = from.deviceWindows;
    this.cacheBytes = from.cacheBytes;
    this.startTimeout = from.startTimeout;
    this.maxReplacements = from.maxReplacements;
    this.siteKeys = from.siteKeys;
    this.durability = from.durability;
  }

  /**
   * The defaults.
   *
   * @param kafka how to reach the cluster
   * @param stateDir folder of the state; restored from the brokers if it is empty
   */
  public static StreamsSettings of(KafkaClients kafka, Path stateDir) {
    return new StreamsSettings(kafka, stateDir);
  }

  /** Stream threads of each topology; 1 by default. */
  public StreamsSettings threads(int number) {
    check(number >= 1, "threads", "at least 1", number);
    StreamsSettings changed = new StreamsSettings(this);
    changed.threads = number;
    return changed;
  }

  /**
   * A lasting name of the instance: a restart under it within the session time-out takes its tasks
   * back at once. Must differ between instances; none by default.
   */
  public StreamsSettings groupInstanceId(@Nullable String name) {
    StreamsSettings changed = new StreamsSettings(this);
    changed.groupInstanceId = name;
    return changed;
  }

  /**
   * Other instances that keep a copy of each task's state and continue with it at once when this
   * one is gone; 0 by default.
   */
  public StreamsSettings standbys(int number) {
    check(number >= 0, "standbys", "at least 0", number);
    StreamsSettings changed = new StreamsSettings(this);
    changed.standbys = number;
    return changed;
  }

  /** Time between two commits. */
  public StreamsSettings commitInterval(Duration interval) {
    checkRange("commit-interval", interval, MIN_COMMIT_INTERVAL, MAX_COMMIT_INTERVAL);
    StreamsSettings changed = new StreamsSettings(this);
    changed.commitInterval = interval;
    return changed;
  }

  /** Limits of attribution; the same on all instances. */
  public StreamsSettings limits(Limits values) {
    StreamsSettings changed = new StreamsSettings(this);
    changed.limits = values;
    return changed;
  }

  /** Corrections of sensors by model; the same on all instances. */
  public StreamsSettings calibration(Calibration values) {
    StreamsSettings changed = new StreamsSettings(this);
    changed.calibration = values;
    return changed;
  }

  /**
   * Length of the windows of devices, whole windows of 10 s up to an hour; zero if there are none.
   * The same on all instances.
   */
  public StreamsSettings deviceWindows(Duration length) {
    long millis = length.toMillis();
    check(
        millis >= 0 && millis <= Windows.HOUR_MILLIS && millis % Windows.MILLIS == 0,
        "device-windows",
        "off, or a multiple of 10s up to 1h",
        millis);
    StreamsSettings changed = new StreamsSettings(this);
    changed.deviceWindows = length;
    return changed;
  }

  /** Memory of the object caches of all tasks together, bytes; 40 % of the heap by default. */
  public StreamsSettings cacheBytes(long bytes) {
    check(bytes >= MIN_CACHE_BYTES, "cache-limit", "at least " + MIN_CACHE_BYTES + " bytes", bytes);
    StreamsSettings changed = new StreamsSettings(this);
    changed.cacheBytes = bytes;
    return changed;
  }

  /** Time without progress after which a start has failed; restoring state is progress. */
  public StreamsSettings startTimeout(Duration timeout) {
    checkRange("start-timeout", timeout, MIN_START_TIMEOUT, MAX_START_TIMEOUT);
    StreamsSettings changed = new StreamsSettings(this);
    changed.startTimeout = timeout;
    return changed;
  }

  /** Stream threads of one topology that are replaced within an hour; the next failure ends it. */
  public StreamsSettings maxReplacements(int number) {
    check(number >= 0 && number <= 1_000, "max-replacements", "0 to 1000", number);
    StreamsSettings changed = new StreamsSettings(this);
    changed.maxReplacements = number;
    return changed;
  }

  /** Which records are accepted; the same on all instances. Without keys, all are. */
  public StreamsSettings siteKeys(SiteKeys keys) {
    StreamsSettings changed = new StreamsSettings(this);
    changed.siteKeys = keys;
    return changed;
  }

  /**
   * Of changelogs and repartition topics when they are made; those that exist stay as they are. The
   * cluster's by default.
   */
  public StreamsSettings durability(Durability value) {
    StreamsSettings changed = new StreamsSettings(this);
    changed.durability = value;
    return changed;
  }

  private static void checkRange(String name, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "%s of %d ms: it must be %d to %d ms"
              .formatted(name, value.toMillis(), min.toMillis(), max.toMillis()));
    }
  }

  private static void check(boolean valid, String name, String range, long value) {
    if (!valid) {
      throw new IllegalArgumentException("%s of %d: it must be %s".formatted(name, value, range));
    }
  }

  Path stateDir() {
    return stateDir;
  }

  int threads() {
    return threads;
  }

  @Nullable String groupInstanceId() {
    return groupInstanceId;
  }

  int standbys() {
    return standbys;
  }

  Duration commitInterval() {
    return commitInterval;
  }

  public Limits limits() {
    return limits;
  }

  public Calibration calibration() {
    return calibration;
  }

  int deviceWindowMillis() {
    return Math.toIntExact(deviceWindows.toMillis());
  }

  long cacheBytes() {
    return cacheBytes;
  }

  Duration startTimeout() {
    return startTimeout;
  }

  int maxReplacements() {
    return maxReplacements;
  }

  Durability durability() {
    return durability;
  }

  KafkaClients kafka() {
    return kafka;
  }

  SiteKeys siteKeys() {
    return siteKeys;
  }

  /** Without the configuration of Kafka's clients, which may hold passwords. */
  @Override
  public String toString() {
    return "StreamsSettings[%s, %d threads, %s]".formatted(stateDir, threads, kafka);
  }
}
