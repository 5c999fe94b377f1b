// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Caps that bring a power back under its limit. The power over the limit is shared out in
 * proportion to the power of each consumer above its idle floor, in whole milliwatts by largest
 * remainder, so that the cuts sum exactly.
 *
 * @param caps of those that should consume less
 * @param unmetMilliwatts power still over the limit because all are at their floor
 */
public record Caps(List<Cap> caps, long unmetMilliwatts) {
  public Caps {
    caps = List.copyOf(caps);
  }

  /**
   * A consumer that could consume less.
   *
   * @param floorMilliwatts its power at idle
   * @param priority the higher, the later it is capped; only with {@link CapMode#PRIORITY}
   */
  public record Consumer(
      Contributor.Consumer kind, String name, long milliwatts, long floorMilliwatts, int priority) {
    long aboveFloor() {
      return Math.max(0, milliwatts - floorMilliwatts);
    }
  }

  /**
   * Shares out the power over a limit.
   *
   * @param overMilliwatts the power over the limit
   */
  public static Caps of(long overMilliwatts, List<Consumer> consumers, CapMode mode) {
    Map<Integer, List<Consumer>> groups = new TreeMap<>();
    for (Consumer consumer : consumers) {
      if (consumer.aboveFloor() > 0) {
        int group = mode == CapMode.PRIORITY ? consumer.priority : 0;
        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(consumer);
      }
    }
    List<Cap> caps = new ArrayList<>();
    long left = Math.max(0, overMilliwatts);
    for (List<Consumer> group : groups.values()) {
      if (left == 0 || mode == CapMode.NONE) {
        break;
      }
      long most = group.stream().mapToLong(Consumer::aboveFloor).sum();
      long given = Math.min(left, most);
      long[] cuts = split(given, group, most);
      for (int i = 0; i < cuts.length; i++) {
        Consumer consumer = group.get(i);
        caps.add(
            new Cap(
                consumer.kind,
                consumer.name,
                consumer.milliwatts,
                consumer.milliwatts - cuts[i],
                consumer.priority));
      }
      left -= given;
    }
    return new Caps(caps, left);
  }

  /**
   * By largest remainder; a share is never more than its weight, as the amount is not over their
   * sum.
   */
  private static long[] split(long amount, List<Consumer> group, long sum) {
    BigInteger all = BigInteger.valueOf(sum);
    long[] shares = new long[group.size()];
    long[] remainders = new long[group.size()];
    List<Integer> order = new ArrayList<>();
    long left = amount;
    for (int i = 0; i < shares.length; i++) {
      BigInteger[] exact =
          BigInteger.valueOf(amount)
              .multiply(BigInteger.valueOf(group.get(i).aboveFloor()))
              .divideAndRemainder(all);
      shares[i] = exact[0].longValueExact();
      remainders[i] = exact[1].longValueExact();
      left -= shares[i];
      order.add(i);
    }
    order.sort(Comparator.comparingLong(i -> -remainders[i]));
    for (int i = 0; i < left; i++) {
      shares[order.get(i)]++;
    }
    return shares;
  }
}
