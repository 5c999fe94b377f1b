// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

import java.util.List;

/**
 * A report.
 *
 * @param meta what it is of
 * @param headline one sentence: energy, money, carbon and the change
 * @param tiles at most six
 * @param sections in their order, those of the first page first
 */
public record Report(Meta meta, String headline, List<Tile> tiles, List<Section> sections) {
  public Report {
    tiles = List.copyOf(tiles);
    sections = List.copyOf(sections);
  }
}
