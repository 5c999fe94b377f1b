// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.List;

/** Shares of a device, for tests. */
final class SharesOf {
  private SharesOf() {}

  /** A job holds so much of the device, in basis points, from one time to another. */
  static Shares job(String job, long from, long to, int basisPoints) {
    String[] jobs = {job};
    int[] none = {0};
    int[] some = {basisPoints};
    return Shares.NOBODY.with(
        from,
        to,
        List.of(new Shares.Edge(from, jobs, none, some), new Shares.Edge(to, jobs, some, none)));
  }

  /** Two jobs, a and b, hold so much of the device each, from a time on. */
  static Shares two(long from, int basisPoints) {
    return Shares.NOBODY.with(
        from,
        from,
        List.of(
            new Shares.Edge(
                from,
                new String[] {"a", "b"},
                new int[] {0, 0},
                new int[] {basisPoints, basisPoints})));
  }
}
