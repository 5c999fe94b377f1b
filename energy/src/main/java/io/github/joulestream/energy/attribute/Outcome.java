// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceSeries;
import java.util.List;

/**
 * What became of a batch.
 *
 * @param repeated it was seen before; nothing was booked
 * @param whole all of it belongs into the history, for later corrections, as it is
 * @param parts if not, what of it does
 * @param refusals one line for each field or reading that could not be used, at most a few
 */
public record Outcome(
    boolean repeated, boolean whole, List<DeviceSeries> parts, List<String> refusals) {
  /** Taken in, and nothing else to say. */
  static final Outcome TAKEN = new Outcome(false, true, List.of(), List.of());

  static final Outcome REPEATED = new Outcome(true, false, List.of(), List.of());

  public Outcome {
    parts = List.copyOf(parts);
    refusals = List.copyOf(refusals);
  }

  /** What of this batch belongs into the history. */
  public Arrival kept(Arrival batch) {
    return whole ? batch : new Arrival(batch.arrivalEpochMillis(), parts);
  }

  /** The same, of which these parts are kept. */
  Outcome keeping(List<DeviceSeries> newBasisPoints) {
    return new Outcome(repeated, false, newBasisPoints, refusals);
  }
}
