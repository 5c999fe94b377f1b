// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

/**
 * What a group of nodes used at most at one time within an hour.
 *
 * @param resource MEMORY or STORAGE
 * @param pool nodes of a group: 1, 8, 16 or all
 * @param group its index
 */
public record PoolPeakStep(
    String site,
    long hourStart,
    String resource,
    String pool,
    String group,
    long peakMebibytes,
    long seenMebibytes) {}
