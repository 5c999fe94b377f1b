// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/**
 * The power that a node or job is advised to stay under.
 *
 * @param kind what it is
 * @param name the node or job
 * @param milliwatts its power now
 * @param capMilliwatts the power that it should stay under, never below its idle floor
 * @param priority the higher, the later it is capped
 */
public record Cap(
    Contributor.Consumer kind, String name, long milliwatts, long capMilliwatts, int priority) {}
