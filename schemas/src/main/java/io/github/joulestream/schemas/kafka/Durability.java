// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

/**
 * How many copies of a topic's partitions there are, and how many of them must have a record before
 * it counts as written.
 *
 * @param replication copies, or {@link #OF_THE_CLUSTER}
 * @param minInsyncReplicas copies that must have it ({@code min.insync.replicas}), or {@link
 *     #OF_THE_CLUSTER}
 */
public record Durability(int replication, int minInsyncReplicas) {
  /** What the brokers' configuration says. */
  public static final int OF_THE_CLUSTER = -1;

  /** Nothing of it is chosen here. */
  public static final Durability CLUSTER_DEFAULT = new Durability(OF_THE_CLUSTER, OF_THE_CLUSTER);

  private static final int USUAL_REPLICATION = 3;

  /** Checks the ranges. */
  public Durability {
    if (replication != OF_THE_CLUSTER && (replication < 1 || replication > Short.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "replication of %d: it must be at least 1, or -1 for the cluster's default"
              .formatted(replication));
    }
    if (minInsyncReplicas != OF_THE_CLUSTER
        && (minInsyncReplicas < 1
            || (replication != OF_THE_CLUSTER && minInsyncReplicas > replication))) {
      throw new IllegalArgumentException(
          "min-insync-replicas of %d: it must be at least 1, and no more than the copies"
              .formatted(minInsyncReplicas));
    }
  }

  /**
   * That many copies, of which one may be away: at least 1 must have a record, else all but one.
   */
  public static Durability of(int replication) {
    return new Durability(
        replication, replication == OF_THE_CLUSTER ? OF_THE_CLUSTER : Math.max(1, replication - 1));
  }

  /**
   * What a cluster of that many brokers should have: three copies, of which one may be away; the
   * cluster's default where there are fewer brokers.
   */
  public static Durability usual(int brokers) {
    return brokers >= USUAL_REPLICATION ? of(USUAL_REPLICATION) : CLUSTER_DEFAULT;
  }
}
