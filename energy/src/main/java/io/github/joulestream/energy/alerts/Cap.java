// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/**
 * The power that a node or job is advised to stay under.
 *
 * @param kind what it is
 * @param name the node or job
 * @param milliwatts what it draws now
 * @param capMilliwatts what it should draw at most, never below its idle floor
 * @param priority the higher, the later it is asked to give
 */
public record Cap(
    Contributor.Consumer kind, String name, long milliwatts, long capMilliwatts, int priority) {}
