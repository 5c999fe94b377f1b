// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reference;

import io.github.joulestream.runtime.Metric;

/** docs/metrics.md, from {@link Metric}. */
final class MetricsPage {
  private MetricsPage() {}

  static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Metrics

            Programs show these on `/metrics`, in Prometheus' text format, if they are given `--metrics-port`. Conditions worth an alert are in
            [operations](operations.md#monitoring). This page is generated from `Metric`.

            | metric | type | meaning |
            |---|---|---|
            """);
    for (Metric metric : Metric.values()) {
      page.append(
          "| `%s` | %s | %s |%n"
              .formatted(
                  metric.metricName(), metric.type(), ReferencePagesTest.cell(metric.help())));
    }
    return page.toString();
  }
}
