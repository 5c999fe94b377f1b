// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State of a device that only some devices have, and those not for long: so it takes no memory for
 * the others. Mutable; owned by the {@link DeviceAccount}.
 */
final class Irregular {
  private final Scratch scratch;
  final CounterRules counter;
  final GapSnapshots gaps = new GapSnapshots();
  final ProvisionalTail tail;
  // the account before the provisional samples, and these; the last of them is the device's last
  private @Nullable DeviceAccount confirmed;
  private List<Sample> provisional = List.of();

  Irregular(Scratch scratch) {
    this.scratch = scratch;
    this.counter = new CounterRules(scratch);
    this.tail = new ProvisionalTail(scratch.gapRules);
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
    return confirmed == null && counter.isQuiet() && !tail.isBooked();
  }

  /** True if it need not be kept. */
  boolean isEmpty() {
    return confirmed == null && counter.isEmpty() && !tail.isBooked() && gaps.isEmpty();
  }

  /** Takes over all but provisional samples and gaps; null is as of a regular device. */
  void copyFrom(@Nullable Irregular other) {
    counter.copyFrom(other == null ? new CounterRules(scratch) : other.counter);
    tail.setBooked(other != null && other.tail.isBooked());
  }

  /** Writes provisional samples and gaps; null is of a regular device. */
  static void write(@Nullable Irregular state, StateWriter out) throws IOException {
    DeviceAccount before = state == null ? null : state.confirmed;
    out.writeBoolean(before != null);
    if (state != null && before != null) {
      before.writeConfirmed(out);
      out.number(state.provisional.size());
      for (Sample sample : state.provisional) {
        // within a minute: the same device, maybe after a reset of its counter
        out.writeLong(sample.device().counterEpoch());
        sample.write(out);
      }
    }
    GapSnapshots.write(state == null ? null : state.gaps, out);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param device as it is at its last sample
   */
  void read(Device device, StateReader in) throws IOException {
    if (in.readBoolean()) {
      DeviceAccount before = DeviceAccount.readConfirmed(in, scratch);
      List<Sample> samples = new ArrayList<>();
      for (int left = in.countOrShort(); left > 0; left--) {
        Device then = device.withCounter(in.readLong(), device.counterWrapMicrojoules());
        samples.add(Sample.read(then, in));
      }
      beginProvisional(before, samples);
    }
    gaps.read(in, scratch);
  }
}
