// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.StateFormat;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Deletes state that was written before 0.1.0, the first release, without headers of formats. This
 * release does not read it: nodes, and totals of jobs and sites, begin anew.
 */
final class OlderState {
  private OlderState() {}

  /**
   * Deletes all entries that do not begin as one of these formats does.
   *
   * @return how many
   */
  static int delete(KeyValueStore<String, byte[]> store, List<StateFormat> formats) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        if (isOlder(entry.value, formats)) {
          keys.add(entry.key);
        }
      }
    }
    keys.forEach(store::delete);
    return keys.size();
  }

  /**
   * Deletes all entries that do not begin as one of these formats does.
   *
   * @return how many
   */
  static int delete(WindowStore<String, byte[]> store, List<StateFormat> formats) {
    List<Windowed<String>> keys = new ArrayList<>();
    try (KeyValueIterator<Windowed<String>, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Windowed<String>, byte[]> entry = all.next();
        if (isOlder(entry.value, formats)) {
          keys.add(entry.key);
        }
      }
    }
    keys.forEach(key -> store.put(key.key(), null, key.window().start()));
    return keys.size();
  }

  private static boolean isOlder(byte[] value, List<StateFormat> formats) {
    return value.length == 0
        || formats.stream().noneMatch(format -> format.isMagic(value[0] & 0xff));
  }
}
