// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import io.github.joulestream.serve.live.NodeTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The racks of a table of nodes: a table whose rows are racks. Power of a rack is that of its nodes
 * whose power is known, and so is its highest; use is the mean of those that report it; temperature
 * and age are the highest of its nodes; it is silent, alerting or held if one of them is.
 */
final class Racks {
  private final NodeTable nodes;
  private final List<String> names;
  private final int[] rackOf;

  private Racks(NodeTable nodes, List<String> names, int[] rackOf) {
    this.nodes = nodes;
    this.names = names;
    this.rackOf = rackOf;
  }

  /**
   * Racks of nodes.
   *
   * @param before of the same site, if known: names are kept if the version is the same
   */
  static Racks of(NodeTable nodes, @Nullable Racks before) {
    if (before != null && before.nodes.version() == nodes.version()) {
      return new Racks(nodes, before.names, before.rackOf);
    }
    Map<String, Integer> positions = new LinkedHashMap<>();
    int[] rackOf = new int[nodes.names().size()];
    for (int i = 0; i < rackOf.length; i++) {
      Integer known = positions.get(nodes.racks().get(i));
      if (known == null) {
        known = positions.size();
        positions.put(nodes.racks().get(i), known);
      }
      rackOf[i] = known;
    }
    return new Racks(nodes, List.copyOf(positions.keySet()), rackOf);
  }

  /** Positions of the racks of nodes, rising. */
  int[] positions(int[] some) {
    return Arrays.stream(some).map(node -> rackOf[node]).sorted().distinct().toArray();
  }

  /** Racks that have one of these nodes. */
  BitSet of(BitSet some) {
    BitSet of = new BitSet(names.size());
    for (int i = some.nextSetBit(0); i >= 0 && i < rackOf.length; i = some.nextSetBit(i + 1)) {
      of.set(rackOf[i]);
    }
    return of;
  }

  /** The racks, as a table. */
  NodeTable table() {
    int size = names.size();
    long[] milliwatts = new long[size];
    long[] highest = new long[size];
    long[] readings = new long[size];
    int[] temperature = new int[size];
    Arrays.fill(milliwatts, -1);
    Arrays.fill(temperature, Integer.MIN_VALUE);
    for (int i = 0; i < rackOf.length; i++) {
      int rack = rackOf[i];
      if (nodes.milliwatts()[i] >= 0) {
        milliwatts[rack] = Math.max(0, milliwatts[rack]) + nodes.milliwatts()[i];
        highest[rack] += nodes.highestMilliwatts()[i];
      }
      long reading = nodes.readingEpochMillis()[i];
      if (reading > 0 && (readings[rack] == 0 || reading < readings[rack])) {
        readings[rack] = reading;
      }
      temperature[rack] = Math.max(temperature[rack], nodes.temperatureDecidegrees()[i]);
    }
    List<String> copy = new ArrayList<>(names);
    return new NodeTable(
        nodes.version(),
        copy,
        copy,
        milliwatts,
        highest,
        means(nodes.busyBasisPoints()),
        means(nodes.heldIdleBasisPoints()),
        temperature,
        readings,
        of(nodes.silent()),
        of(nodes.alerting()));
  }

  private int[] means(int[] values) {
    long[] sums = new long[names.size()];
    int[] counts = new int[names.size()];
    for (int i = 0; i < rackOf.length; i++) {
      if (values[i] >= 0) {
        sums[rackOf[i]] += values[i];
        counts[rackOf[i]]++;
      }
    }
    int[] means = new int[sums.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = counts[i] == 0 ? -1 : (int) Math.round((double) sums[i] / counts[i]);
    }
    return means;
  }
}
