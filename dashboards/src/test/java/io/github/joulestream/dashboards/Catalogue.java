// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Retention;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a query anew, from its text alone, and holds its names against the catalogue. */
final class Catalogue {
  private static final Pattern QUOTED = Pattern.compile("(FROM |AS )?\"([^\"]*)\"");

  private Catalogue() {}

  /** Retention of the points that a query reads. */
  static Retention retention(String query, Macros macros) {
    Matcher from = Pattern.compile("FROM \"([^\"]*)\"").matcher(query);
    assertThat(from.find()).as(query).isTrue();
    Measurement measurement = measurement(from.group(1));
    Matcher window =
        Pattern.compile("\"window\" (?:= '|=~ /\\^\\(1m\\|)([^')]*)['|)]").matcher(query);
    if (window.find()) {
      return measurement.retention(macros.putIn(window.group(1)));
    }
    if (query.startsWith("SHOW TAG VALUES")) {
      return Retention.YEARS; // all that there ever were
    }
    Retention retention = measurement.retention("");
    if (measurement.tags().contains("window")) {
      assertThat(measurement).as("says its window: " + query).isEqualTo(Measurement.DEVICE_WINDOW);
      assertThat(measurement.retention(Windows.HOUR_NAME)).isEqualTo(retention);
    }
    return retention;
  }

  private static Measurement measurement(String name) {
    return Arrays.stream(Measurement.values())
        .filter(m -> m.measurementName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no measurement " + name));
  }

  static void check(String query) {
    Set<String> names = new HashSet<>();
    Set<String> known = new HashSet<>();
    Matcher quoted = QUOTED.matcher(query);
    int measurements = 0;
    while (quoted.find()) {
      String before = quoted.group(1);
      String name = quoted.group(2);
      if ("FROM ".equals(before)) {
        measurements++;
        Measurement measurement = measurement(name);
        known.addAll(measurement.tags());
        known.addAll(measurement.fields().keySet());
      } else if ("AS ".equals(before)) {
        known.add(name);
      } else {
        names.add(name);
      }
    }
    int queries = query.split("\\), \\(SELECT").length;
    assertThat(measurements).as("InfluxQL has no joins: " + query).isEqualTo(queries);
    assertThat(known).as(query).containsAll(names);
    // names without quotes could be anything
    assertThat(query.replaceAll("\"[^\"]*\"|'[^']*'|/\\^.*?\\$/", ""))
        .as("fields and tags are quoted")
        .doesNotContainPattern("_millijoules|_watts|_millis\\b|\\bsite\\b|\\bjob\\b");
  }
}
