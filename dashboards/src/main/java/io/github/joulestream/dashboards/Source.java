// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.store.Measurement;

/**
 * Names of a measurement as InfluxQL writes them. What is not in the catalogue cannot be written.
 */
enum Source {
  JOB_ENERGY(Measurement.JOB_ENERGY),
  SITE_POWER(Measurement.SITE_POWER),
  LEDGER(Measurement.LEDGER),
  JOB_SUMMARY(Measurement.JOB_SUMMARY);

  private final Measurement measurement;

  Source(Measurement measurement) {
    this.measurement = measurement;
  }

  String quoted() {
    return quote(measurement.measurementName());
  }

  String field(String name) {
    if (!measurement.fields().containsKey(name)) {
      throw new IllegalArgumentException(measurement.measurementName() + " has no field " + name);
    }
    return quote(name);
  }

  String field(Enum<?> amount) {
    return field(Measurement.field(amount));
  }

  String tag(String name) {
    if (!measurement.tags().contains(name)) {
      throw new IllegalArgumentException(measurement.measurementName() + " has no tag " + name);
    }
    return quote(name);
  }

  String sum(String field) {
    return "sum(" + field(field) + ")";
  }

  String sum(Enum<?> amount) {
    return sum(Measurement.field(amount));
  }

  static String quote(String name) {
    return '"' + name + '"';
  }
}
