// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * State as objects, not as bytes: what is in use stays in memory as it is, and is written into the
 * store behind it when the task commits, once, however often it changed. What a processor has to
 * tell of it goes out at the same moment ({@link #atCommit}), and so into the same transaction as
 * the input that it came from: after a crash neither is there, or both are.
 *
 * <p>One thread, that of the task. It relies on Kafka Streams asking every {@link CachedStateStore}
 * to flush before it commits, as its own caches do.
 */
public final class LiveStore<V> implements StateStore, CachedStateStore<String, V> {
  private final KeyValueStore<String, byte[]> inner;
  private final Function<V, byte[]> writer;
  private final Function<byte[], V> reader;
  private final int capacity;
  private final LinkedHashMap<String, V> live = new LinkedHashMap<>(64, 0.75f, true);
  private final Set<String> changed = new LinkedHashSet<>();
  private Runnable teller = () -> {};

  private LiveStore(
      KeyValueStore<String, byte[]> inner,
      Function<V, byte[]> writer,
      Function<byte[], V> reader,
      int capacity) {
    this.inner = inner;
    this.writer = writer;
    this.reader = reader;
    this.capacity = capacity;
  }

  /**
   * A store with a changelog on disk.
   *
   * @param capacity objects that are kept in memory though nothing about them is new
   */
  public static <V> StoreBuilder<LiveStore<V>> builder(
      String name, Function<V, byte[]> writer, Function<byte[], V> reader, int capacity) {
    return new Builder<>(name, writer, reader, capacity);
  }

  private static final class Builder<V> implements StoreBuilder<LiveStore<V>> {
    private final StoreBuilder<KeyValueStore<String, byte[]>> inner;
    private final Function<V, byte[]> writer;
    private final Function<byte[], V> reader;
    private final int capacity;

    Builder(String name, Function<V, byte[]> writer, Function<byte[], V> reader, int capacity) {
      this.inner =
          Stores.keyValueStoreBuilder(
                  Stores.persistentKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
              .withCachingDisabled()
              .withLoggingEnabled(Map.of());
      this.writer = writer;
      this.reader = reader;
      this.capacity = capacity;
    }

    @Override
    public LiveStore<V> build() {
      return new LiveStore<>(inner.build(), writer, reader, capacity);
    }

    @Override
    public StoreBuilder<LiveStore<V>> withCachingEnabled() {
      return this; // it is a cache
    }

    @Override
    public StoreBuilder<LiveStore<V>> withCachingDisabled() {
      throw new UnsupportedOperationException("it is a cache");
    }

    @Override
    public StoreBuilder<LiveStore<V>> withLoggingEnabled(Map<String, String> config) {
      inner.withLoggingEnabled(config);
      return this;
    }

    @Override
    public StoreBuilder<LiveStore<V>> withLoggingDisabled() {
      inner.withLoggingDisabled();
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return inner.logConfig();
    }

    @Override
    public boolean loggingEnabled() {
      return inner.loggingEnabled();
    }

    @Override
    public String name() {
      return inner.name();
    }
  }

  // ---- use

  /** The object, which may be changed in place if {@link #changed} is told; null if none. */
  public @Nullable V get(String key) {
    V value = live.get(key);
    if (value == null) {
      byte[] stored = inner.get(key);
      if (stored != null) {
        value = reader.apply(stored);
        live.put(key, value);
      }
    }
    return value;
  }

  public void put(String key, V value) {
    live.put(key, value);
    changed.add(key);
  }

  /** The object of this key was changed in place. */
  public void changed(String key) {
    changed.add(key);
  }

  /** The keys of what changed since the last commit. */
  public Set<String> changedKeys() {
    return changed;
  }

  /** Everything whose key begins with this. */
  public List<V> startingWith(String prefix) {
    Map<String, V> found = new LinkedHashMap<>();
    try (KeyValueIterator<String, byte[]> range = inner.range(prefix, prefix + "\uffff")) {
      while (range.hasNext()) {
        KeyValue<String, byte[]> entry = range.next();
        V value = live.get(entry.key);
        found.put(entry.key, value == null ? reader.apply(entry.value) : value);
      }
    }
    for (String key : changed) {
      V value = live.get(key);
      if (value != null && key.startsWith(prefix)) {
        found.put(key, value);
      }
    }
    return List.copyOf(found.values());
  }

  /** Forgets everything that was there at the last commit, has not changed, and is over. */
  void forgetIf(BiPredicate<String, byte[]> over) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = inner.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        if (!changed.contains(entry.key) && over.test(entry.key, entry.value)) {
          keys.add(entry.key);
        }
      }
    }
    for (String key : keys) {
      live.remove(key);
      inner.delete(key);
    }
  }

  /** What to do when the task commits, before what changed is written. */
  void atCommit(Runnable newTeller) {
    teller = newTeller;
  }

  @Override
  public void flushCache() {
    teller.run();
    for (String key : changed) {
      V value = live.get(key);
      if (value == null) {
        throw new IllegalStateException("what changed is gone: " + key);
      }
      inner.put(key, writer.apply(value));
    }
    changed.clear();
    var eldest = live.entrySet().iterator();
    for (int surplus = live.size() - capacity; surplus > 0; surplus--) {
      eldest.next();
      eldest.remove();
    }
  }

  /** Entries as of the last commit, counted one by one. */
  public long size() {
    long entries = 0;
    try (KeyValueIterator<String, byte[]> all = inner.all()) {
      for (; all.hasNext(); all.next()) {
        entries++;
      }
    }
    return entries;
  }

  /** An object as it was written at the last commit; null if none. */
  public byte @Nullable [] written(String key) {
    return inner.get(key);
  }

  @Override
  public boolean setFlushListener(CacheFlushListener<String, V> listener, boolean sendOldValues) {
    return false; // nobody but the processor listens, by atCommit
  }

  @Override
  public void clearCache() {
    live.clear();
    changed.clear();
  }

  // ---- a store

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    // a task that starts anew may find other state
    clearCache();
    inner.init(context, root);
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {
    inner.commit(changelogOffsets);
  }

  @Override
  public @Nullable Long committedOffset(TopicPartition partition) {
    return inner.committedOffset(partition);
  }

  @Override
  @SuppressWarnings("deprecation") // deprecated for stores that do not manage theirs; ours may
  public boolean managesOffsets() {
    return inner.managesOffsets();
  }

  @Override
  public void close() {
    clearCache();
    inner.close();
  }

  @Override
  public boolean persistent() {
    return inner.persistent();
  }

  @Override
  public boolean isOpen() {
    return inner.isOpen();
  }
}
