// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * A store with a cache of objects, not of bytes: objects in use stay in memory within a {@link
 * CacheBudget}, and one that changed is written into the store behind it when the task commits,
 * once, however often it changed.
 */
public final class ObjectCacheStore<V> extends CommitStore<V> {
  // of an object with its key and its entry in the map: amounts are few bytes as they are written,
  // and 8 bytes each in memory
  private static final int FIXED_BYTES = 1_024;
  private static final int BYTES_PER_WRITTEN_BYTE = 3;
  // that a commit has in memory, as written, before it puts them into the store behind
  private static final long MAX_WRITTEN_BYTES = 4 << 20;

  private final Function<V, byte[]> writer;
  private final Function<byte[], V> reader;
  private final CacheBudget budget;
  private final List<StateFormat> formats;
  private final int bytesPerWrittenByte;
  private final LinkedHashMap<String, Cached<V>> live = new LinkedHashMap<>(64, 0.75f, true);
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> removed = new LinkedHashSet<>();
  private CacheBudget.@Nullable Share share;
  private long liveBytes;

  private static final class Cached<V> {
    V value;
    // in memory, about: as of when it was last read or written
    long bytes = FIXED_BYTES;

    Cached(V value) {
      this.value = value;
    }
  }

  private ObjectCacheStore(
      KeyValueStore<String, byte[]> inner,
      Function<V, byte[]> writer,
      Function<byte[], V> reader,
      CacheBudget budget,
      List<StateFormat> formats,
      int bytesPerWrittenByte) {
    super(inner, formats);
    this.writer = writer;
    this.reader = reader;
    this.budget = budget;
    this.formats = formats;
    this.bytesPerWrittenByte = bytesPerWrittenByte;
  }

  /**
   * A store with a changelog on disk.
   *
   * @param budget bounds the objects in memory, together with other caches
   */
  public static <V> StoreBuilder<ObjectCacheStore<V>> builder(
      String name, Function<V, byte[]> writer, Function<byte[], V> reader, CacheBudget budget) {
    return builder(name, () -> writer, reader, budget, Formats.OF_TOTALS, BYTES_PER_WRITTEN_BYTE);
  }

  /**
   * A store with a changelog on disk.
   *
   * @param writers makes a writer for each store, which one thread uses at a time
   * @param budget bounds the objects in memory, together with other caches
   * @param formats of what it holds
   * @param bytesPerWrittenByte of an object in memory, for each byte of it as it is written
   */
  static <V> StoreBuilder<ObjectCacheStore<V>> builder(
      String name,
      Supplier<Function<V, byte[]>> writers,
      Function<byte[], V> reader,
      CacheBudget budget,
      List<StateFormat> formats,
      int bytesPerWrittenByte) {
    return new Builder<>(
        Stores.persistentKeyValueStore(name),
        Map.of(),
        inner ->
            new ObjectCacheStore<>(
                inner, writers.get(), reader, budget, formats, bytesPerWrittenByte));
  }

  /**
   * Checks the formats of what is stored; to be called before anything is read.
   *
   * @throws UncheckedIOException caused by an {@link UnknownStateFormatException} if this release
   *     does not read one of them
   */
  public void checkFormats() {
    if (!checkRecord()) {
      reportDeleted(name(), OlderState.delete(inner, formats));
    }
  }

  // ---- use

  /** The object; null if there is none. */
  public @Nullable V get(String key) {
    Cached<V> cached = live.get(key);
    if (cached == null) {
      byte[] stored = removed.contains(key) ? null : inner.get(key);
      if (stored == null) {
        return null;
      }
      cached = new Cached<>(reader.apply(stored));
      live.put(key, cached);
      liveBytes += cached.bytes;
      resize(cached, key, stored);
    }
    return cached.value;
  }

  public void put(String key, V value) {
    Cached<V> cached = live.get(key);
    if (cached == null) {
      cached = new Cached<>(value);
      live.put(key, cached);
      liveBytes += cached.bytes;
    } else {
      cached.value = value;
    }
    changed.add(key);
    removed.remove(key);
  }

  /** Removes an object, from the store behind it at the next commit. */
  public void remove(String key) {
    Cached<V> cached = live.remove(key);
    liveBytes -= cached == null ? 0 : cached.bytes;
    changed.remove(key);
    removed.add(key);
  }

