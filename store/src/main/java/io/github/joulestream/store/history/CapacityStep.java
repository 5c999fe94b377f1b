// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.util.Map;

/**
 * Memory and storage of a site in an hour: fields of the measurement {@code capacity} by name, with
 * those left out that the hour does not have. Whole numbers and decimals alike are doubles; all
 * whole numbers of this measurement are below 2^53.
 *
 * @param hourStart Unix epoch, ms
 */
public record CapacityStep(String site, long hourStart, Map<String, Double> fields) {}
