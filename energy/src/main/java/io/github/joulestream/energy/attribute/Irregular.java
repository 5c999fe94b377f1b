// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State of a device that only some devices have, and those not for long: so it takes no memory for
 * the others. Mutable; owned by the {@link DeviceAccount}.
 */
final class Irregular {
  final CounterRules counter;
  final GapSnapshots gaps = new GapSnapshots();
  // the account before the provisional samples, and these; the last of them is the device's last
  private @Nullable DeviceAccount confirmed;
  private List<Sample> provisional = List.of();

  Irregular(Scratch scratch) {
    this.counter = new CounterRules(scratch);
  }

  /** The account before the provisional samples; null if there are none. */
  @Nullable DeviceAccount confirmed() {
    return confirmed;
  }

  List<Sample> provisional() {
    return provisional;
  }

  void beginProvisional(DeviceAccount before, List<Sample> samples) {
    confirmed = before;
    provisional = List.copyOf(samples);
  }

  void endProvisional() {
    confirmed = null;
    provisional = List.of();
  }

  /** True if the next interval depends on the samples at its two ends alone. */
  boolean isQuiet() {
    return confirmed == null && counter.isQuiet();
  }

  /** True if it need not be kept. */
  boolean isEmpty() {
    return confirmed == null && counter.isEmpty() && gaps.isEmpty();
  }
}
