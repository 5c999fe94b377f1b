// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {
  @Test
  void labelledFigures_areShownAsTheyAre() {
    Metrics metrics =
        new Metrics()
            .showLabelled(Metric.SERVE_REQUESTS, () -> Map.of("{route=\"/\",status=\"200\"}", 3.0));
    assertThat(metrics.text())
        .contains(
            """
            # TYPE joulestream_serve_requests_total counter
            joulestream_serve_requests_total{route="/",status="200"} 3
            """);
  }

  @Test
  void histogram_hasItsBounds_itsSum_andItsCount() {
    Metrics metrics =
        new Metrics()
            .showHistogram(
                Metric.SERVE_DURATION,
                () -> Map.of(Double.POSITIVE_INFINITY, 7L, 0.5, 5L, 0.01, 2L),
                () -> 12.25);
    String name = "joulestream_serve_request_duration_seconds";
    assertThat(metrics.text())
        .contains(
            String.join(
                "\n",
                "# TYPE " + name + " histogram",
                name + "_bucket{le=\"0.01\"} 2",
                name + "_bucket{le=\"0.5\"} 5",
                name + "_bucket{le=\"+Inf\"} 7",
                name + "_sum 12.25",
                name + "_count 7",
                ""));
  }
}
