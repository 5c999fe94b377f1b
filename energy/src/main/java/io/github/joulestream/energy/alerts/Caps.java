// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Caps that bring a power back under its limit. What is over it is shared out over what each draws
 * above its idle floor, in whole milliwatts by largest remainder, so that it sums exactly.
 *
 * @param caps of those that should give
 * @param unmetMilliwatts what is still over because all are at their floor
 */
public record Caps(List<Cap> caps, long unmetMilliwatts) {
  public Caps {
    caps = List.copyOf(caps);
  }

  /**
   * Who draws, and could draw less.
   *
   * @param floorMilliwatts what it draws at idle
   * @param priority the higher, the later it is asked; only with {@link CapMode#PRIORITY}
   */
  public record Drawer(
      Contributor.Consumer kind, String name, long milliwatts, long floorMilliwatts, int priority) {
    long aboveFloor() {
      return Math.max(0, milliwatts - floorMilliwatts);
    }
  }

  /**
   * Shares out what is over.
   *
   * @param overMilliwatts what must go
   */
  public static Caps of(long overMilliwatts, List<Drawer> drawers, CapMode mode) {
    Map<Integer, List<Drawer>> groups = new TreeMap<>();
    for (Drawer drawer : drawers) {
      if (drawer.aboveFloor() > 0) {
        int group = mode == CapMode.PRIORITY ? drawer.priority : 0;
        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(drawer);
      }
    }
    List<Cap> caps = new ArrayList<>();
    long left = Math.max(0, overMilliwatts);
    for (List<Drawer> group : groups.values()) {
      if (left == 0 || mode == CapMode.NONE) {
        break;
      }
      long most = group.stream().mapToLong(Drawer::aboveFloor).sum();
      long given = Math.min(left, most);
      long[] cuts = split(given, group, most);
      for (int i = 0; i < cuts.length; i++) {
        Drawer drawer = group.get(i);
        caps.add(
            new Cap(
                drawer.kind,
                drawer.name,
                drawer.milliwatts,
                drawer.milliwatts - cuts[i],
                drawer.priority));
      }
      left -= given;
    }
    return new Caps(caps, left);
  }

  /** By largest remainder; a part is never more than its weight, as the amount is not over all. */
  private static long[] split(long amount, List<Drawer> group, long sum) {
    BigInteger all = BigInteger.valueOf(sum);
    long[] parts = new long[group.size()];
    long[] remainders = new long[group.size()];
    List<Integer> order = new ArrayList<>();
    long left = amount;
    for (int i = 0; i < parts.length; i++) {
      BigInteger[] exact =
          BigInteger.valueOf(amount)
              .multiply(BigInteger.valueOf(group.get(i).aboveFloor()))
              .divideAndRemainder(all);
      parts[i] = exact[0].longValueExact();
      remainders[i] = exact[1].longValueExact();
      left -= parts[i];
      order.add(i);
    }
    order.sort(Comparator.comparingLong(i -> -remainders[i]));
    for (int i = 0; i < left; i++) {
      parts[order.get(i)]++;
    }
    return parts;
  }
}
