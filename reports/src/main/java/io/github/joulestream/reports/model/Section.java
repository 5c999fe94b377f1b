// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a report.
 *
 * @param name for programs: {@code projects}
 * @param title for people
 * @param sentences what it shows, in words
 * @param table its figures, or null
 * @param charts of its table
 * @param onFirstPage whether it belongs to the first page, which is the summary
 */
public record Section(
    String name,
    String title,
    List<String> sentences,
    @Nullable Table table,
    List<Chart> charts,
    boolean onFirstPage) {
  public Section {
    sentences = List.copyOf(sentences);
    charts = List.copyOf(charts);
    if (table == null && !charts.isEmpty()) {
      throw new IllegalArgumentException("charts of section %s have no table".formatted(name));
    }
  }
}
