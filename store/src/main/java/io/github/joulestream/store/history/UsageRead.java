// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StoreText;
import io.github.joulestream.store.history.Selection.Sums;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads jobs' quarters of an hour, as a query asks. */
final class UsageRead {
  /** With more names than these the store is asked for all: requests have a longest length. */
  private static final int MOST_NAMES = 50;

  private static final List<String> OF_JOBS = List.of("job", "name", "partition", "labels");

  private final UsageQuery query;
  private final SharedTexts texts;
  private final Set<String> users;
  private final Set<String> projects;
  private final List<JobAmount> amounts;
  private final List<String> amountFields;
  private final Totals<JobAmount> totals = Totals.ofJob();

  UsageRead(UsageQuery query, SharedTexts texts) {
    this.query = query;
    this.texts = texts;
    this.users = stored(query.users());
    this.projects = stored(query.projects());
    this.amounts = query.amounts().stream().sorted().toList();
    this.amountFields = amounts.stream().map(Measurement::field).toList();
  }

  /** Names as they are in tags. */
  private static Set<String> stored(Set<String> names) {
    return names.stream().map(StoreText::tag).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads.
   *
   * @param store is asked for a selection, and passes its rows on
   */
  void read(BiConsumer<Selection, Consumer<HistoryRow>> store, Consumer<UsageRow> rows) {
    if (amounts.isEmpty()) {
      throw new IllegalArgumentException("no amounts are asked for");
    }
    Map<String, Set<String>> names = new HashMap<>();
    names.put("site", query.sites());
    limit(names, "user", users);
    limit(names, "project", projects);
    Selection points =
        Selection.points(Measurement.JOB_QUARTER_HOUR, fields(), query.sites(), query.range())
            .of(names);
    switch (query.detail()) {
      case USER_AND_PROJECT ->
          store.accept(
              points.summed(Sums.BY_TAGS_AND_STEPS, query.stepMillis()), row -> added(row, rows));
      case JOB -> store.accept(points, row -> ofJob(row, rows));
    }
  }

  private static void limit(Map<String, Set<String>> names, String tag, Set<String> to) {
    if (!to.isEmpty() && to.size() <= MOST_NAMES) {
      names.put(tag, to);
    }
  }

  private List<String> fields() {
    if (query.detail() == UsageQuery.Detail.USER_AND_PROJECT) {
      return amountFields;
    }
    List<String> fields = new ArrayList<>(OF_JOBS);
    fields.addAll(amountFields);
    return fields;
  }

  private void added(HistoryRow row, Consumer<UsageRow> rows) {
    // quarters that were withdrawn leave sums of zeros
    if (isAskedFor(row) && !amountsOf(row).isZero()) {
      rows.accept(row(row, "", "", "", Map.of()));
    }
  }

  private void ofJob(HistoryRow row, Consumer<UsageRow> rows) {
    String job = row.text("job");
    // a withdrawn quarter has no job
    if (!job.isEmpty() && isAskedFor(row)) {
      amountsOf(row);
      rows.accept(
          row(
              row,
              texts.text(job),
              texts.text(row.text("name")),
              texts.text(row.text("partition")),
              texts.labels(row.text("labels"))));
    }
  }

  private boolean isAskedFor(HistoryRow row) {
    return (users.isEmpty() || users.contains(row.text("user")))
        && (projects.isEmpty() || projects.contains(row.text("project")));
  }

  private Totals<JobAmount> amountsOf(HistoryRow row) {
    for (int i = 0; i < amountFields.size(); i++) {
      totals.set(amounts.get(i), row.number(amountFields.get(i)));
    }
    return totals;
  }

  private UsageRow row(
      HistoryRow row, String job, String name, String partition, Map<String, String> labels) {
    return new UsageRow(
        texts.text(row.text("site")),
        texts.text(StoreText.ofTag(row.text("user"))),
        texts.text(StoreText.ofTag(row.text("project"))),
        Math.floorDiv(StoreReads.millis(row), query.stepMillis()) * query.stepMillis(),
        job,
        name,
        partition,
        labels,
        totals);
  }
}
