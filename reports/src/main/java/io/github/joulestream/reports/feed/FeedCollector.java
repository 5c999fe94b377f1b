// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Takes the values of a file as they come, and checks them when all are there. */
final class FeedCollector {
  private static final int VALUES = 2_000_000;

  /** Shares of a mix are rounded by those who publish them. */
  private static final long WHOLE_MIX = GridInterval.NANO + GridInterval.NANO / 100;

  private final FeedOptions options;
  private final List<FeedValue> values = new ArrayList<>();
  private final List<FeedRefusal> refusals = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();

  FeedCollector(FeedOptions options) {
    this.options = options;
  }

  FeedOptions options() {
    return options;
  }

  void add(FeedValue value) throws Refused {
    if (values.size() == VALUES) {
      throw new Refused("a file has at most 2,000,000 values; split it");
    }
    values.add(value);
  }

  void refuse(String place, Refused why) {
    refuse(place, why.text());
  }

  void refuse(String place, String why) {
    refusals.add(new FeedRefusal(place, why));
  }

  /** Something that a person should know; the same is said once. */
  void note(String note) {
    notes.add(note);
  }

  /** What was taken. */
  FeedFile finish(FeedFormat format) {
    List<FeedEntry> entries = new ArrayList<>();
    bySeries(values, FeedValue::series)
        .values()
        .forEach(series -> entries.addAll(new SeriesCheck(ended(series)).entries()));
    mixes(entries);
    return new FeedFile(format, entries, refusals, List.copyOf(notes));
  }

  private static <T> Map<GridSeries, List<T>> bySeries(
      List<T> all, Function<T, GridSeries> series) {
    Map<GridSeries, List<T>> bySeries = new LinkedHashMap<>();
    all.forEach(
        one -> bySeries.computeIfAbsent(series.apply(one), _ -> new ArrayList<>()).add(one));
    return bySeries;
  }

  /** Values without an end last until the next; the last of them as long as the one before. */
  private List<FeedValue> ended(List<FeedValue> series) {
    if (series.stream().noneMatch(value -> value.to() == FeedValue.UNTIL_NEXT)) {
      return series;
    }
    List<FeedValue> sorted = new ArrayList<>(series);
    sorted.sort(Comparator.comparingLong(FeedValue::from));
    List<FeedValue> ended = new ArrayList<>();
    long length = 0;
    boolean even = true;
    for (int i = 0; i < sorted.size(); i++) {
      FeedValue value = sorted.get(i);
      if (value.to() != FeedValue.UNTIL_NEXT) {
        ended.add(value);
        continue;
      }
      int next = i + 1;
      while (next < sorted.size() && sorted.get(next).from() == value.from()) {
        next++;
      }
      if (next < sorted.size()) {
        long until = sorted.get(next).from();
        even &= length == 0 || length == until - value.from();
        length = until - value.from();
        ended.add(value.withEnd(until));
      } else if (length > 0 && even) {
        note(
            "the last value of %s has no end: it is taken to last as long as the one before"
                .formatted(value.series().text()));
        ended.add(value.withEnd(value.from() + length));
      } else {
        refuse(
            value.place(),
            "the last value of %s has no end, and those before are not equally long; give its end"
                .formatted(value.series().text()));
      }
    }
    return ended;
  }

  /** An interval of time, as a key. */
  private record Span(long from, long to) {
    Span(GridInterval interval) {
      this(interval.from(), interval.to());
    }
  }

  /** Intervals of one series: each once, and none over another. */
  private final class SeriesCheck {
    private final List<FeedEntry> entries = new ArrayList<>();
    private final Map<Span, Map<Long, FeedEntry>> issues = new HashMap<>();

    SeriesCheck(List<FeedValue> series) {
      for (FeedValue value : series) {
        try {
          text(value.source().provider(), "provider");
          text(value.source().zone(), "zone");
          boolean stated = value.issued() != FeedValue.NOT_STATED && !options.reissue();
          GridInterval interval =
              value.interval(options.site(), stated ? value.issued() : options.issued());
          FeedEntry entry = new FeedEntry(interval, value.place(), !stated && options.importTime());
          once(entry);
        } catch (Refused e) {
          refuse(value.place(), e);
        }
      }
    }

    private static void text(String text, String what) throws Refused {
      try {
        Bounds.text(text, Bounds.NAME_CHARACTERS, what);
      } catch (IllegalArgumentException e) {
        throw new Refused(String.valueOf(e.getMessage()), e);
      }
    }

    private void once(FeedEntry entry) throws Refused {
      GridInterval interval = entry.interval();
      if (!Bounds.isTime(interval.issued())) {
        throw new Refused("its time of issue must be from the year 2000 to 2200");
      }
      FeedEntry before =
          issues
              .computeIfAbsent(new Span(interval), _ -> new HashMap<>())
              .putIfAbsent(interval.issued(), entry);
      if (before == null) {
        entries.add(entry);
      } else if (!ImportPlan.sameContent(before.interval(), interval)) {
        throw new Refused(
            "%s has another value for the same interval of %s, %s, issued at the same time; remove one"
                .formatted(
                    before.place(), interval.series().text(), before.interval().origin().given()));
      }
    }

    /** Those that are not over another; of two the later in time is refused. */
    List<FeedEntry> entries() {
      List<FeedEntry> sorted = new ArrayList<>(entries);
      sorted.sort(
          Comparator.comparingLong((FeedEntry entry) -> entry.interval().from())
              .thenComparingLong(entry -> entry.interval().to()));
      Set<FeedEntry> refused = new LinkedHashSet<>();
      FeedEntry last = null;
      for (FeedEntry entry : sorted) {
        if (last != null
            && entry.interval().overlaps(last.interval())
            && !entry.interval().isIssueOf(last.interval())) {
          refuse(
              entry.place(),
              "%s to %s of %s overlaps %s to %s of %s; remove one"
                  .formatted(
                      KeptText.time(entry.interval().from()),
                      KeptText.time(entry.interval().to()),
                      entry.interval().series().text(),
                      KeptText.time(last.interval().from()),
                      KeptText.time(last.interval().to()),
                      last.place()));
          refused.add(entry);
        } else {
          last = entry;
        }
      }
      return entries.stream().filter(entry -> !refused.contains(entry)).toList();
    }
  }

  /** An issue of a whole mix. */
  private record Mix(Span span, long issued) {}

  /** Shares of the sources of an interval do not add up to more than all. */
  private void mixes(List<FeedEntry> entries) {
    Map<Mix, Long> sums = new HashMap<>();
    Set<Mix> refused = new LinkedHashSet<>();
    for (FeedEntry entry : entries) {
      GridInterval interval = entry.interval();
      if (interval.series().kind() == SeriesKind.MIX && !interval.series().source().isSum()) {
        Mix mix = new Mix(new Span(interval), interval.issued());
        long sum = sums.merge(mix, interval.valueNano(), Long::sum);
        if (sum > WHOLE_MIX && refused.add(mix)) {
          refuse(
              entry.place(),
              "the shares of the sources of %s to %s add up to more than 1; correct them"
                  .formatted(KeptText.time(interval.from()), KeptText.time(interval.to())));
        }
      }
    }
    entries.removeIf(entry ->
        entry.interval().series().kind() == SeriesKind.MIX
            && refused.contains(new Mix(new Span(entry.interval()), entry.interval().issued())));
  }
}
