// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts in what Grafana puts in.
 *
 * @param interval of {@code $__interval}
 * @param chosen values of variables; those of a variable with texts of its own as {@code
 *     text|value}
 */
public record Macros(
    long fromEpochMillis, long toEpochMillis, String interval, Map<String, List<String>> chosen) {
  public static final String ALL = ".*";

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([a-z_]+):([a-z]+)}");

  /** The variables alone. */
  String putIn(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(format(found.group(1), found.group(2))));
  }

  String expand(String query) {
    String expanded =
        putIn(query)
            .replace("${__from}", Long.toString(fromEpochMillis))
            .replace("${__to}", Long.toString(toEpochMillis))
            .replace(
                "$timeFilter",
                "time >= %dms and time <= %dms".formatted(fromEpochMillis, toEpochMillis))
            .replace("$__interval", interval);
    if (expanded.replace("$/", "").contains("$")) { // the end of a pattern is none
      throw new IllegalStateException("something is left to put in: " + expanded);
    }
    return expanded;
  }

  private String format(String variable, String format) {
    List<String> values = chosen.get(variable);
    if (values == null) {
      throw new IllegalStateException("no value for " + variable);
    }
    return switch (format) {
      case "raw" -> values.getFirst().replaceAll(".*\\|", "");
      case "text" -> values.getFirst().replaceAll("\\|.*", "");
      case "regex" -> regex(values);
      default -> throw new IllegalStateException("format " + format);
    };
  }

  private static String regex(List<String> values) {
    if (values.equals(List.of(ALL))) {
      return ALL; // the value of "all" is put in as it is
    }
    List<String> escaped =
        values.stream()
            .map(value -> value.replaceAll("[\\\\^$.*+?()\\[\\]{}|/]", "\\\\$0"))
            .toList();
    return escaped.size() == 1
        ? escaped.getFirst()
        : escaped.stream().collect(Collectors.joining("|", "(", ")"));
  }
}
