// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a device besides its readings.
 *
 * @param id unique on its node and lasting: {@code gpu0}, {@code nvme1}, {@code memory}
 * @param kind what it is
 * @param source how its power came to be known
 * @param containedIn the kind of the device on this node whose figure already includes this one, or
 *     null if there is none. Such a device never adds to a total that holds its container's energy:
 *     one meter's channels are contained in {@code NODE}, as are the GPUs of a node that has a
 *     meter. It states what physically contains what; what counts is decided in the books
 * @param model the maker's name of it, or empty
 * @param power its power limit, and over how long its power values are means
 * @param counter its energy counter
 * @param capacityBytes size of a memory or drive, or of a GPU's memory; 0 for others
 * @param instanceOf if not empty, this is an instance of that device (MIG), and repeats its power
 *     and its counter; all instances of a device and the device itself are counted once
 * @see Bounds
 */
public record Device(
    String id,
    DeviceKind kind,
    PowerSource source,
    @Nullable DeviceKind containedIn,
    String model,
    DevicePower power,
    EnergyCounter counter,
    long capacityBytes,
    String instanceOf) {

  /** Beyond any memory or drive, 8 PiB; so that bytes times milliseconds fit in a long. */
  public static final long MAX_BYTES = 1L << 53;

  public Device {
    requireNonNull(id, "id is null");
    requireNonNull(kind, "kind is null");
    requireNonNull(source, "source is null");
    requireNonNull(model, "model is null");
    requireNonNull(power, "power is null");
    requireNonNull(counter, "counter is null");
    requireNonNull(instanceOf, "instanceOf is null");
    Bounds.name(id, "device id");
    Bounds.text(model, "model of a device");
    Bounds.nameOrEmpty(instanceOf, "device id");
    Bounds.count(capacityBytes, MAX_BYTES, "bytes of a device");
  }

  /**
   * A device with a sensor and nothing else known of it.
   *
   * @throws IllegalArgumentException if that is no {@linkplain Bounds#name name}
   */
  public static Device sensor(String id, DeviceKind kind) {
    return new Device(
        id, kind, PowerSource.SENSOR, null, "", DevicePower.UNKNOWN, EnergyCounter.FIRST, 0, "");
  }

  /** {@link DevicePower#limitMilliwatts}. */
  public long powerLimitMilliwatts() {
    return power.limitMilliwatts();
  }

  /** {@link DevicePower#averagingMillis}. */
  public int averagingMillis() {
    return power.averagingMillis();
  }

  /** {@link EnergyCounter#epoch}. */
  public long counterEpoch() {
    return counter.epoch();
  }

  /** {@link EnergyCounter#wrapMicrojoules}. */
  public long counterWrapMicrojoules() {
    return counter.wrapMicrojoules();
  }

  public Device withSource(PowerSource newSource) {
    return new Device(
        id, kind, newSource, containedIn, model, power, counter, capacityBytes, instanceOf);
  }

  public Device withContainedIn(@Nullable DeviceKind container) {
    return new Device(
        id, kind, source, container, model, power, counter, capacityBytes, instanceOf);
  }

  /**
   * The same with what its maker or driver states of it: of a longer name as much as is within
   * {@link Bounds#TEXT_CHARACTERS}, and a limit beyond {@link Bounds#POWER_LIMIT_MILLIWATTS} is
   * unknown.
   */
  public Device withModel(String newModel, long newPowerLimitMilliwatts) {
    boolean isLimit = newPowerLimitMilliwatts <= Bounds.POWER_LIMIT_MILLIWATTS;
    return new Device(
        id,
        kind,
        source,
        containedIn,
        Bounds.cutText(newModel),
        new DevicePower(isLimit ? newPowerLimitMilliwatts : 0, power.averagingMillis()),
        counter,
        capacityBytes,
        instanceOf);
  }

  public Device withAveragingMillis(int millis) {
    return new Device(
        id,
        kind,
        source,
        containedIn,
        model,
        new DevicePower(power.limitMilliwatts(), millis),
        counter,
        capacityBytes,
        instanceOf);
  }

  public Device withCounter(long epoch, long wrapMicrojoules) {
    return new Device(
        id,
        kind,
        source,
        containedIn,
        model,
        power,
        new EnergyCounter(epoch, wrapMicrojoules),
        capacityBytes,
        instanceOf);
  }

  public Device withCapacityBytes(long bytes) {
    return new Device(id, kind, source, containedIn, model, power, counter, bytes, instanceOf);
  }

  /** The same, as an instance of that device. */
  public Device asInstanceOf(String gpu) {
    return new Device(id, kind, source, containedIn, model, power, counter, capacityBytes, gpu);
  }

  /** The device that this is an instance of; itself if it is none. */
  public Device whole() {
    return instanceOf.isEmpty()
        ? this
        : new Device(
            instanceOf, kind, source, containedIn, model, power, counter, capacityBytes, "");
  }

  /**
   * True if this device adds to its node's and site's total energy, whatever else is there. Others
   * do in windows in which what they are contained in has no energy.
   */
  public boolean countsInTotal() {
    return containedIn == null && !kind.isSiteMeter();
  }

  /** True if this device adds to the sum of its kind. */
  public boolean countsInKind() {
    return containedIn != kind;
  }
}
