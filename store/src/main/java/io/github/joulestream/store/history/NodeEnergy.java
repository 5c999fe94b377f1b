// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.math.BigInteger;

/**
 * A node over a range of time, as far as the store still has its windows of 10 s (see {@link
 * HistoryReader#nodeWindowsFrom}).
 *
 * @param totalMillijoules energy of all its devices
 * @param gpuMillis GPU time seen
 * @param gpuAllocatedMillis of it, allocated
 * @param gpuBusyMillis of it, busy
 * @param coveredMillis device time with known energy
 * @param uncoveredMillis device time without
 */
public record NodeEnergy(
    String site,
    String node,
    BigInteger totalMillijoules,
    long gpuMillis,
    long gpuAllocatedMillis,
    long gpuBusyMillis,
    long coveredMillis,
    long uncoveredMillis) {}
