// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

/** What a number of a report is of, and in which unit the model holds it. */
public enum Quantity {
  /** No number. */
  TEXT(""),
  /** A point in time: {@link java.time.Instant}. */
  TIME(""),
  ENERGY("millijoules"),
  POWER("milliwatts"),
  /** In the report's currency. */
  MONEY("currency"),
  /** CO2e. */
  MASS("grams"),
  /** 0 to 1, or above. */
  RATIO("ratio"),
  /** Of things. */
  COUNT("count"),
  /** Of time, also of GPUs times time. */
  DURATION("millis"),
  /** Work per joule, and any other number whose unit the column states. */
  NUMBER("number"),
  /** Of carbon. */
  INTENSITY("grams_per_kwh"),
  WATER("millilitres"),
  BYTES("mebibytes");

  private final String unit;

  Quantity(String unit) {
    this.unit = unit;
  }

  /** Unit of the model's value, in the field's name in JSON. */
  public String unit() {
    return unit;
  }
}
