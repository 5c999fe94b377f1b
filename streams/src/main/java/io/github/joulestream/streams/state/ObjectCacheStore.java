// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * State as objects, not as bytes: what is in use stays in memory as it is, and is written into the
 * store behind it when the task commits, once, however often it changed.
 */
public final class ObjectCacheStore<V> extends CommitStore<V> {
  private final Function<V, byte[]> writer;
  private final Function<byte[], V> reader;
  private final int capacity;
  private final LinkedHashMap<String, V> live = new LinkedHashMap<>(64, 0.75f, true);
  private final Set<String> changed = new LinkedHashSet<>();

  private ObjectCacheStore(
      KeyValueStore<String, byte[]> inner,
      Function<V, byte[]> writer,
      Function<byte[], V> reader,
      int capacity) {
    super(inner);
    this.writer = writer;
    this.reader = reader;
    this.capacity = capacity;
  }

  /**
   * A store with a changelog on disk.
   *
   * @param capacity objects that are kept in memory though nothing about them is new
   */
  public static <V> StoreBuilder<ObjectCacheStore<V>> builder(
      String name, Function<V, byte[]> writer, Function<byte[], V> reader, int capacity) {
    return new Builder<>(
        Stores.persistentKeyValueStore(name),
        Map.of(),
        inner -> new ObjectCacheStore<>(inner, writer, reader, capacity));
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

  /** Everything whose key begins with this, by key. */
  public Map<String, V> startingWith(String prefix) {
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
    return found;
  }

  /** Forgets everything that was there at the last commit, has not changed, and is over. */
  public void forgetIf(BiPredicate<String, byte[]> over) {
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

  @Override
  void writeChanges() {
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

  @Override
  void forgetMemory() {
    live.clear();
    changed.clear();
  }
}
