// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Totals;
import java.io.IOException;

/** Totals as a record of longs, in the order of their enum. */
final class TotalsCodec {
  private TotalsCodec() {}

  static void write(Totals<?> totals, WireWriter out) {
    for (int i = 0; i < totals.size(); i++) {
      out.writeLong(totals.get(i));
    }
  }

  static <A extends Enum<A>> Totals<A> read(Totals<A> zero, WireReader in) throws IOException {
    for (int i = 0; i < zero.size(); i++) {
      zero.set(i, in.readLong());
    }
    return zero;
  }
}
