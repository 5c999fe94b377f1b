// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.util.Map;

/**
 * A node in a step of time.
 *
 * @param stepStart Unix epoch, ms
 * @param values by field of {@code node_window}: sums of amounts, means over the step of watts;
 *     fields that are not known are absent
 */
public record NodeStep(long stepStart, Map<String, Double> values) {}
