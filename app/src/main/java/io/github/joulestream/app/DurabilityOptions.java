// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.kafka.Durability;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How durable topics are made, or should be. */
final class DurabilityOptions {
  @Option(
      names = "--replication",
      paramLabel = "N",
      description =
          "Copies of each topic, -1 for the cluster's default (default: 3 with three brokers or more, otherwise the cluster's default).")
  @Nullable Integer replication;

  @Option(
      names = "--min-insync-replicas",
      paramLabel = "N",
      description =
          "Copies that must have a record before it counts as written (default: one less than the copies, at least 1).")
  @Nullable Integer minInsyncReplicas;

  /** True if a person has chosen. */
  boolean given() {
    return replication != null || minInsyncReplicas != null;
  }

  /**
   * What the options say.
   *
   * @param brokers of the cluster: decides where nothing is said
   * @throws UserError if one of them is out of its range
   */
  Durability read(int brokers) {
    try {
      Durability read =
          replication == null ? Durability.usual(brokers) : Durability.of(replication);
      return minInsyncReplicas == null
          ? read
          : new Durability(read.replication(), minInsyncReplicas);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--" + e.getMessage(), e);
    }
  }
}
