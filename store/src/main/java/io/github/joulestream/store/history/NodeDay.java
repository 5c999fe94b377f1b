// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.util.Map;

/**
 * A node as its agent reported it on a day.
 *
 * @param dayStart start of the UTC day, Unix epoch, ms
 */
public record NodeDay(
    String site, String node, long dayStart, String rack, Map<String, String> labels) {}
