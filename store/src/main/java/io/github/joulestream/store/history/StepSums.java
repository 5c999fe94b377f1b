// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Adds up the rows of a {@linkplain Selection.Sums#BY_TAGS_AND_STEPS selection} of steps, for a
 * store that is slower at it than at sending rows. Rows of the same tags arrive together and by
 * time, so memory holds one sum.
 */
public final class StepSums implements Consumer<HistoryRow> {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final List<String> tags;
  private final List<String> fields;
  private final long stepNanos;
  private final Consumer<HistoryRow> steps;
  private final List<String> openTags = new ArrayList<>();
  private final long[] sums;
  private final double[] realSums;
  private final Kind[] kinds;
  private final HistoryRow sum = new HistoryRow();
  private long openStep;
  private boolean isOpen;

  public StepSums(Selection selection, Consumer<HistoryRow> steps) {
    this.tags = selection.tags();
    this.fields = selection.fields();
    this.stepNanos = selection.stepMillis() * NANOS_PER_MILLI;
    this.steps = steps;
    this.sums = new long[fields.size()];
    this.realSums = new double[fields.size()];
    this.kinds = new Kind[fields.size()];
    Arrays.fill(kinds, Kind.ABSENT);
  }

  /** What rows of a step have had of a field. */
  private enum Kind {
    ABSENT,
    WHOLE,
    REAL
  }

  @Override
  public void accept(HistoryRow row) {
    long step = Math.floorDiv(row.number(Selection.TIME), stepNanos) * stepNanos;
    boolean sameTags = isOfOpenTags(row);
    if (!sameTags || step != openStep) {
      end();
      openStep = step;
      if (!sameTags) {
        open(row);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      add(i, row);
    }
    isOpen = true;
  }

  private void add(int i, HistoryRow row) {
    String field = fields.get(i);
    if (row.isReal(field)) {
      kinds[i] = Kind.REAL;
      realSums[i] += row.real(field);
    } else if (row.has(field)) {
      if (kinds[i] == Kind.ABSENT) {
        kinds[i] = Kind.WHOLE;
      }
      sums[i] = Math.addExact(sums[i], row.number(field));
    }
  }

  private boolean isOfOpenTags(HistoryRow row) {
    if (openTags.isEmpty()) {
      return false;
    }
    for (int i = 0; i < tags.size(); i++) {
      if (!openTags.get(i).equals(row.text(tags.get(i)))) {
        return false;
      }
    }
    return true;
  }

  private void open(HistoryRow row) {
    openTags.clear();
    Map<String, String> constants = new LinkedHashMap<>();
    for (String tag : tags) {
      openTags.add(row.text(tag));
      constants.put(tag, row.text(tag));
    }
    List<String> columns = new ArrayList<>();
    columns.add(Selection.TIME);
    columns.addAll(fields);
    sum.header(columns, constants);
  }

  /** Passes the last sum on; after the last row. */
  public void end() {
    if (isOpen) {
      sum.set(0, openStep);
      for (int i = 0; i < sums.length; i++) {
        switch (kinds[i]) {
          case ABSENT -> sum.setNothing(i + 1);
          case WHOLE -> sum.set(i + 1, sums[i]);
          case REAL -> sum.setReal(i + 1, realSums[i] + sums[i]);
        }
        kinds[i] = Kind.ABSENT;
        realSums[i] = 0;
        sums[i] = 0;
      }
      isOpen = false;
      steps.accept(sum);
    }
  }
}
