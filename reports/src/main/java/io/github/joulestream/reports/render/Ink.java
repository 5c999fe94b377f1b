// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How something drawn looks: the colours of Okabe and Ito, which people with colour vision
 * deficiency tell apart, and patterns that keep the meaning in black and white. Masataka Okabe, Kei
 * Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color/.
 *
 * @param name of its style classes, {@code k-name} of areas and {@code l-name} of lines
 * @param fill of areas
 * @param edge of areas and their pattern, and of lines: a contrast of at least 3 to white
 * @param pattern of areas
 * @param dashes of lines; empty: none
 */
record Ink(String name, String fill, String edge, Pattern pattern, String dashes) {
  /** Strokes over an area. */
  enum Pattern {
    NONE,
    RISING,
    FALLING,
    HORIZONTAL,
    VERTICAL,
    CROSSED
  }

  private static final List<Ink> OTHERS =
      List.of(
          new Ink("o0", "#0072B2", "#0072B2", Pattern.NONE, ""),
          new Ink("o1", "#E69F00", "#A06E00", Pattern.RISING, "6 2"),
          new Ink("o2", "#009E73", "#00714F", Pattern.FALLING, "2 2"),
          new Ink("o3", "#CC79A7", "#A0507C", Pattern.HORIZONTAL, "8 2 2 2"),
          new Ink("o4", "#56B4E9", "#24789F", Pattern.VERTICAL, "4 4"),
          new Ink("o5", "#F0E442", "#8A8000", Pattern.CROSSED, "1 2"),
          new Ink("o6", "#8A8A8A", "#5A5A5A", Pattern.RISING, "10 3"));

  private static Ink of(Chart.Role role) {
    String name = role.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return switch (role) {
      case GPU, JOBS -> new Ink(name, "#0072B2", "#0072B2", Pattern.NONE, "");
      case CPU -> new Ink(name, "#E69F00", "#A06E00", Pattern.RISING, "6 2");
      case MEMORY -> new Ink(name, "#009E73", "#00714F", Pattern.FALLING, "2 2");
      case STORAGE -> new Ink(name, "#56B4E9", "#24789F", Pattern.HORIZONTAL, "4 4");
      case REST_OF_NODE, OVERHEAD -> new Ink(name, "#8A8A8A", "#5A5A5A", Pattern.VERTICAL, "8 3");
      case IDLE -> new Ink(name, "#C8C8C8", "#767676", Pattern.FALLING, "3 3");
      // vermilion at half its strength, on white
      case HELD_IDLE -> new Ink(name, "#EAAE7F", "#D55E00", Pattern.RISING, "5 2");
      case OVER_LIMIT -> new Ink(name, "#D55E00", "#8A3C00", Pattern.CROSSED, "");
      case COST -> new Ink(name, "#CC79A7", "#A0507C", Pattern.HORIZONTAL, "");
      case CARBON -> new Ink(name, "#5A5A5A", "#5A5A5A", Pattern.NONE, "");
      case RENEWABLE -> new Ink(name, "#009E73", "#00714F", Pattern.NONE, "");
      case LIMIT -> new Ink(name, "#1A1A1A", "#1A1A1A", Pattern.NONE, "6 4");
      case OTHER -> OTHERS.getFirst();
    };
  }

  /** The inks of a chart's series; one of no role has a colour that no role of the chart has. */
  static List<Ink> of(List<Chart.Series> series) {
    List<String> taken =
        series.stream()
            .filter(one -> one.role() != Chart.Role.OTHER)
            .map(one -> of(one.role()).fill())
            .toList();
    List<Ink> free = OTHERS.stream().filter(ink -> !taken.contains(ink.fill())).toList();
    List<Ink> inks = new ArrayList<>();
    int others = 0;
    for (Chart.Series one : series) {
      inks.add(one.role() == Chart.Role.OTHER ? free.get(others++ % free.size()) : of(one.role()));
    }
    return inks;
  }

  /** The n-th further ink. */
  static Ink other(int n) {
    return OTHERS.get(n % OTHERS.size());
  }
}
