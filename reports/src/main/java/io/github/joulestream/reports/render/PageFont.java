// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.Objects;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/** Liberation Sans, which is in every PDF; its files are in openpdf-fonts-extra. */
final class PageFont {
  /** Shown for a character that the font lacks. */
  static final char SUBSTITUTE = '\u25A1';

  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
  private static final String RAISED = "0123456789-";
  private static final BitSet GLYPHS = glyphs();

  private PageFont() {}

  /** The file of {@code Regular} or {@code Bold}. */
  static byte[] file(String style) {
    String path = "/liberation/LiberationSans-%s.ttf".formatted(style);
    try (InputStream in =
        Objects.requireNonNull(
            PageFont.class.getResourceAsStream(path), () -> path + " is not there")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BitSet glyphs() {
    BitSet glyphs = new BitSet();
    try (TrueTypeFont font = new TTFParser().parse(new RandomAccessReadBuffer(file("Regular")))) {
      CmapLookup lookup = font.getUnicodeCmapLookup();
      for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
        glyphs.set(point, lookup.getGlyphId(point) != 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return glyphs;
  }

  /**
   * A text of characters that the font has. Thin spaces become ones at which no line is broken, and
   * raised digits of powers of ten, most of which it lacks, become {@code 10^9}.
   */
  static String drawable(String text) {
    StringBuilder drawable = new StringBuilder(text.length());
    boolean raised = false;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      int digit = SUPERSCRIPTS.indexOf(point);
      boolean begins = digit >= 0 && !raised && text.startsWith("10", i - 3);
      raised = digit >= 0 && (raised || begins);
      if (begins) {
        drawable.append('^');
      }
      if (raised) {
        drawable.append(RAISED.charAt(digit));
      } else if (point == Shown.THIN_SPACE) {
        drawable.append('\u202F');
      } else {
        drawable.appendCodePoint(GLYPHS.get(point) ? point : SUBSTITUTE);
      }
    }
    return drawable.toString();
  }
}
