// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Texts that nobody means well, for the tests of all places at which texts leave a program. */
public final class HostileTexts {
  /** File of all characters that are not to be shown as they are, beside this class. */
  public static final String UNSAFE_CHARACTERS = "unsafe-characters.txt";

  /** What makes spreadsheets take a text as a formula. */
  private static final String FORMULAS = "=+-@＝＋－＠﹢﹣﹦﹫−";

  /** What is written for somebody else's program to take it as its own. */
  public static final List<String> CRAFTED =
      List.of(
          "plain",
          "größe 日本語 می\u200cخواهم 👩\u200d🔬 C:\\data",
          "x\n20:00:00.000 ERROR the books do not balance",
          "x\r\nledger: difference 0 mJ",
          "\u001b[2J\u001b]0;title\u0007",
          "\u009b31mred",
          "abc\b\b\bxyz\u007f\0",
          "user\u202etxt.exe",
          "\u2066isolated\u2069\u200f\u061c",
          "a\u2028b\u2029c\u0085d\u000be",
          "ada\u200b\u2060\ufeff\u00ad",
          "flag\udb40\udc67\udb40\udc7f",
          "half\ud83d",
          "\ude00other half",
          "no character\ufffe\uffff\ufdd0",
          "=1+1",
          "=HYPERLINK(\"http://x\",\"y\")",
          "+cmd|' /C calc'!A0",
          "-2+3",
          "@SUM(1)",
          "\t=1",
          "\r=1",
          " =1",
          "\u00a0\u200d=1",
          "＝1",
          "＋1",
          "－1",
          "＠SUM(1)",
          "﹦1",
          "a,b;c\"d\"e",
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(2)>",
          "'><svg onload=alert(3)>",
          "]]><!-- --></title></style>&lt;&amp;&#x202e;",
          "javascript:alert(4)",
          "a|b `c` *d* [e](http://x) ![f](x) #1 @all <!channel>",
          "' OR '1'='1",
          "x\\' OR 1=1 --",
          "'; DROP TABLE job_summary; --",
          "\\",
          "a,b=c d\\,e",
          "/.*/",
          "%s %n %1$s ${jndi:ldap://127.0.0.1:1/x} {}");

  private static final BitSet UNSAFE = new BitSet();

  static {
    ranges().forEach(range -> UNSAFE.set(range[0], range[1] + 1));
  }

  private HostileTexts() {}

  /** The crafted ones, and each unsafe character, or of many in a row the first and last ones. */
  public static List<String> all() {
    return Stream.concat(
            CRAFTED.stream(),
            ranges().stream()
                .flatMapToInt(range ->
                    range[1] - range[0] < 64
                        ? IntStream.rangeClosed(range[0], range[1])
                        : IntStream.of(range[0], range[0] + 1, range[1] - 1, range[1]))
                .mapToObj(c -> "x" + Character.toString(c) + "y"))
        .toList();
  }

  /** First and last one of the unsafe characters. */
  public static List<int[]> ranges() {
    List<int[]> ranges = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(HostileTexts.class.getResourceAsStream(UNSAFE_CHARACTERS))) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          String[] words = line.split(" ", 3);
          ranges.add(new int[] {Integer.parseInt(words[0], 16), Integer.parseInt(words[1], 16)});
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ranges;
  }

  /** Unsafe characters of a text, as {@code U+202E}; those that its form needs may be left out. */
  public static List<String> unsafe(String text, int... allowed) {
    return text.codePoints()
        .filter(c -> Arrays.stream(allowed).noneMatch(one -> one == c))
        .filter(UNSAFE::get)
        .mapToObj("U+%04X"::formatted)
        .distinct()
        .toList();
  }

  /** Whether a spreadsheet may take a cell, without its quotes, as a formula. */
  public static boolean isFormula(String cell) {
    String begin = cell.replaceFirst("^[\\s\\p{Z}\u200c\u200d]+", "");
    return !begin.isEmpty() && FORMULAS.indexOf(begin.charAt(0)) >= 0;
  }
}
