// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import io.github.joulestream.store.history.PoolPeakStep;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What pools of several nodes would have needed over a period: need(k) is the sum, over groups of k
 * nodes, of the highest peak of each; saving(k) is 1 - need(k) / T, where T is the sum of the
 * highest size of each group. A pool is credited with saving(k) - saving(1) alone: saving(1) is
 * what each node could do without at its own peak, and needs no pool.
 */
public final class PoolNeed {
  /** One node: right-sizing. */
  public static final String ONE = "1";

  private final Map<String, Map<String, long[]>> highest = new HashMap<>();

  /** Adds an hour of a group. */
  public void add(PoolPeakStep step) {
    long[] group =
        highest
            .computeIfAbsent(step.pool(), _ -> new HashMap<>())
            .computeIfAbsent(step.group(), _ -> new long[2]);
    group[0] = Math.max(group[0], step.peakMebibytes());
    group[1] = Math.max(group[1], step.seenMebibytes());
  }

  /** need(k), MiB; empty if there are no such groups. */
  public OptionalDouble need(String pool) {
    Map<String, long[]> groups = highest.getOrDefault(pool, Map.of());
    return groups.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(groups.values().stream().mapToDouble(group -> group[0]).sum());
  }

  /** T, MiB: of the groups of one node, so that it is the same for every k. */
  public double seen() {
    return highest.getOrDefault(ONE, Map.of()).values().stream()
        .mapToDouble(group -> group[1])
        .sum();
  }

  /** saving(k); empty if there are no such groups. */
  public OptionalDouble saving(String pool) {
    OptionalDouble need = need(pool);
    double all = seen();
    return need.isEmpty() || all <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 - need.getAsDouble() / all);
  }

  /** saving(k) - saving(1). */
  public OptionalDouble credited(String pool) {
    OptionalDouble own = saving(pool);
    OptionalDouble one = saving(ONE);
    return own.isEmpty() || one.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(own.getAsDouble() - one.getAsDouble());
  }
}
