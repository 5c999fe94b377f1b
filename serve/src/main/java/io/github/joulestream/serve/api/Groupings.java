// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Parameter {@code groupBy}. */
final class Groupings {
  /** By what, if it is not there. */
  static final String USUAL = "project";

  private static final String LABEL = "label.";

  private Groupings() {}

  /**
   * What is asked for.
   *
   * @param known attributes that it may be, besides labels
   */
  static Grouping of(Parameters parameters, List<Grouping.By> known) throws Problem {
    String text = parameters.text("groupBy").orElse(USUAL);
    if (text.startsWith(LABEL) && text.length() > LABEL.length()) {
      return new Grouping(Grouping.By.LABEL, text.substring(LABEL.length()));
    }
    for (Grouping.By by : known) {
      if (by.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Grouping.of(by);
      }
    }
    throw Problem.parameter(
        "groupBy",
        "it must be one of "
            + known.stream()
                .map(by -> by.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "))
            + ", or label.NAME");
  }
}
