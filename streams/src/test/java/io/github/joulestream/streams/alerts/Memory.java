// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.WireSerdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store in memory, and the output that was emitted. */
final class Memory implements AlertStateStore, AlertEmitter {
  private final String site;

  Memory(String site) {
    this.site = site;
  }

  /** By key, as in the store of a task but for the name of the site. */
  final TreeMap<String, byte[]> entries = new TreeMap<>();

  final List<Alert> alerts = new ArrayList<>();
  final List<CapAdvice> advice = new ArrayList<>();
  final List<Capacity> capacities = new ArrayList<>();
  final List<PoolPeaks> peaks = new ArrayList<>();

  /** Writes so far. */
  int puts;

  @Override
  public void put(StateSection section, String name, byte[] content) {
    puts++;
    entries.put(StateEntry.key(section, name), StateEntry.value(section, content));
  }

  @Override
  public void delete(StateSection section, String name) {
    entries.remove(StateEntry.key(section, name));
  }

  @Override
  public void emit(Alert alert) {
    alerts.add(alert);
  }

  @Override
  public void emit(CapAdvice one) {
    advice.add(one);
  }

  @Override
  public void emit(Capacity one) {
    capacities.add(one);
  }

  @Override
  public void emit(PoolPeaks one) {
    peaks.add(one);
  }

  /** Entries of a section, in the order of their names. */
  List<StateEntry> entries(StateSection section) {
    return entries.entrySet().stream()
        .map(stored -> read(stored.getKey(), stored.getValue()))
        .filter(entry -> entry.section() == section)
        .toList();
  }

  private static StateEntry read(String key, byte[] value) {
    try {
      return StateEntry.read(key, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stored power of nodes, in the order in which it arrived. */
  List<PowerSnapshot> powers() {
    return entries(StateSection.POWER).stream()
        .map(entry ->
            WireSerdes.powerSnapshot()
                .deserializer()
                .deserialize("power-snapshot", entry.content()))
        .toList();
  }

  /** A site restored from the entries. */
  SiteWatch restored() {
    SiteWatch watch = new SiteWatch(site, this, this);
    try {
      for (Map.Entry<String, byte[]> stored : new TreeMap<>(entries).entrySet()) {
        watch.restore(StateEntry.read(stored.getKey(), stored.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    watch.restored();
    return watch;
  }
}
