// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/** The topics. Names, keys, retention and compaction are interfaces that outlive a release. */
public enum Topic {
  TELEMETRY("telemetry"),
  ALLOCATIONS("allocations"),
  JOBS("jobs"),
  BUDGETS("budgets"),
  GRID("grid"),
  JOB_ENERGY("job-energy"),
  SITE_POWER("site-power"),
  LEDGER("ledger"),
  JOB_SUMMARY("job-summary"),
  ALERTS("alerts"),
  DEAD_LETTER("dead-letter"),
  SCHEMAS("schemas");

  private final String topicName;

  Topic(String topicName) {
    this.topicName = topicName;
  }

  public String topicName() {
    return topicName;
  }
}
