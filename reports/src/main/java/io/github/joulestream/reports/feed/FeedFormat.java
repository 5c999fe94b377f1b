// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whose form a file of a site's supply has. */
public enum FeedFormat {
  /** Our own columns. */
  CSV,
  /** Electricity Maps, API v3, JSON. */
  ELECTRICITY_MAPS,
  /** Carbon Intensity API of NESO, Great Britain, JSON. */
  UK_CARBON_INTENSITY,
  /** WattTime, API v3, JSON. */
  WATTTIME,
  /** Transparency platform of ENTSO-E, XML. */
  ENTSOE,
  /** éCO2mix of RTE, France, JSON. */
  RTE;

  /** {@code electricity-maps}: also the name of the provider. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The format of that name. */
  public static Optional<FeedFormat> of(String text) {
    return Stream.of(values()).filter(format -> format.text().equals(text)).findFirst();
  }

  /** All names, with commas. */
  public static String names() {
    return Stream.of(values()).map(FeedFormat::text).collect(Collectors.joining(", "));
  }
}
