// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

/**
 * What a job held of a node.
 *
 * @param heldEpochMillis from when on
 * @param endEpochMillis until when; -1 while it holds something
 * @param endedBy who reported the end
 * @param gpus number of devices that it held by name
 * @param devices their ids, as {@code gpu0, gpu1}
 * @param holds the same with times and shares, as JSON
 */
public record PlacementRow(
    String node,
    String job,
    long heldEpochMillis,
    long endEpochMillis,
    String endedBy,
    long gpus,
    String devices,
    String holds) {}
