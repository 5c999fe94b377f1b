// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node as it is now, as the document's {@code NodeNow}. */
record NodeView(
    String node,
    String rack,
    @Nullable Long milliwatts,
    long highestMilliwatts,
    @Nullable Double busyRatio,
    @Nullable Double heldIdleRatio,
    @Nullable Double temperatureCelsius,
    @Nullable String at,
    @Nullable Double ageSeconds,
    boolean silent,
    boolean alerting,
    List<JobOnNode> jobs) {
  NodeView {
    jobs = List.copyOf(jobs);
  }

  /** A job on a node, as the document's {@code NodeJob}: of others' jobs neither id nor user. */
  record JobOnNode(
      @Nullable String job,
      @Nullable String user,
      long milliwatts,
      double gpus,
      @Nullable String path) {}
}
