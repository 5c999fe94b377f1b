// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceSeries;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a batch.
 *
 * @param repeated it was received before; nothing was booked
 * @param complete all of it belongs into the history, for later corrections
 * @param rest if not, what of it does
 * @param refusals one line for each field or reading that could not be used, at most a few
 */
public record Outcome(
    boolean repeated, boolean complete, List<DeviceSeries> rest, List<String> refusals) {
  /** Booked, with no refusal. */
  static final Outcome TAKEN = new Outcome(false, true, List.of(), List.of());

  static final Outcome REPEATED = new Outcome(true, false, List.of(), List.of());

  public Outcome {
    rest = List.copyOf(rest);
    refusals = List.copyOf(refusals);
  }

  /** What of this batch belongs into the history. */
  public Arrival kept(Arrival batch) {
    return complete ? batch : new Arrival(batch.arrivalEpochMillis(), rest);
  }

  /** The same, with further refusals. */
  Outcome refusing(List<String> further) {
    return new Outcome(
        repeated, complete, rest, Stream.concat(refusals.stream(), further.stream()).toList());
  }

  /** The same, with these series in place of those of the batch. */
  Outcome keeping(List<DeviceSeries> series) {
    return new Outcome(repeated, false, series, refusals);
  }
}
