// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.store.history.PlacementRow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a job held of a node: the document's {@code Placement}; of others' jobs without names. */
public record PlacementView(
    String node,
    @Nullable String job,
    @Nullable String user,
    Instant from,
    @Nullable Instant to,
    String devices,
    @Nullable String path) {

  /** Of a job that may be shown. */
  static PlacementView of(PlacementRow row, KnownJob job) {
    return new PlacementView(
        row.node(),
        job.job(),
        job.details().user(),
        Instant.ofEpochMilli(row.heldEpochMillis()),
        row.endEpochMillis() < 0 ? null : Instant.ofEpochMilli(row.endEpochMillis()),
        row.devices(),
        JobPath.of(job.site(), job.job()));
  }
}
