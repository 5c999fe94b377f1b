// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageRow;
import io.github.joulestream.store.history.WindowReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A store of a site with what a test sets: rows in any range are those of it. */
final class FakeStore {
  final List<JobSummary> jobs = new ArrayList<>();
  final List<UsageRow> quarters = new ArrayList<>();
  final List<SiteStep> hours = new ArrayList<>();
  final List<GridInterval> grid = new ArrayList<>();
  final List<String> reads = new ArrayList<>();
  boolean isDown;

  HistoryReader history() {
    return proxy(HistoryReader.class);
  }

  WindowReader windows() {
    return proxy(WindowReader.class);
  }

  private <T> T proxy(Class<T> type) {
    InvocationHandler answers =
        (proxy, method, arguments) -> {
          synchronized (reads) {
            reads.add(method.getName());
          }
          if (isDown) {
            throw new UncheckedIOException("the store is down", new IOException("refused"));
          }
          switch (method.getName()) {
            case "sites" -> {
              return new TreeSet<>(Set.of("east"));
            }
            case "jobs" -> give(arguments, jobs);
            case "jobQuarters" -> give(arguments, quarters);
            case "grid" -> give(arguments, grid);
            case "siteSteps" -> {
              TimeRange range = (TimeRange) arguments[1];
              give(
                  arguments,
                  hours.stream()
                      .filter(
                          hour -> hour.stepStart() >= range.from() && hour.stepStart() < range.to())
                      .toList());
            }
            default -> throw new UnsupportedOperationException(method.getName());
          }
          return null;
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  /** The last argument takes rows. */
  @SuppressWarnings("unchecked") // as the methods have it
  private static void give(Object[] arguments, List<?> rows) {
    Consumer<Object> consumer = (Consumer<Object>) arguments[arguments.length - 1];
    rows.forEach(consumer);
  }

  /** Adds energy of a job in a quarter of an hour. */
  void quarter(String job, long start, long millijoules) {
    quarters.add(
        new UsageRow(
            "east",
            "ada",
            "",
            start,
            job,
            "",
            "",
            Map.of(),
            Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, millijoules)));
  }

  /** Adds an hour of the ledger. */
  void hour(long start, long millijoules) {
    hours.add(
        new SiteStep(
            "east",
            start,
            Totals.ofSite().add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, millijoules)));
  }
}
