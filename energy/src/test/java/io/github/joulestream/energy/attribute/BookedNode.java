// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** A node's account with its history, what it booked by window, and what it refused. */
final class BookedNode {
  private NodeAccount account = new NodeAccount(Limits.DEFAULT);
  private final List<Arrival> history = new ArrayList<>();
  final TreeMap<Long, Totals<SiteAmount>> site = new TreeMap<>();
  final Map<String, TreeMap<Long, Totals<JobAmount>>> jobs = new TreeMap<>();
  final List<String> refusals = new ArrayList<>();
  // the most windows that one batch or edge was booked in
  int mostWindows;
  private long sequence;

  Outcome take(long epoch, long arrivalEpochMillis, DeviceSeries... series) {
    return take(epoch, arrivalEpochMillis, List.of(series));
  }

  Outcome take(long epoch, long arrivalEpochMillis, List<DeviceSeries> series) {
    return take(epoch, sequence++, arrivalEpochMillis, series);
  }

  Outcome takeNumbered(long epoch, long number, long arrivalEpochMillis, DeviceSeries... series) {
    return take(epoch, number, arrivalEpochMillis, List.of(series));
  }

  private Outcome take(
      long epoch, long number, long arrivalEpochMillis, List<DeviceSeries> series) {
    Increments books = new Increments();
    Arrival arrival = new Arrival(arrivalEpochMillis, series);
    Outcome outcome = account.accept(epoch, number, arrival, this::between, books);
    if (!outcome.repeated()) {
      history.add(outcome.kept(arrival));
    }
    refusals.addAll(outcome.refusals());
    add(books);
    return outcome;
  }

  void take(AllocationEdge edge) {
    Increments books = new Increments();
    account.accept(edge, this::between, books);
    add(books);
  }

  /** Writes the account and continues with what was written. */
  void restart() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      account.write(new DataOutputStream(bytes));
      account =
          NodeAccount.read(
              new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())),
              Limits.DEFAULT,
              Calibration.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Arrival> between(long from, long to) {
    return history.stream()
        .filter(old -> {
          long latest =
              old.devices().stream()
                  .flatMapToLong(series -> LongStream.of(series.readings().epochMillis()))
                  .max()
                  .orElse(Long.MIN_VALUE);
          return latest >= from && latest <= to;
        })
        .toList();
  }

  private void add(Increments books) {
    mostWindows = Math.max(mostWindows, books.windows());
    books
        .site()
        .forEach(
            (window, totals) -> site.computeIfAbsent(window, _ -> Totals.ofSite()).addAll(totals));
    JobSums.of(books)
        .forEach((job, windows) ->
            windows.forEach((window, totals) ->
                jobs.computeIfAbsent(job, _ -> new TreeMap<>())
                    .computeIfAbsent(window, _ -> Totals.ofJob())
                    .addAll(totals)));
    for (Totals<SiteAmount> window : site.values()) {
      assertThat(window.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .isNotNegative()
          .isEqualTo(
              window.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                  + window.get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
    }
  }

  /** The powers that were kept, by time. */
  NavigableMap<Long, Long> keptMilliwatts() {
    TreeMap<Long, Long> kept = new TreeMap<>();
    for (Arrival arrival : history) {
      for (DeviceSeries series : arrival.devices()) {
        for (int row = 0; row < series.readings().size(); row++) {
          kept.put(series.readings().epochMillis()[row], series.readings().power(row));
        }
      }
    }
    return kept;
  }

  /** Forgets what counts repeats. */
  void clearRepeats() {
    site.values().forEach(totals -> totals.set(SiteAmount.REPEATED_READINGS, 0));
  }

  long site(SiteAmount amount) {
    return site.values().stream().mapToLong(totals -> totals.get(amount)).sum();
  }

  long job(String job, JobAmount amount) {
    return jobs.getOrDefault(job, new TreeMap<>()).values().stream()
        .mapToLong(totals -> totals.get(amount))
        .sum();
  }

  /** Everything that was booked, without what counts arrivals, and without windows of zeros. */
  Map<String, String> booked() {
    Map<String, String> booked = new TreeMap<>();
    site.forEach((window, totals) -> {
      Totals<SiteAmount> copy = totals.copy();
      copy.set(SiteAmount.READINGS, 0);
      copy.set(SiteAmount.ALLOCATION_EVENTS, 0);
      if (!copy.isZero()) {
        booked.put("site " + window, copy.toString());
      }
    });
    jobs.forEach((job, windows) ->
        windows.forEach((window, totals) -> {
          if (!totals.isZero()) {
            booked.put(job + " " + window, totals.toString());
          }
        }));
    return booked;
  }
}
