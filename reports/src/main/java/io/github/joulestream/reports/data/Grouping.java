// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

/**
 * What energy is added up by.
 *
 * @param by the attribute
 * @param label name of the label, of {@link By#LABEL}; else empty
 */
public record Grouping(By by, String label) {
  /** Attributes. */
  public enum By {
    USER,
    PROJECT,
    PARTITION,
    SITE,
    NODE,
    /** Kind of device. */
    KIND,
    LABEL,
    DAY,
    JOB
  }

  /** A grouping by anything but a label. */
  public static Grouping of(By by) {
    return new Grouping(by, "");
  }

  /** Name for programs: {@code project}, {@code label_model}. */
  public String name() {
    return by == By.LABEL ? "label_" + label : by.name().toLowerCase(java.util.Locale.ROOT);
  }
}
