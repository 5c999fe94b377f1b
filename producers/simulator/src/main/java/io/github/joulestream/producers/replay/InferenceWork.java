// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Work of an MLPerf Inference run, as LoadGen logs it. Offline and Server log work per second, in
 * tokens where the model has them, reasoning models too; SingleStream and MultiStream log latencies
 * only, and their work is the queries they made times the samples of a query.
 *
 * @param unit tokens, samples or queries; empty if the log has none
 * @see <a
 *     href="https://github.com/mlcommons/inference/blob/master/loadgen/results.cc">results.cc</a>
 */
record InferenceWork(double amount, String unit) {
  static final InferenceWork UNKNOWN = new InferenceWork(0, "");

  // in the order in which they are looked for: a run of tokens logs its samples or queries too
  private static final List<Rate> RATES =
      List.of(
          new Rate("result_tokens_per_second", "tokens"),
          new Rate("result_completed_tokens_per_second", "tokens"),
          new Rate("result_inferred_tokens_per_second", "tokens"),
          new Rate("result_inferred_completed_tokens_per_second", "tokens"),
          new Rate("result_samples_per_second", "samples"),
          new Rate("result_completed_samples_per_sec", "queries"));

  private record Rate(String key, String unit) {}

  /** Of a run of that length, from the values of its detail log. */
  static InferenceWork of(Map<String, JsonNode> detail, long millis) {
    for (Rate rate : RATES) {
      double perSecond = positive(detail.get(rate.key));
      if (perSecond > 0) {
        return new InferenceWork(perSecond * millis / 1000, rate.unit);
      }
    }
    double queries = positive(detail.get("result_query_count"));
    double samplesPerQuery = positive(detail.get("effective_samples_per_query"));
    if (queries == 0) {
      return UNKNOWN;
    }
    return samplesPerQuery == 0
        ? new InferenceWork(queries, "queries")
        : new InferenceWork(queries * samplesPerQuery, "samples");
  }

  private static double positive(@Nullable JsonNode value) {
    return value == null || !value.isNumber() || !Double.isFinite(value.asDouble())
        ? 0
        : Math.max(0, value.asDouble());
  }
}
