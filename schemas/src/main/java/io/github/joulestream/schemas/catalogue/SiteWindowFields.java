// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#SITE_WINDOW}. */
final class SiteWindowFields {
  private SiteWindowFields() {}

  static Definition definition() {
    Definition.Builder definition =
        Definition.of("site_window", Retention.WEEKS, "site", Measurement.WINDOW)
            .hoursFor(Retention.YEARS)
            .powers();
    for (RatioField ratio : RatioField.values()) {
      definition.doubles(ratio.fieldName());
    }
    return definition.longs("total_millijoules").build();
  }
}
