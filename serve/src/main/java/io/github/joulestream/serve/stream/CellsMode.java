// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import java.util.Locale;

/** What the cells of a client are. */
enum CellsMode {
  NODES,
  RACKS,
  NONE;

  /** As in the query. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
