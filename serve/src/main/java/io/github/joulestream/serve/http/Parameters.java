// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.period.Periods;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Values of the query parameters of a request. What is wrong is a {@link Problem} that names the
 * parameter and what it takes. All of a request are read at the same now.
 */
public final class Parameters {
  // ZoneOffset.UTC is written as Z
  private static final ZoneId UTC = ZoneId.of("UTC");

  private static final int MAX_DIGITS = 18;
  private static final int LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;

  private final ApiRequest request;
  private final Instant now;

  private Parameters(ApiRequest request, Instant now) {
    this.request = request;
    this.now = now;
  }

  /** Those of a request. */
  public static Parameters of(ApiRequest request, EpochClock clock) {
    return new Parameters(request, Instant.ofEpochMilli(clock.epochMillis()));
  }

  /** When the request was read. */
  public Instant now() {
    return now;
  }

  /** A text; empty if it is absent. */
  public Optional<String> text(String name) {
    return request.parameter(name);
  }

  /** One of a few words, in lower case. */
  public String word(String name, String usual, List<String> words) throws Problem {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return usual;
    }
    if (!words.contains(text.get())) {
      throw Problem.parameter(name, "it must be one of " + String.join(", ", words));
    }
    return text.get();
  }

  /** A constant, in whatever case; empty if it is absent. */
  public <E extends Enum<E>> Optional<E> constant(String name, Class<E> type) throws Problem {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(text.get().toUpperCase(Locale.ROOT))) {
        return Optional.of(constant);
      }
    }
    throw Problem.parameter(
        name,
        "it must be one of "
            + Arrays.stream(type.getEnumConstants())
                .map(Enum::name)
                .collect(Collectors.joining(", ")));
  }

  /** A whole number within bounds, both inclusive; empty if it is absent. */
  public OptionalLong whole(String name, long least, long most) throws Problem {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    String digits = text.get().startsWith("-") ? text.get().substring(1) : text.get();
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw Problem.parameter(name, "it must be a whole number");
    }
    long value = digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
    boolean negative = digits.length() < text.get().length();
    if (digits.length() > MAX_DIGITS
        || (negative ? -value : value) < least
        || (negative ? -value : value) > most) {
      throw Problem.parameter(name, "it must be from %d to %d".formatted(least, most));
    }
    return OptionalLong.of(negative ? -value : value);
  }

  /** The same, with what holds if it is absent. */
  public int number(String name, int usual, int least, int most) throws Problem {
    return Math.toIntExact(whole(name, least, most).orElse(usual));
  }

  /** How many rows a page has at most: {@code limit}, 100 without it. */
  public int limit() throws Problem {
    return number("limit", LIMIT, 1, MAX_LIMIT);
  }

  /** The time zone {@code zone}; without it the one that is given. */
  public ZoneId zone(ZoneId usual) throws Problem {
    Optional<String> text = text("zone");
    return text.isEmpty() ? usual : RangeText.zone("zone", text.get());
  }

  /** {@code zone}, or UTC. */
  public ZoneId zone() throws Problem {
    return zone(UTC);
  }

  /** A time: RFC 3339, a date in the zone, or an age as 24h; empty if it is absent. */
  public Optional<Instant> time(String name, ZoneId zone) throws Problem {
    Optional<String> text = text(name);
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(RangeText.time(name, text.get(), zone, now));
  }

  /**
   * {@code [from, to)} in {@code zone}; empty if there is neither.
   *
   * @param longest what is longer is refused with 422
   * @throws Problem also if {@code to} is there without {@code from}
   */
  public Optional<Range> range(Duration longest) throws Problem {
    ZoneId zone = zone();
    Optional<Instant> from = time("from", zone);
    Optional<Instant> to = time("to", zone);
    if (from.isEmpty()) {
      if (to.isPresent()) {
        throw Problem.parameter("to", "it needs a from");
      }
      return Optional.empty();
    }
    return Optional.of(range(from.get(), to.orElse(now), zone, longest));
  }

  /** The same; without {@code from} it begins so long before its end. */
  public Range range(Duration usual, Duration longest) throws Problem {
    ZoneId zone = zone();
    Instant to = time("to", zone).orElse(now);
    return range(time("from", zone).orElse(to.minus(usual)), to, zone, longest);
  }

  /**
   * {@code period}, as 2026-10 or last-month, or {@code from} and {@code to}; the edges of a period
   * are on quarters of an hour, as those that energy is summed by.
   *
   * @param usual the period if there is none of them
   */
  public Range period(String usual, Duration longest) throws Problem {
    Optional<String> period = text("period");
    if (period.isPresent() && (text("from").isPresent() || text("to").isPresent())) {
      throw Problem.parameter("period", "give it, or from and to, and not both");
    }
    ZoneId zone = zone();
    Optional<Range> range = period.isPresent() ? Optional.empty() : range(longest);
    if (range.isPresent()) {
      return range.get();
    }
    try {
      Period parsed = Periods.parse(period.orElse(usual), zone, now);
      return range(parsed.from(), parsed.to(), zone, longest);
    } catch (UserError e) {
      Problem problem = Problem.parameter("period", String.valueOf(e.getMessage()));
      problem.addSuppressed(e);
      throw problem;
    }
  }

  private static Range range(Instant from, Instant to, ZoneId zone, Duration longest)
      throws Problem {
    if (!from.isBefore(to)) {
      throw Problem.parameter(
          "from",
          "the range from %s to %s has no length: from must be before to".formatted(from, to));
    }
    if (Duration.between(from, to).compareTo(longest) > 0) {
      throw Problem.tooMuch(
          "from",
          "the range from %s to %s is longer than %s"
              .formatted(from, to, RangeText.words(longest)));
    }
    return new Range(from, to, zone);
  }

  /**
   * The step {@code step} of a series, ms: a multiple of 10 s of which an hour or a day is a
   * multiple. Without it, the shortest that gives at most so many steps.
   *
   * @param usual how many steps there are at most without it
   * @param most how many steps there are at most with it; more are refused with 422
   */
  public int stepMillis(Range range, int usual, int most) throws Problem {
    Optional<String> text = text("step");
    if (text.isEmpty()) {
      return RangeText.step(range, usual);
    }
    int step = RangeText.step("step", text.get());
    if (range.steps(step) > most) {
      throw Problem.tooMuch(
          "step",
          "%,d steps of %s are more than %,d; ask for longer steps or a shorter range"
              .formatted(range.steps(step), text.get(), most));
    }
    return step;
  }
}
