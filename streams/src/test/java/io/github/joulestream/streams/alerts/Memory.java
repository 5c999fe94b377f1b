// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store in memory, and what was told. */
final class Memory implements AlertStateStore {
  private final String site;

  Memory(String site) {
    this.site = site;
  }

  final TreeMap<String, byte[]> kept = new TreeMap<>();
  final List<Alert> told = new ArrayList<>();

  private static String key(Part part, String name) {
    return part.code + name;
  }

  @Override
  public void put(Part part, String name, byte[] value) {
    kept.put(key(part, name), value);
  }

  @Override
  public void delete(Part part, String name) {
    kept.remove(key(part, name));
  }

  @Override
  public void tell(Alert alert) {
    told.add(alert);
  }

  @Override
  public void advise(CapAdvice advice) {}

  /** What is kept of what nodes draw, in the order in which it came. */
  List<PowerSnapshot> powers() {
    return kept.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(key(Part.POWER, "")))
        .map(entry ->
            WireSerdes.powerSnapshot()
                .deserializer()
                .deserialize("power-snapshot", entry.getValue()))
        .toList();
  }

  SiteWatch restored() {
    SiteWatch watch = new SiteWatch(site, this);
    for (Map.Entry<String, byte[]> entry : new TreeMap<>(kept).entrySet()) {
      watch.restore(
          AlertStateStore.Part.of(entry.getKey().charAt(0)),
          entry.getKey().substring(1),
          entry.getValue());
    }
    watch.restored();
    return watch;
  }
}
