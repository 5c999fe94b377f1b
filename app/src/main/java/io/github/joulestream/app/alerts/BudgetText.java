// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.alerts;

import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Reduction;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Budgets as people write them: the values of some keys, which are the options of {@code budget
 * set} and the keys of the file of {@code budget import}.
 */
public final class BudgetText {
  /** All keys, in the order in which they are written. */
  public static final List<String> KEYS =
      List.of(
          "name",
          "site",
          "scope",
          "power",
          "energy",
          "per",
          "thresholds",
          "for",
          "resolve-below",
          "resolve-after",
          "cooldown",
          "forecast",
          "schedule",
          "zone",
          "caps",
          "owner",
          "note",
          "priority");

  private static final Pattern PERCENT = Pattern.compile("(\\d{1,6})\\s*%?");
  private static final Pattern REDUCTION =
      Pattern.compile("(\\S+)\\s+(\\d{1,2}):(\\d{2})\\s*-\\s*(\\d{1,2}):(\\d{2})\\s+(.+)");
  private static final String[] DAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

  private BudgetText() {}

  /** A value that is wrong. The message is one line for a person. */
  public static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String key;

    Wrong(String key, String message, @Nullable Throwable cause) {
      super(message, cause);
      this.key = key;
    }

    /** Whose value it is; empty if it is about all together. */
    public String key() {
      return key;
    }
  }

  /**
   * The budget of these values.
   *
   * @param values of {@link #KEYS}; what is not there has its default. Entries of {@code schedule}
   *     are separated by semicolons
   * @throws Wrong if there is no such budget
   */
  public static Budget parse(Map<String, String> values) {
    for (String key : values.keySet()) {
      if (!KEYS.contains(key)) {
        throw new Wrong(
            key, "'%s' is not known; known are %s".formatted(key, String.join(", ", KEYS)), null);
      }
    }
    for (String key : List.of("name", "site", "scope")) {
      if (values.getOrDefault(key, "").isBlank()) {
        throw new Wrong(key, "a budget needs a " + key, null);
      }
    }
    Quantity quantity = quantity(values);
    Scope scope = read(values, "scope", Scope.SITE, Scope::parse);
    long limit =
        quantity.isEnergy()
            ? read(values, "energy", 0L, Amounts::millijoules)
            : read(values, "power", 0L, Amounts::milliwatts);
    List<Integer> thresholds =
        read(values, "thresholds", Thresholds.DEFAULT.percent(), BudgetText::thresholds);
    int hysteresis =
        read(values, "resolve-below", Thresholds.DEFAULT.hysteresisPercent(), BudgetText::percent);
    AlertTiming usual = AlertTiming.DEFAULT;
    long hold = read(values, "for", usual.holdMillis(), BudgetText::millis);
    long resolveAfter =
        read(values, "resolve-after", usual.resolveAfterMillis(), BudgetText::millis);
    long cooldown = read(values, "cooldown", usual.cooldownMillis(), BudgetText::millis);
    long forecast = read(values, "forecast", usual.forecastMillis(), BudgetText::millis);
    List<Reduction> schedule = read(values, "schedule", List.of(), BudgetText::schedule);
    CapMode caps = read(values, "caps", CapMode.NONE, BudgetText::caps);
    int priority = read(values, "priority", 0, BudgetText::integer);
    String name = values.getOrDefault("name", "");
    Limit limits;
    Thresholds firesAt;
    AlertTiming timing;
    try {
      limits = Limit.of(quantity, limit, schedule, caps);
      firesAt = new Thresholds(thresholds, hysteresis);
      timing = new AlertTiming(hold, resolveAfter, cooldown, forecast);
    } catch (IllegalArgumentException e) {
      throw new Wrong("", "budget %s: %s".formatted(ShownText.of(name), e.getMessage()), e);
    }
    try {
      return new Budget(
          values.getOrDefault("site", ""),
          name,
          scope,
          limits,
          values.getOrDefault("zone", "UTC"),
          firesAt,
          timing,
          values.getOrDefault("owner", ""),
          values.getOrDefault("note", ""),
          priority);
    } catch (IllegalArgumentException e) {
      throw new Wrong("", String.valueOf(e.getMessage()), e);
    }
  }

  private static Quantity quantity(Map<String, String> values) {
    boolean power = values.containsKey("power");
    if (power == values.containsKey("energy")) {
      throw new Wrong(
          power ? "energy" : "",
          "a budget is of power (1.2MW) or of energy (30MWh per month): give one of the two",
          null);
    }
    String per = values.get("per");
    if (power) {
      if (per != null) {
        throw new Wrong("per", "a limit of power holds at any time: leave out 'per'", null);
      }
      return Quantity.POWER;
    }
    if (per == null) {
      throw new Wrong("energy", "an energy is per hour, per day or per month: write which", null);
    }
    return switch (per.toLowerCase(Locale.ROOT)) {
      case "hour" -> Quantity.ENERGY_PER_HOUR;
      case "day" -> Quantity.ENERGY_PER_DAY;
      case "month" -> Quantity.ENERGY_PER_MONTH;
      default -> throw new Wrong("per", "'%s' is not hour, day or month".formatted(per), null);
    };
  }

  private static <T> T read(
      Map<String, String> values, String key, T otherwise, Function<String, T> parse) {
    String text = values.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      return parse.apply(text.strip());
    } catch (IllegalArgumentException e) {
      throw new Wrong(key, key + ": " + e.getMessage(), e);
    }
  }

  private static List<Integer> thresholds(String text) {
    List<Integer> percents = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      percents.add(percent(entry.strip()));
    }
    return percents;
  }

  private static int percent(String text) {
    Matcher matcher = PERCENT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a whole percentage such as 85".formatted(text));
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static int integer(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is not a whole number".formatted(text), e);
    }
  }

  private static long millis(String text) {
    return Quantities.parseDuration(text).toMillis();
  }

  private static CapMode caps(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "none" -> CapMode.NONE;
      case "proportional" -> CapMode.PROPORTIONAL;
      case "priority" -> CapMode.PRIORITY;
      default ->
          throw new IllegalArgumentException(
              "'%s' is not none, proportional or priority".formatted(text));
    };
  }

  private static List<Reduction> schedule(String text) {
    List<Reduction> schedule = new ArrayList<>();
    for (String entry : text.split(";", -1)) {
      if (!entry.isBlank()) {
        schedule.add(reduction(entry.strip()));
      }
    }
    return schedule;
  }

  /** {@code Mon-Fri 17:00-21:00 0.9MW}. */
  private static Reduction reduction(String text) {
    Matcher matcher = REDUCTION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not like 'Mon-Fri 17:00-21:00 0.9MW'".formatted(text));
    }
    return new Reduction(
        days(matcher.group(1)),
        minute(matcher.group(2), matcher.group(3)),
        minute(matcher.group(4), matcher.group(5)),
        Amounts.milliwatts(matcher.group(6)));
  }

  private static int minute(String hour, String minute) {
    int hours = Integer.parseInt(hour);
    int minutes = Integer.parseInt(minute);
    if (hours > 24 || minutes > 59) {
      throw new IllegalArgumentException("'%s:%s' is not a time of day".formatted(hour, minute));
    }
    return hours * 60 + minutes;
  }

  private static Set<DayOfWeek> days(String text) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (text.equalsIgnoreCase("daily")) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    for (String entry : text.split(",", -1)) {
      String[] ends = entry.split("-", -1);
      if (ends.length > 2) {
        throw new IllegalArgumentException("'%s' is not like Mon-Fri".formatted(entry));
      }
      DayOfWeek last = day(ends[ends.length - 1]);
      DayOfWeek day = day(ends[0]);
      days.add(day);
      while (day != last) {
        day = day.plus(1);
        days.add(day);
      }
    }
    return days;
  }

  private static DayOfWeek day(String text) {
    for (int i = 0; i < DAYS.length; i++) {
      if (DAYS[i].equalsIgnoreCase(text)) {
        return DayOfWeek.of(i + 1);
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not a day: Mon, Tue, Wed, Thu, Fri, Sat, Sun, or daily".formatted(text));
  }

  /** The values of a budget, such that {@link #parse} makes the same one of them. */
  public static Map<String, String> values(Budget budget) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("name", budget.id());
    values.put("site", budget.site());
    values.put("scope", budget.scope().text());
    switch (budget.quantity()) {
      case POWER -> values.put("power", Amounts.power(budget.limit().milli()));
      case ENERGY_PER_HOUR -> energy(values, budget, "hour");
      case ENERGY_PER_DAY -> energy(values, budget, "day");
      case ENERGY_PER_MONTH -> energy(values, budget, "month");
    }
    values.put(
        "thresholds",
        budget.thresholds().percent().stream()
            .map(String::valueOf)
            .collect(Collectors.joining(",")));
    values.put("for", duration(budget.timing().holdMillis()));
    values.put("resolve-below", budget.thresholds().hysteresisPercent() + "%");
    values.put("resolve-after", duration(budget.timing().resolveAfterMillis()));
    values.put("cooldown", duration(budget.timing().cooldownMillis()));
    values.put("forecast", duration(budget.timing().forecastMillis()));
    if (!budget.limit().schedule().isEmpty()) {
      values.put(
          "schedule",
          budget.limit().schedule().stream()
              .map(BudgetText::text)
              .collect(Collectors.joining("; ")));
    }
    values.put("zone", budget.zone());
    values.put("caps", budget.limit().advice().name().toLowerCase(Locale.ROOT));
    values.put("owner", budget.owner());
    values.put("note", budget.note());
    values.put("priority", Integer.toString(budget.priority()));
    return values;
  }

  private static void energy(Map<String, String> values, Budget budget, String per) {
    values.put("energy", Amounts.energy(budget.limit().milli()));
    values.put("per", per);
  }

  /** Its limit in one text: {@code 1.2MW}, {@code 30MWh per month}. */
  public static String limit(Budget budget) {
    Map<String, String> values = values(budget);
    String per = values.get("per");
    return per == null
        ? values.getOrDefault("power", "")
        : values.getOrDefault("energy", "") + " per " + per;
  }

  private static String duration(long millis) {
    Duration duration = Duration.ofMillis(millis);
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    if (millis % 60_000 != 0 || millis == 0) {
      return duration.toSeconds() + "s";
    }
    return millis % 3_600_000 == 0 ? duration.toHours() + "h" : duration.toMinutes() + "m";
  }

  private static String text(Reduction reduction) {
    String days =
        reduction.days().size() == 7
            ? "daily"
            : reduction.days().stream()
                .sorted()
                .map(day -> name(DAYS[day.getValue() - 1]))
                .collect(Collectors.joining(","));
    return "%s %s-%s %s"
        .formatted(
            days,
            time(reduction.fromMinute()),
            time(reduction.toMinute()),
            Amounts.power(reduction.milliwatts()));
  }

  private static String name(String day) {
    return day.substring(0, 1).toUpperCase(Locale.ROOT) + day.substring(1);
  }

  private static String time(int minute) {
    return "%02d:%02d".formatted(minute / 60, minute % 60);
  }
}
