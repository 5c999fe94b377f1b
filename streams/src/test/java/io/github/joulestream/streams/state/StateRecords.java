// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/** Reads and writes the records of stores, as their changelogs have them. */
public final class StateRecords {
  /** The key of the record that lists the formats of a store. */
  public static final String FORMATS = FormatRecord.KEY;

  private static final HexFormat HEX = HexFormat.of();

  private StateRecords() {}

  /**
   * A record of a store.
   *
   * @param startMillis start of its window, or 0
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  public record StateRecord(String store, String key, long startMillis, byte[] value) {
    /** As a line of a golden file. */
    public String line() {
      return "%s %s %d %s"
          .formatted(store, HEX.formatHex(key.getBytes(UTF_8)), startMillis, HEX.formatHex(value));
    }

    public static StateRecord of(String line) {
      String[] fields = line.split(" ", -1);
      return new StateRecord(
          fields[0],
          new String(HEX.parseHex(fields[1]), UTF_8),
          Long.parseLong(fields[2]),
          HEX.parseHex(fields[3]));
    }
  }

  /** All records of a store, by key. */
  @SuppressWarnings("unchecked")
  public static List<StateRecord> read(StateStore store) {
    List<StateRecord> records = new ArrayList<>();
    if (store instanceof WindowStore<?, ?> windows) {
      try (KeyValueIterator<Windowed<String>, byte[]> all =
          ((WindowStore<String, byte[]>) windows).all()) {
        while (all.hasNext()) {
          KeyValue<Windowed<String>, byte[]> next = all.next();
          records.add(
              new StateRecord(store.name(), next.key.key(), next.key.window().start(), next.value));
        }
      }
      return records;
    }
    try (KeyValueIterator<String, byte[]> all = keyValues(store).all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> next = all.next();
        records.add(new StateRecord(store.name(), next.key, 0, next.value));
      }
    }
    return records;
  }

  /** Puts records into a store. */
  @SuppressWarnings("unchecked")
  public static void write(StateStore store, List<StateRecord> records) {
    for (StateRecord record : records) {
      if (store instanceof WindowStore<?, ?> windows) {
        ((WindowStore<String, byte[]>) windows).put(record.key, record.value, record.startMillis);
      } else {
        keyValues(store).put(record.key, record.value);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static KeyValueStore<String, byte[]> keyValues(StateStore store) {
    return store instanceof CommitStore<?> commitStore
        ? commitStore.inner
        : (KeyValueStore<String, byte[]>) store;
  }
}
