// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Adds increments to a site's windows, of 10 s and of an hour, and tells how they stand when the
 * task commits.
 */
public final class TotalSites implements Processor<String, SiteWindow, String, SiteWindow> {
  public static final String WINDOWS = "site-windows";

  private static final int HOUR_MILLIS = 3_600_000;
  private static final int LIVE_WINDOWS = 10_000;

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, SiteWindow> context;

  @SuppressWarnings("NullAway.Init")
  private LiveStore<Aged<SiteWindow>> windows;

  /** The store of windows. */
  public static StoreBuilder<LiveStore<Aged<SiteWindow>>> windows() {
    return Aged.store(WINDOWS, WireSerdes.siteWindows(), LIVE_WINDOWS);
  }

  @Override
  public void init(ProcessorContext<String, SiteWindow> newContext) {
    context = newContext;
    windows = context.getStateStore(WINDOWS);
    windows.atCommit(new CommitScope(context).of(this::tell));
    context.schedule(Aged.SWEEP, PunctuationType.STREAM_TIME, this::sweep);
  }

  @Override
  public void process(Record<String, SiteWindow> record) {
    SiteWindow increment = record.value();
    add(increment, increment.windowMillis(), record.timestamp());
    add(increment, HOUR_MILLIS, record.timestamp());
  }

  private void sweep(long now) {
    long over = now - Aged.WINDOW_LIFE.toMillis();
    windows.forgetIf((_, window) -> Aged.touchedEpochMillis(window) < over);
  }

  private void add(SiteWindow increment, int windowMillis, long arrivalEpochMillis) {
    long start = Math.floorDiv(increment.windowStartEpochMillis(), windowMillis) * windowMillis;
    String key = "%s\0%08x%016x".formatted(increment.site(), windowMillis, start);
    Aged<SiteWindow> before = windows.get(key);
    if (before == null) {
      before =
          Aged.begin(
              start,
              arrivalEpochMillis,
              Aged.WINDOW_LIFE,
              new SiteWindow(increment.site(), start, windowMillis, Totals.ofSite()));
    }
    windows.put(
        key,
        before.touched(
            arrivalEpochMillis,
            new SiteWindow(
                increment.site(),
                start,
                windowMillis,
                before.value().totals().copy().addAll(increment.totals()),
                before.partEpochMillis())));
  }

  private void tell() {
    long now = Math.max(0, context.currentStreamTimeMs());
    for (String key : windows.changedKeys()) {
      SiteWindow window = requireNonNull(windows.get(key), "a changed window").value();
      context.forward(new Record<>(window.site(), window, now));
    }
  }
}
