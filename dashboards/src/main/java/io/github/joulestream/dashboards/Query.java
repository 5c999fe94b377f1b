// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a panel asks for.
 *
 * @param alias how its series are called: {@code $col} and {@code $tag_site} are put in
 */
record Query(String text, Format format, String alias) {
  /** The data source that provisioning/datasources sets up. */
  static final String DATA_SOURCE = "joulestream";

  enum Format {
    SERIES("time_series"),
    TABLE("table");

    private final String word;

    Format(String word) {
      this.word = word;
    }
  }

  static Query series(Select select) {
    return new Query(select.text(), Format.SERIES, "$col");
  }

  static Query series(Select select, String alias) {
    return new Query(select.text(), Format.SERIES, alias);
  }

  static Query table(Select select) {
    return new Query(select.text(), Format.TABLE, "");
  }

  static ObjectNode dataSource() {
    return Json.object("type", "influxdb", "uid", DATA_SOURCE);
  }

  ObjectNode json(String refId) {
    ObjectNode target =
        Json.object(
            "refId",
            refId,
            "datasource",
            dataSource(),
            "query",
            text,
            "rawQuery",
            true,
            "resultFormat",
            format.word);
    if (!alias.isEmpty()) {
      target.put("alias", alias);
    }
    return target;
  }
}
