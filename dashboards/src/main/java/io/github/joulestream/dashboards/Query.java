// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a panel asks for.
 *
 * @param dataSource that has what it asks for
 * @param alias how its series are called: {@code $col} and {@code $tag_site} are put in
 */
record Query(DataSource dataSource, String text, Format format, String alias) {
  enum Format {
    SERIES("time_series"),
    TABLE("table");

    private final String word;

    Format(String word) {
      this.word = word;
    }
  }

  static Query series(Select select) {
    return new Query(select.dataSource(), select.text(), Format.SERIES, "$col");
  }

  static Query series(Select select, String alias) {
    return new Query(select.dataSource(), select.text(), Format.SERIES, alias);
  }

  static Query table(Select select) {
    return new Query(select.dataSource(), select.text(), Format.TABLE, "");
  }

  ObjectNode json(String refId) {
    ObjectNode target =
        Json.object(
            "refId",
            refId,
            "datasource",
            dataSource.json(),
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
