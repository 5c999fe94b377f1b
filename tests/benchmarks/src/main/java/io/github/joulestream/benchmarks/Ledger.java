// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** What the ledger says. */
final class Ledger {
  static final int WINDOW_MILLIS = 10_000;

  private Ledger() {}

  static SiteWindow window(byte[] value) {
    return WireSerdes.siteWindows().deserializer().deserialize("ledger", value);
  }

  /**
   * Energy of all sites, mJ.
   *
   * @throws IllegalStateException if the books do not balance
   */
  static long measuredMillijoules(String bootstrap) {
    long measured = 0;
    for (SiteWindow window : windows(bootstrap)) {
      measured += window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      long difference = difference(window);
      if (difference != 0) {
        throw new IllegalStateException("the ledger's difference is " + difference + " mJ");
      }
    }
    return measured;
  }

  /** Readings that it has seen, each once. */
  static long readings(String bootstrap) {
    return windows(bootstrap).stream()
        .mapToLong(window -> window.totals().get(SiteAmount.READINGS))
        .sum();
  }

  /** The windows of 10 s, each as last emitted. */
  private static Collection<SiteWindow> windows(String bootstrap) {
    Map<String, SiteWindow> windows = new HashMap<>();
    Topics.read(
        bootstrap,
        "ledger",
        record -> {
          SiteWindow window = window(record.value());
          if (window.windowMillis() == WINDOW_MILLIS) {
            windows.put(
                window.site()
                    + window.windowStartEpochMillis()
                    + "/"
                    + window.fragmentEpochMillis(),
                window);
          }
        });
    return windows.values();
  }

  private static long difference(SiteWindow window) {
    return window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
        - window.totals().get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
        - window.totals().get(SiteAmount.IDLE_TOTAL_MILLIJOULES);
  }
}
