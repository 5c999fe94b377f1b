// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.io.IOException;
import java.util.Locale;

/**
 * Shapes of SVG. Colours are attributes, which every renderer of SVG knows, with classes beside
 * them by which the style sheet of a screen overrules them.
 */
final class Canvas {
  static final double FONT = 11;

  private static final double HATCH = 5;

  private final Markup svg;

  private Canvas(Markup svg) {
    this.svg = svg;
  }

  /** Begins a picture. */
  static Canvas open(
      Markup svg, String id, double width, double height, String title, String description)
      throws IOException {
    svg.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "width",
        number(width),
        "height",
        number(height),
        "viewBox",
        "0 0 %s %s".formatted(number(width), number(height)),
        "role",
        "img",
        "aria-labelledby",
        id + "-t " + id + "-d",
        "font-family",
        "Liberation Sans, Arial, sans-serif",
        "font-size",
        number(FONT));
    svg.leaf("title", title, "id", id + "-t");
    svg.leaf("desc", description, "id", id + "-d");
    return new Canvas(svg);
  }

  void close() throws IOException {
    svg.close();
  }

  /** A coordinate with two decimals. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(value + " cannot be drawn");
    }
    String text = String.format(Locale.ROOT, "%.2f", value);
    String shorter = text.replaceFirst("\\.?0+$", "");
    return shorter.equals("-0") || shorter.isEmpty() ? "0" : shorter;
  }

  /** An area with its pattern; of a tooltip, if it has words. */
  void area(double x, double y, double width, double height, Ink ink, String tooltip)
      throws IOException {
    if (!(width > 0) || !(height > 0)) {
      return;
    }
    boolean outlined = width > 3 && height > 1.5;
    svg.open(
        "rect",
        "x",
        number(x),
        "y",
        number(y),
        "width",
        number(width),
        "height",
        number(height),
        "fill",
        ink.fill(),
        "class",
        "k-" + ink.name(),
        "stroke",
        outlined ? ink.edge() : "none",
        "stroke-width",
        "0.5");
    if (!tooltip.isEmpty()) {
      svg.leaf("title", tooltip);
    }
    svg.close();
    String hatch = Hatch.path(x, y, width, height, ink.pattern(), HATCH);
    if (!hatch.isEmpty()) {
      svg.empty("path", "d", hatch, "stroke", ink.edge(), "stroke-width", "0.8", "fill", "none");
    }
  }

  /** A thin line of an axis or a grid. */
  void rule(double x1, double y1, double x2, double y2, String kind) throws IOException {
    svg.empty(
        "line",
        "x1",
        number(x1),
        "y1",
        number(y1),
        "x2",
        number(x2),
        "y2",
        number(y2),
        "stroke",
        kind.equals("grid") ? "#D5D8DB" : "#8A8F94",
        "stroke-width",
        "0.7",
        "class",
        kind);
  }

  /** A line of data. */
  void line(String path, Ink ink) throws IOException {
    svg.empty(
        "path",
        "d",
        path,
        "fill",
        "none",
        "stroke",
        ink.edge(),
        "stroke-width",
        "1.6",
        "stroke-linejoin",
        "round",
        "class",
        "l-" + ink.name(),
        "stroke-dasharray",
        ink.dashes().isEmpty() ? "none" : ink.dashes());
  }

  /** A filled outline, as the dots of a scatter are. */
  void shape(String path, Ink ink, String tooltip) throws IOException {
    svg.open(
        "path",
        "d",
        path,
        "fill",
        ink.fill(),
        "stroke",
        ink.edge(),
        "stroke-width",
        "0.8",
        "class",
        "k-" + ink.name());
    if (!tooltip.isEmpty()) {
      svg.leaf("title", tooltip);
    }
    svg.close();
  }

  /** A text of the data. */
  void text(double x, double y, String anchor, String text) throws IOException {
    text(x, y, anchor, text, "#1A1A1A", "t");
  }

  /** A text of an axis. */
  void quiet(double x, double y, String anchor, String text) throws IOException {
    text(x, y, anchor, text, "#5A5A5A", "q");
  }

  private void text(double x, double y, String anchor, String text, String fill, String kind)
      throws IOException {
    svg.leaf(
        "text",
        text,
        "x",
        number(x),
        "y",
        number(y),
        "text-anchor",
        anchor,
        "fill",
        fill,
        "class",
        kind);
  }

  /** The line of a sparkline. */
  void spark(String path) throws IOException {
    svg.empty(
        "path",
        "d",
        path,
        "fill",
        "none",
        "stroke",
        "#1A1A1A",
        "stroke-width",
        "1.2",
        "stroke-linejoin",
        "round",
        "class",
        "sl");
  }

  /** Its last value. */
  void dot(double x, double y) throws IOException {
    svg.empty(
        "circle", "cx", number(x), "cy", number(y), "r", "2.5", "fill", "#1A1A1A", "class", "sd");
  }
}
