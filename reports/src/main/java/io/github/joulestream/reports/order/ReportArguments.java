// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import io.github.joulestream.reports.data.Grouping;
import io.github.joulestream.runtime.UserError;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Arguments of {@code report} as people write them. */
public final class ReportArguments {
  private static final String LABEL = "label:";

  private ReportArguments() {}

  /**
   * Groupings: {@code project,user} or {@code label:model}.
   *
   * @throws UserError if one is unknown, or there twice
   */
  public static List<Grouping> groupings(Collection<String> names) {
    List<Grouping> groupings = new ArrayList<>();
    for (String name : names) {
      Grouping grouping = grouping(name.strip());
      if (groupings.contains(grouping)) {
        throw UserError.usage("--by has %s twice".formatted(name.strip()));
      }
      groupings.add(grouping);
    }
    return groupings;
  }

  private static Grouping grouping(String name) {
    if (name.startsWith(LABEL) && name.length() > LABEL.length()) {
      return new Grouping(Grouping.By.LABEL, name.substring(LABEL.length()));
    }
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "user" -> Grouping.of(Grouping.By.USER);
      case "project" -> Grouping.of(Grouping.By.PROJECT);
      case "partition" -> Grouping.of(Grouping.By.PARTITION);
      case "site" -> Grouping.of(Grouping.By.SITE);
      case "node" -> Grouping.of(Grouping.By.NODE);
      case "kind" -> Grouping.of(Grouping.By.KIND);
      case "day" -> Grouping.of(Grouping.By.DAY);
      default ->
          throw UserError.usage(
              ("--by takes user, project, partition, site, node, kind, day and label:NAME,"
                      + " not '%s'")
                  .formatted(name));
    };
  }

  /**
   * Labels that jobs must have: {@code model=llama2-70b}.
   *
   * @throws UserError if one has no name, or two values are given for one name
   */
  public static SortedMap<String, String> labels(Collection<String> texts) {
    SortedMap<String, String> labels = new TreeMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw UserError.usage("--label takes NAME=VALUE, not '%s'".formatted(text));
      }
      String name = text.substring(0, equals);
      String value = text.substring(equals + 1);
      String other = labels.putIfAbsent(name, value);
      if (other != null && !other.equals(value)) {
        throw UserError.usage(
            "--label %s has two values, %s and %s: a job has one".formatted(name, other, value));
      }
    }
    return labels;
  }

  /**
   * A time zone.
   *
   * @throws UserError if there is none of this name
   */
  public static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      List<String> alike = NamesAlike.of(name, Set.copyOf(ZoneId.getAvailableZoneIds()));
      throw UserError.usage(
          "'%s' is not a time zone such as Europe/Berlin or UTC%s"
              .formatted(name, alike.isEmpty() ? "" : "; alike: " + String.join(", ", alike)),
          e);
    }
  }
}
