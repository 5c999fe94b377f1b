// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.catalogue.Measurement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Parts of points: times, tags and amounts. */
final class Parts {
  static final long NANOS_PER_MILLI = 1_000_000;
  static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long FRAGMENT_MILLIS = 60_000;

  private Parts() {}

  /** Names of fields of amounts, by ordinal; to be made once, because every point has some. */
  static List<String> fields(Enum<?>[] amounts) {
    return Arrays.stream(amounts).map(Measurement::field).toList();
  }

  /** All amounts by their names. */
  static Map<String, Object> amounts(List<String> names, Totals<?> totals) {
    Map<String, Object> fields = LinkedHashMap.newLinkedHashMap(names.size() + 2);
    for (int i = 0; i < names.size(); i++) {
      fields.put(names.get(i), totals.get(i));
    }
    return fields;
  }

  static Map<String, String> tags(String... namesAndValues) {
    Map<String, String> tags = LinkedHashMap.newLinkedHashMap(namesAndValues.length / 2);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      tags.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return tags;
  }

  static long nanos(long epochMillis) {
    return Math.multiplyExact(epochMillis, NANOS_PER_MILLI);
  }

  /** Start of the second of a time, ns. */
  static long secondNanos(long epochMillis) {
    return nanos(Math.floorDiv(epochMillis, 1_000) * 1_000);
  }

  /** Time of a fragment of a window, ns. */
  static long windowNanos(long windowStartEpochMillis, long fragmentEpochMillis) {
    return nanos(windowStartEpochMillis) + fragment(fragmentEpochMillis);
  }

  /**
   * Offset of a fragment's point from its window's start, ns: the minute in which the fragment
   * began, as a number under a second. A fragment is open for a minute at least, so no two of a
   * window have the same.
   */
  static long fragment(long fragmentEpochMillis) {
    return fragmentEpochMillis / FRAGMENT_MILLIS % NANOS_PER_SECOND;
  }

  /** Offset of a fragment that is numbered, ns: the number as one under a second. */
  static long numbered(long fragment) {
    return Math.floorMod(fragment, NANOS_PER_SECOND);
  }

  /** 0 to 999,999,999: what fits below a second, in ns. */
  static long hash(String job, long fragmentEpochMillis) {
    CRC32C crc = new CRC32C();
    crc.update(job.getBytes(UTF_8));
    if (fragmentEpochMillis != 0) {
      crc.update(Long.toString(fragmentEpochMillis).getBytes(UTF_8));
    }
    return crc.getValue() % NANOS_PER_SECOND;
  }

  /**
   * A hash over a longer time: 0 to {@code rangeNanos} - 1. Of n jobs in a quarter of an hour two
   * have the same with a probability of n^2 / 1.8e12.
   */
  static long spread(long rangeNanos, String job, long fragmentEpochMillis) {
    byte[] text = (job + '\n' + fragmentEpochMillis).getBytes(UTF_8);
    CRC32C high = new CRC32C();
    high.update(text);
    CRC32 low = new CRC32();
    low.update(text);
    // two CRCs of different polynomials are 64 bits; the finalizer of MurmurHash3 mixes them
    long hash = high.getValue() << 32 | low.getValue();
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return Math.unsignedMultiplyHigh(hash ^ hash >>> 33, rangeNanos);
  }
}
