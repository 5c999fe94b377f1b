// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.List;

/**
 * What became of a batch.
 *
 * @param repeated it was seen before; nothing was booked
 * @param kept what of it belongs into the history, for later corrections
 * @param refusals one line for each field or reading that could not be used, at most a few
 */
public record Outcome(boolean repeated, Arrival kept, List<String> refusals) {
  public Outcome {
    refusals = List.copyOf(refusals);
  }
}
