// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import io.github.joulestream.serve.access.Visibility;

/**
 * What a client wants and may see. Clients that have the same are sent the same bytes.
 *
 * @param visibility of who is connected
 * @param mode what the cells are of
 * @param jobs how many jobs at most
 */
record Viewing(Visibility visibility, CellsMode mode, int jobs) {
  /** Whether totals and nodes of the site are sent. */
  boolean seesCells() {
    return visibility.sites() && mode != CellsMode.NONE;
  }

  /** The form of the map in which positions of nodes are sent. */
  CellsMode positions() {
    return seesCells() ? mode : CellsMode.NONE;
  }
}
