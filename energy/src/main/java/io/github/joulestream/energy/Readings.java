// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Readings of one device, by column. Row {@code i} of every column belongs to time {@code
 * epochMillis[i]}. A column is either as long as the times or empty, in which case the device does
 * not report this quantity; in a row, {@link #MISSING} marks a value that was not reported.
 *
 * <p>Rows are as they arrived: they may be out of order and times may repeat. The arrays are not
 * copied; the caller must not change them afterwards.
 *
 * @param epochMillis time of each reading, Unix epoch, milliseconds
 * @param powerMilliwatts electrical power, mW
 * @param energyMicrojoules cumulative energy counter, µJ
 * @param utilisationBasisPoints busy share since the reading before, basis points (1/10,000)
 * @param usedBytes bytes in use, of a memory or drive, or of a GPU's memory
 * @param readBytes cumulative bytes read, of a drive
 * @param writtenBytes cumulative bytes written, of a drive
 */
@SuppressWarnings("ArrayRecordComponent") // columns of a hot path, compared nowhere
public record Readings(
    long[] epochMillis,
    long[] powerMilliwatts,
    long[] energyMicrojoules,
    long[] utilisationBasisPoints,
    long[] usedBytes,
    long[] readBytes,
    long[] writtenBytes) {

  /** In place of a value that was not given. */
  public static final long MISSING = Long.MIN_VALUE;

  private static final long[] NONE = {};

  public Readings {
    requireNonNull(epochMillis, "epochMillis is null");
    for (long[] column :
        List.of(
            powerMilliwatts,
            energyMicrojoules,
            utilisationBasisPoints,
            usedBytes,
            readBytes,
            writtenBytes)) {
      if (column.length != 0 && column.length != epochMillis.length) {
        throw new IllegalArgumentException(
            "a column of " + column.length + " values for " + epochMillis.length + " times");
      }
    }
  }

  /** Readings of power alone. */
  public static Readings ofPower(long[] epochMillis, long[] powerMilliwatts) {
    return new Readings(epochMillis, powerMilliwatts, NONE, NONE, NONE, NONE, NONE);
  }

  /** Readings of power and cumulative energy. */
  public static Readings ofCounter(
      long[] epochMillis, long[] powerMilliwatts, long[] energyMicrojoules) {
    return new Readings(epochMillis, powerMilliwatts, energyMicrojoules, NONE, NONE, NONE, NONE);
  }

  /** The same readings, so much later. */
  public Readings movedBy(long millis) {
    return new Readings(
        Arrays.stream(epochMillis).map(time -> time + millis).toArray(),
        powerMilliwatts,
        energyMicrojoules,
        utilisationBasisPoints,
        usedBytes,
        readBytes,
        writtenBytes);
  }

  /** The rows from {@code from} up to before {@code to}. */
  public Readings slice(int from, int to) {
    return columns(column -> Arrays.copyOfRange(column, from, to));
  }

  /** These rows, in this order. */
  public Readings rows(int[] rows) {
    return columns(column -> Arrays.stream(rows).mapToLong(row -> column[row]).toArray());
  }

  private Readings columns(UnaryOperator<long[]> change) {
    return new Readings(
        change.apply(epochMillis),
        changed(powerMilliwatts, change),
        changed(energyMicrojoules, change),
        changed(utilisationBasisPoints, change),
        changed(usedBytes, change),
        changed(readBytes, change),
        changed(writtenBytes, change));
  }

  private static long[] changed(long[] column, UnaryOperator<long[]> change) {
    return column.length == 0 ? column : change.apply(column);
  }

  public int size() {
    return epochMillis.length;
  }

  public long power(int row) {
    return powerMilliwatts.length == 0 ? MISSING : powerMilliwatts[row];
  }

  public long energy(int row) {
    return energyMicrojoules.length == 0 ? MISSING : energyMicrojoules[row];
  }

  public long utilisation(int row) {
    return utilisationBasisPoints.length == 0 ? MISSING : utilisationBasisPoints[row];
  }

  public long used(int row) {
    return usedBytes.length == 0 ? MISSING : usedBytes[row];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Readings that
        && Arrays.equals(epochMillis, that.epochMillis)
        && Arrays.equals(powerMilliwatts, that.powerMilliwatts)
        && Arrays.equals(energyMicrojoules, that.energyMicrojoules)
        && Arrays.equals(utilisationBasisPoints, that.utilisationBasisPoints)
        && Arrays.equals(usedBytes, that.usedBytes)
        && Arrays.equals(readBytes, that.readBytes)
        && Arrays.equals(writtenBytes, that.writtenBytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(epochMillis) * 31 + Arrays.hashCode(powerMilliwatts);
  }

  @Override
  public String toString() {
    return size() + " readings";
  }
}
