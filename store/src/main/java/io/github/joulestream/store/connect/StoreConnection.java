// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.connect;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.HistoryStore;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.RecentReads;
import io.github.joulestream.store.history.SharedStore;
import io.github.joulestream.store.history.StoredHistory;
import io.github.joulestream.store.history.StoredWindows;
import io.github.joulestream.store.history.WindowReader;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.influx.InfluxApi;
import io.github.joulestream.store.influx.InfluxBuckets;
import io.github.joulestream.store.influx.InfluxQlHistory;
import io.github.joulestream.store.influx.InfluxQlReader;
import io.github.joulestream.store.influx.InfluxSink;
import io.github.joulestream.store.influx.InfluxV1;
import io.github.joulestream.store.influx.InfluxV2;
import io.github.joulestream.store.influx.InfluxV3;
import io.github.joulestream.store.questdb.QuestDbHistory;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store of any kind: how to write into it, and how to read from it. */
public final class StoreConnection {
  private final StoreKind kind;
  private final InfluxAddress address;
  private final Buckets buckets;

  public StoreConnection(StoreKind kind, InfluxAddress address, Buckets buckets) {
    this.kind = kind;
    this.address = address;
    // QuestDB has no buckets, and must not be sent the same points in two requests
    this.buckets = kind == StoreKind.QUESTDB ? Buckets.one(buckets.weeks().name()) : buckets;
  }

  /**
   * Detects the kind of store, unless it is given.
   *
   * @param known the kind, or null to detect it
   * @throws IOException if it cannot be reached
   * @throws UserError if its kind is unknown, or it denies access
   */
  public static StoreConnection to(
      InfluxAddress address, @Nullable StoreKind known, Buckets buckets) throws IOException {
    return new StoreConnection(
        known == null ? StoreDetector.kindOf(address) : known, address, buckets);
  }

  public StoreKind kind() {
    return kind;
  }

  private InfluxApi api() {
    return switch (kind) {
      case INFLUX1 -> new InfluxV1(address);
      case INFLUX2, QUESTDB -> new InfluxV2(address);
      case INFLUX3 -> new InfluxV3(address);
    };
  }

  /** To write into it. */
  public PointSink sink() {
    return new InfluxSink(api(), buckets);
  }

  /** To read from it. */
  public ResultReader reader() {
    return kind == StoreKind.QUESTDB
        ? new QuestDbReader(address.url())
        : new InfluxQlReader(api(), buckets);
  }

  /** To read years of it. */
  public HistoryReader history() {
    return new StoredHistory(store(ReadLimits.OF_REPORTS));
  }

  /** To read single sites, nodes and jobs of it. */
  public WindowReader windows() {
    return shared().windows();
  }

  /** To read all of it for many people at once, who share its turns. */
  public SharedReaders shared() {
    return shared(store(ReadLimits.OF_VIEWS));
  }

  /**
   * The same of a store that may not be there yet: until it is, every read fails as those of a
   * store that cannot be reached.
   */
  public static SharedReaders sharedLater(Connecting connecting) {
    return shared(
        new LaterStore(() -> connecting.connect().store(ReadLimits.OF_VIEWS), NanoClock.system()));
  }

  private static SharedReaders shared(HistoryStore one) {
    HistoryStore store = new RecentReads(new SharedStore(one), NanoClock.system());
    return new SharedReaders(
        new StoredHistory(store), new StoredWindows(store, NanoClock.system()));
  }

  /** Connects to a store, as {@link #to} does. */
  @FunctionalInterface
  public interface Connecting {
    /**
     * Connects.
     *
     * @throws IOException if it cannot be reached
     */
    StoreConnection connect() throws IOException;
  }

  /**
   * Readers of one store. Closing either closes the store.
   *
   * @param history of reports
   * @param windows of single sites, nodes and jobs
   */
  public record SharedReaders(HistoryReader history, WindowReader windows)
      implements AutoCloseable {
    @Override
    public void close() {
      windows.close();
    }
  }

  private HistoryStore store(ReadLimits limits) {
    return kind == StoreKind.QUESTDB
        ? new QuestDbHistory(address.url(), limits)
        : new InfluxQlHistory(api(), buckets, limits);
  }

  /**
   * Creates the buckets that are missing; returns what it did, as sentences.
   *
   * @throws UserError if the token may not write, or may not make what is missing
   * @throws IOException if the store cannot be reached
   */
  public List<String> prepare() throws IOException {
    if (kind == StoreKind.QUESTDB) {
      return List.of(); // its operator creates the tables
    }
    try (InfluxApi api = api()) {
      return new InfluxBuckets(api, buckets).prepare();
    }
  }

  /** What is missing there or differs from the settings, as sentences. */
  public List<String> differences() throws IOException {
    if (kind == StoreKind.QUESTDB) {
      return List.of();
    }
    try (InfluxApi api = api()) {
      return new InfluxBuckets(api, buckets).differences();
    }
  }
}
