// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.failure.RecordRefusals.Place;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.CommitScope;
import io.github.joulestream.streams.state.ExpiringAggregate;
import io.github.joulestream.streams.state.ObjectCacheStore;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Adds increments to the windows of sites, of 10 s, a quarter of an hour and an hour, and emits
 * those that changed when the task commits.
 */
public final class TotalSites implements Processor<String, byte[], String, SiteOutput> {
  public static final String WINDOWS = "site-windows";

  private final RecordRefusals refusals;
  private final Deserializer<SiteWindow> increments = WireSerdes.siteWindows().deserializer();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, SiteOutput> context;

  @SuppressWarnings("NullAway.Init")
  private ObjectCacheStore<ExpiringAggregate<SiteWindow>> windows;

  /** Totals of sites; records that cannot be used are refused by {@code refusals}. */
  public TotalSites(RecordRefusals refusals) {
    this.refusals = refusals;
  }

  /** The store of windows. */
  public static StoreBuilder<ObjectCacheStore<ExpiringAggregate<SiteWindow>>> windows(
      CacheBudget budget) {
    return ExpiringAggregate.store(WINDOWS, WireSerdes.siteWindows(), budget);
  }

  @Override
  public void init(ProcessorContext<String, SiteOutput> newContext) {
    context = newContext;
    windows = context.getStateStore(WINDOWS);
    windows.checkFormats();
    windows.atCommit(new CommitScope(context).of(this::emit));
    context.schedule(
        CacheBudget.INTERVAL, PunctuationType.WALL_CLOCK_TIME, _ -> windows.dropSurplus());
    context.schedule(ExpiringAggregate.SWEEP, PunctuationType.STREAM_TIME, this::sweep);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    try {
      String site = RecordRefusals.checkedKey(record.key(), record.value());
      SiteWindow increment =
          increments.deserialize("by-site", RecordRefusals.present(record.value()));
      if (!increment.site().equals(site)) {
        throw new IllegalArgumentException(
            "a record of site %s has the key %s".formatted(increment.site(), site));
      }
      long arrival = record.timestamp();
      Sum window = sum(increment, increment.windowMillis(), arrival);
      Sum quarter = sum(increment, Windows.QUARTER_HOUR_MILLIS, arrival);
      Sum hour = sum(increment, Windows.HOUR_MILLIS, arrival);
      // nothing below throws: all are put, or none
      windows.put(window.key, window.total);
      windows.put(quarter.key, quarter.total);
      windows.put(hour.key, hour.total);
    } catch (RuntimeException | StackOverflowError e) {
      Place place = Place.of(context.recordMetadata().orElseThrow());
      context.forward(
          refusals.refuse(record, record.value(), place, e, SiteOutput.Refused::new),
          SiteOutput.Refused.CHILD);
    }
  }

  private void sweep(long now) {
    long expired = now - ExpiringAggregate.WINDOW_LIFE.toMillis();
    windows.deleteIf((_, window) -> ExpiringAggregate.lastUpdateEpochMillis(window) < expired);
  }

  private record Sum(String key, ExpiringAggregate<SiteWindow> total) {}

  private Sum sum(SiteWindow increment, int windowMillis, long arrivalEpochMillis) {
    long start = Math.floorDiv(increment.windowStartEpochMillis(), windowMillis) * windowMillis;
    String key = "%s\0%08x%016x".formatted(increment.site(), windowMillis, start);
    ExpiringAggregate<SiteWindow> before = windows.get(key);
    if (before == null) {
      before =
          ExpiringAggregate.begin(
              start,
              arrivalEpochMillis,
              ExpiringAggregate.WINDOW_LIFE,
              new SiteWindow(increment.site(), start, windowMillis, Totals.ofSite()));
    }
    return new Sum(
        key,
        before.updated(
            arrivalEpochMillis,
            new SiteWindow(
                increment.site(),
                start,
                windowMillis,
                before.value().totals().copy().addAll(increment.totals()),
                before.fragmentEpochMillis())));
  }

  private void emit() {
    long now = Math.max(0, context.currentStreamTimeMs());
    for (String key : windows.changedKeys()) {
      SiteWindow window = requireNonNull(windows.get(key), "a changed window").value();
      context.forward(
          new Record<>(window.site(), (SiteOutput) new SiteOutput.Window(window), now),
          SiteOutput.Window.CHILD);
    }
  }
}
