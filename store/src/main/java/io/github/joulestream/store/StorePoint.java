// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import java.util.Map;

/**
 * One point of a measurement. Measurement, tags and time are its key: a second point of the same
 * key takes the place of the first.
 *
 * @param tags by name, in the order of the catalogue
 * @param fields by name: {@link Long}, {@link Double} or {@link String}
 * @param epochNanos its time, Unix epoch, ns
 */
public record StorePoint(
    Measurement measurement,
    Map<String, String> tags,
    Map<String, Object> fields,
    long epochNanos) {}
