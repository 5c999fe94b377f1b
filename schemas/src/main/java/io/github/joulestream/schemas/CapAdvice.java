// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.alerts.Cap;
import io.github.joulestream.energy.alerts.CapMode;
import java.util.List;

/**
 * Caps that would bring a scope back under its limit. Advice: nothing here acts on hardware. A
 * later record of the same budget takes the place of an earlier one; one without caps means that
 * none is needed any more.
 *
 * @param scope what the budget is for, as text
 * @param epochMillis of the data that it was worked out from
 * @param limitMilliwatts the limit
 * @param valueMilliwatts power of the scope
 * @param unmetMilliwatts what would still be over the limit, because all are at their idle floor
 * @param caps of those that should give; all others may continue as they are
 */
public record CapAdvice(
    String site,
    String budget,
    String scope,
    long epochMillis,
    long limitMilliwatts,
    long valueMilliwatts,
    long unmetMilliwatts,
    CapMode mode,
    List<Cap> caps) {
  public CapAdvice {
    caps = List.copyOf(caps);
  }
}
