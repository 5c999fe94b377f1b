// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Retention;
import java.util.Locale;

/**
 * A data source of Grafana. The store writer has a bucket for each retention: days, weeks and
 * years; each is a data source of provisioning/datasources.
 *
 * @param uid of the data source, or the variable that holds it
 */
record DataSource(String uid) {
  /** The variable that holds the one with the windows that were chosen. */
  static final String VARIABLE = "store";

  static final DataSource OF_CHOSEN_WINDOWS = new DataSource("${" + VARIABLE + "}");

  /** Of a query whose measurement is not known yet. */
  static final DataSource UNSPECIFIED = new DataSource("");

  /** What the name of the one with the chosen windows looks like, as Grafana writes patterns. */
  static final String PATTERN_OF_NAME = "/^Joulestream [a-z]+, " + Queries.WINDOW + "$/";

  /** Its uid is what the bucket is called where nobody chose a name. */
  static DataSource of(Retention retention) {
    return new DataSource(Buckets.named(Buckets.DEFAULT_NAME).of(retention).name());
  }

  /** What the data source with windows of this length is called; {@code Windows} chooses by it. */
  static String name(String window) {
    Retention retention = Source.SITE_WINDOW.retention(window);
    return "Joulestream %s, %s".formatted(retention.name().toLowerCase(Locale.ROOT), window);
  }

  ObjectNode json() {
    if (uid.isEmpty()) {
      throw new IllegalStateException("a query without a data source");
    }
    return Json.object("type", "influxdb", "uid", uid);
  }
}
