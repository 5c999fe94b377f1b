// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

/**
 * A factor that figures were worked out with.
 *
 * @param name {@code carbon, location-based}
 * @param value as people read it: {@code 231 g/kWh in the mean, 3,012 hourly values}
 * @param source who issued it, and which zone
 * @param quality share that is measured, estimated, forecast or synthetic, and what is missing
 */
public record Factor(String name, String value, String source, String quality) {}
