// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceSeries;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The samples of a history, by device. Every device of a batch asks for about the same time: it is
 * read once. Mutable; used for one record.
 */
final class CachedHistory {
  private final History history;
  private final SampleReader reader;
  private final long longestBatchMillis;
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;
  private Map<String, NavigableMap<Long, Sample>> samples = Map.of();

  /**
   * A history of which nothing is read yet.
   *
   * @param longestBatchMillis time between the first and the last reading of the longest batch: a
   *     history is read by the times of last readings
   */
  CachedHistory(History history, SampleReader reader, long longestBatchMillis) {
    this.history = history;
    this.reader = reader;
    this.longestBatchMillis = longestBatchMillis;
  }

  /** A history and a batch that it does not have yet. */
  static History with(History history, Arrival batch) {
    return (from, to) -> Stream.concat(history.read(from, to).stream(), Stream.of(batch)).toList();
  }

  /** The samples of a device from a time up to another, both included; not to be changed. */
  NavigableMap<Long, Sample> samplesOf(String key, long fromEpochMillis, long toEpochMillis) {
    if (fromEpochMillis < from || toEpochMillis > to) {
      from = Math.min(from, fromEpochMillis);
      to = Math.max(to, toEpochMillis);
      samples = byDevice(history.read(from, lastOfBatches(to)));
    }
    NavigableMap<Long, Sample> ofDevice = samples.get(key);
    return ofDevice == null
        ? Collections.emptyNavigableMap()
        : ofDevice.subMap(fromEpochMillis, true, toEpochMillis, true);
  }

  /** A batch that has a reading of this time has its last reading by this time. */
  private long lastOfBatches(long epochMillis) {
    return epochMillis < Long.MAX_VALUE - longestBatchMillis
        ? epochMillis + longestBatchMillis
        : Long.MAX_VALUE;
  }

  private Map<String, NavigableMap<Long, Sample>> byDevice(List<Arrival> arrivals) {
    Map<String, NavigableMap<Long, Sample>> byDevice = new HashMap<>();
    for (Arrival arrival : arrivals) {
      for (DeviceSeries series : arrival.devices()) {
        NavigableMap<Long, Sample> ofDevice =
            byDevice.computeIfAbsent(NodeDevices.keyOf(series.device()), _ -> new TreeMap<>());
        for (Sample sample :
            reader.read(series, arrival.arrivalEpochMillis(), SampleReader.SILENT)) {
          ofDevice.merge(sample.epochMillis(), sample, Sample::preferred);
        }
      }
    }
    return byDevice;
  }
}