  private void resize(Cached<V> cached, String key, byte[] written) {
    liveBytes -= cached.bytes;
    cached.bytes = FIXED_BYTES + (long) bytesPerWrittenByte * written.length + 2L * key.length();
    liveBytes += cached.bytes;
  }

  /** The keys of what changed since the last commit. */
  public Set<String> changedKeys() {
    return changed;
  }

  /** Everything whose key begins with this, by key. */
  public Map<String, V> startingWith(String prefix) {
    Map<String, V> found = new LinkedHashMap<>();
    try (KeyValueIterator<String, byte[]> range = inner.range(prefix, prefix + "\uffff")) {
      while (range.hasNext()) {
        KeyValue<String, byte[]> entry = range.next();
        if (entry.key.equals(FormatRecord.KEY) || removed.contains(entry.key)) {
          continue;
        }
        Cached<V> cached = live.get(entry.key);
        found.put(entry.key, cached == null ? reader.apply(entry.value) : cached.value);
      }
    }
    for (String key : changed) {
      Cached<V> cached = live.get(key);
      if (cached != null && key.startsWith(prefix)) {
        found.put(key, cached.value);
      }
    }
    return found;
  }

  /**
   * Deletes every object that was there at the last commit, has not changed since, and has expired.
   *
   * @param expired takes a key and the object as it was written
   */
  public void deleteIf(BiPredicate<String, byte[]> expired) {
    List<String> keys =
        keysIf((key, written) ->
            !changed.contains(key) && !removed.contains(key) && expired.test(key, written));
    for (String key : keys) {
      Cached<V> cached = live.remove(key);
      liveBytes -= cached == null ? 0 : cached.bytes;
      inner.delete(key);
    }
  }

  /**
   * Keys of the objects that were there at the last commit, by a condition.
   *
   * @param condition takes a key and the object as it was written
   */
  public List<String> keysIf(BiPredicate<String, byte[]> condition) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = inner.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        if (!entry.key.equals(FormatRecord.KEY) && condition.test(entry.key, entry.value)) {
          keys.add(entry.key);
        }
      }
    }
    return keys;
  }

  /** Takes each key and object of the last commit; no object enters the cache. */
  public void forEachWritten(BiConsumer<String, V> taker) {
    try (KeyValueIterator<String, byte[]> all = inner.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        if (!entry.key.equals(FormatRecord.KEY)) {
          taker.accept(entry.key, reader.apply(entry.value));
        }
      }
    }
  }

  /** Reads an object as it was written; it does not enter the cache. */
  public V read(byte[] written) {
    return reader.apply(written);
  }

  @Override
  void writeChanges() {
    removed.forEach(inner::delete);
    removed.clear();
    List<KeyValue<String, byte[]>> written = new ArrayList<>();
    long bytes = 0;
    for (String key : changed) {
      Cached<V> cached = requireNonNull(live.get(key), key);
      byte[] value = writer.apply(cached.value);
      resize(cached, key, value);
      written.add(KeyValue.pair(key, value));
      bytes += value.length;
      if (bytes >= MAX_WRITTEN_BYTES) {
        inner.putAll(written);
        written.clear();
        bytes = 0;
      }
    }
    // the store's cost of one put is several times that of its entry
    inner.putAll(written);
    changed.clear();
    dropSurplus();
  }

  /**
   * Drops objects that were not used for longest, while the budget is exceeded; not those that
   * changed since the last commit. It is done at every commit.
   */
  public void dropSurplus() {
    if (share == null) {
      return;
    }
    share.report(liveBytes);
    long surplus = share.surplus();
    var eldest = live.entrySet().iterator();
    while (surplus > 0 && eldest.hasNext()) {
      Map.Entry<String, Cached<V>> entry = eldest.next();
      if (!changed.contains(entry.getKey())) {
        eldest.remove();
        liveBytes -= entry.getValue().bytes;
        surplus -= entry.getValue().bytes;
        share.evicted();
      }
    }
    share.report(liveBytes);
  }

  /** Objects in memory. */
  int cached() {
    return live.size();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    closeShare();
    share = budget.open();
    super.init(context, root);
  }

  @Override
  public void close() {
    super.close();
    closeShare();
  }

  private void closeShare() {
    if (share != null) {
      share.close();
      share = null;
    }
  }

  @Override
  void clearMemory() {
    live.clear();
    changed.clear();
    removed.clear();
    liveBytes = 0;
  }
}
