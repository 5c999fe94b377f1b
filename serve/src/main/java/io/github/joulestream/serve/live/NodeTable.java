// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import java.util.BitSet;
import java.util.List;

/**
 * All nodes of a site now, as columns: element i of each is of the node {@code names.get(i)}.
 *
 * @param version another one if names, racks or their order changed
 * @param names of the nodes, by rack and then by name, numbers in them by value
 * @param racks of each, its label "rack"; empty if it has none
 * @param milliwatts power; -1 if not known
 * @param highestMilliwatts the highest that was seen of it; 0 if none was
 * @param busyBasisPoints mean utilisation of its GPUs; -1 if not known
 * @param heldIdleBasisPoints share of its GPUs that jobs hold without using them; -1 if not known
 * @param temperatureDecidegrees the hottest of its devices; {@link Integer#MIN_VALUE} if not known
 * @param readingEpochMillis time of its latest reading, Unix epoch, ms; 0 if none arrived
 * @param silent nodes that have not reported for 30 s or more
 * @param alerting nodes that an alert which fires is about
 */
@SuppressWarnings("ArrayRecordComponent") // columns of a hot path, compared nowhere
public record NodeTable(
    long version,
    List<String> names,
    List<String> racks,
    long[] milliwatts,
    long[] highestMilliwatts,
    int[] busyBasisPoints,
    int[] heldIdleBasisPoints,
    int[] temperatureDecidegrees,
    long[] readingEpochMillis,
    BitSet silent,
    BitSet alerting) {}
