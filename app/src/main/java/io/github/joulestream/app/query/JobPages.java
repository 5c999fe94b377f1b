// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Jobs of the API, page by page.
 *
 * @param jobs as the API gives them
 * @param more whether there are more than were asked for
 */
record JobPages(List<JsonNode> jobs, boolean more) {
  private static final int MOST_A_PAGE = 1_000;

  /**
   * Reads as many as are wanted.
   *
   * @param filters parameters of the query
   * @param limit jobs at most
   */
  static JobPages read(ApiClient api, Map<String, String> filters, int limit)
      throws ApiClient.Unreachable {
    Map<String, String> parameters = new LinkedHashMap<>(filters);
    parameters.put("limit", Integer.toString(Math.min(limit, MOST_A_PAGE)));
    JsonNode page = api.get("/api/v1/jobs", parameters);
    List<JsonNode> jobs = new ArrayList<>();
    while (true) {
      for (JsonNode job : page.path("jobs")) {
        if (jobs.size() == limit) {
          return new JobPages(jobs, true);
        }
        jobs.add(job);
      }
      JsonNode next = page.path("next");
      if (!next.isTextual() || jobs.size() >= limit) {
        return new JobPages(jobs, next.isTextual());
      }
      page = api.get(next.asText());
    }
  }
}
