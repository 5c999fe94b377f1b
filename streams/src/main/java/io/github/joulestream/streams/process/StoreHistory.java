// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import io.github.joulestream.energy.attribute.Arrival;
import io.github.joulestream.energy.attribute.History;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The batches of nodes that arrived lately, as they were on the wire, by node and time of their
 * last reading, in a store that drops them by the time of their arrival. That time is the broker's
 * and only goes forward, so a node with a fast clock or a backfill takes nothing away from others.
 */
final class StoreHistory {
  private static final HexFormat HEX = HexFormat.of();
  private static final String TOPIC = "telemetry";
  // later than any arrival; with a larger one the store would look at all keys behind the range
  private static final long ANY_ARRIVAL = (1L << 47) - 1;

  private final WindowStore<String, byte[]> store;
  private final Deserializer<TelemetryBatch> deserializer;
  private final long futureMillis;

  StoreHistory(
      WindowStore<String, byte[]> store,
      Deserializer<TelemetryBatch> deserializer,
      long futureMillis) {
    this.futureMillis = futureMillis;
    this.store = store;
    this.deserializer = deserializer;
  }

  void put(String node, TelemetryBatch batch, Arrival arrived, byte[] value) {
    String key =
        node
            + "\0"
            + hex(arrived.latestMillis(futureMillis))
            + HEX.toHexDigits(batch.agentEpoch())
            + HEX.toHexDigits(batch.sequence());
    store.put(key, value, arrived.arrivalEpochMillis());
  }

  /** Sorts as the number does. */
  private static String hex(long value) {
    return HEX.toHexDigits(value ^ Long.MIN_VALUE);
  }

  History of(String node) {
    return (from, to) -> {
      List<KeyValue<Windowed<String>, byte[]>> found = new ArrayList<>();
      try (KeyValueIterator<Windowed<String>, byte[]> range =
          store.fetch(node + "\0" + hex(from), node + "\0" + hex(to) + "\uffff", 0, ANY_ARRIVAL)) {
        range.forEachRemaining(found::add);
      }
      found.sort(
          Comparator.comparingLong(
                  (KeyValue<Windowed<String>, byte[]> entry) -> entry.key.window().start())
              .thenComparing(entry -> entry.key.key()));
      List<Arrival> arrivals = new ArrayList<>(found.size());
      for (KeyValue<Windowed<String>, byte[]> entry : found) {
        arrivals.add(
            new Arrival(
                entry.key.window().start(),
                deserializer.deserialize(TOPIC, entry.value).devicesInTime()));
      }
      return arrivals;
    };
  }
}
