// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Names that have a meaning in languages of queries. */
public final class HostileTexts {
  /** Some that people have tried, with those that are hostile elsewhere. */
  public static final List<String> FEW =
      Stream.concat(io.github.joulestream.runtime.HostileTexts.CRAFTED.stream(), queries().stream())
          .toList();

  private static final List<String> PARTS =
      List.of(
          "'", "\\", "\"", "\n", "\r", "\u0000", "a", " OR ", "=", ")", "\uD800", "\uDC00", "🙂",
          "%27", ";", "--", "/*");

  private HostileTexts() {}

  private static List<String> queries() {
    return List.of(
        "c/17",
        "'",
        "''",
        "\\",
        "\\'",
        "\\\\'",
        "x' OR 'a'='a",
        "x\\' OR 1=1 --",
        "'; DROP TABLE ledger; --",
        "')) OR ((1=1",
        "\"",
        "two\nlines",
        "\r\n'\t",
        "\u0000'",
        "\u0085'",
        "half\uD800'",
        "\uDC00\\",
        "Ω🙂'",
        "\u02BC \u2019 \uFF07",
        "$1 ${x} %27 %5C' /.*/");
  }

  /** Thousands, of the parts that such names are made of. */
  public static List<String> many() {
    List<String> texts = new ArrayList<>(FEW);
    Random random = new Random(5);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int part = random.nextInt(9); part >= 0; part--) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
