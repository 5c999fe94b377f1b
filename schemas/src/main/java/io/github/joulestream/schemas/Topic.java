// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.schemas.kafka.DeadLetters;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The topics. Names, keys, retention and compaction are interfaces that outlive a release.
 *
 * <p>All carry the broker's append time, so that last year's data can be replayed without retention
 * deleting it at once; when something happened is in the payload. Topics that are keyed by node or
 * by job have one and the same number of partitions, because telemetry meets allocations there, and
 * energy meets jobs; and because totals of windows of a task's jobs, which are in records with keys
 * of different jobs, are then in one partition, and so in order.
 */
public enum Topic {
  TELEMETRY("telemetry", "site/node", Spread.BY_KEY, days(7)),
  ALLOCATIONS("allocations", "site/node", Spread.BY_KEY, days(30)),
  JOBS("jobs", "site/job", Spread.BY_KEY, Duration.ZERO),
  BUDGETS("budgets", "site/budget", Spread.SINGLE, Duration.ZERO),
  NODES("nodes", "site/node", Spread.BY_KEY, Duration.ZERO),
  GRID("grid", "site/series/start/issued", Spread.SINGLE, Duration.ZERO),
  JOB_WINDOW("job-window", "site/job", Spread.BY_KEY, days(7)),
  SITE_WINDOW("site-window", "site", Spread.BY_KEY, days(7)),
  NODE_WINDOW("node-window", "site/node", Spread.BY_KEY, days(7)),
  DEVICE_WINDOW("device-window", "site/node", Spread.BY_KEY, days(7)),
  PLACEMENT("placement", "site/node", Spread.BY_KEY, days(40)),
  JOB_QUARTER_HOUR("job-quarter-hour", "site/job", Spread.BY_KEY, days(30)),
  POWER_SNAPSHOT("power-snapshot", "site", Spread.BY_KEY, days(1)),
  CAPACITY("capacity", "site", Spread.BY_KEY, days(7)),
  POOL_PEAK("pool-peak", "site", Spread.BY_KEY, days(30)),
  LEDGER("ledger", "site", Spread.BY_KEY, days(30)),
  JOB_SUMMARY("job-summary", "site/job", Spread.BY_KEY, Duration.ZERO),
  ALERTS("alerts", "alert id", Spread.SINGLE, Duration.ZERO),
  CAP_ADVICE("cap-advice", "site", Spread.BY_KEY, days(7)),
  DEAD_LETTER(DeadLetters.TOPIC_NAME, "key of the source", Spread.SINGLE, days(30)),
  SCHEMAS("schemas", "fingerprint", Spread.SINGLE, Duration.ZERO);

  /** The setting of a topic that limits its bytes in each partition. */
  public static final String RETENTION_BYTES = "retention.bytes";

  /**
   * Bytes after which the oldest dead letters are deleted: whoever may write records that cannot be
   * used must not fill the brokers' disks.
   */
  public static final long DEAD_LETTER_BYTES = 1L << 30;

  /** Segments are deleted as a whole, so the topic is larger by one of them at most. */
  private static final long DEAD_LETTER_SEGMENT_BYTES = 64L << 20;

  /** How many partitions a topic has. */
  public enum Spread {
    /** As many as the installation chose for all topics of this sort. */
    BY_KEY,
    /** One: a few records an hour, or records whose order matters. */
    SINGLE
  }

  private final String topicName;
  private final String key;
  private final Spread spread;
  private final Duration retention;

  Topic(String topicName, String key, Spread spread, Duration retention) {
    this.topicName = topicName;
    this.key = key;
    this.spread = spread;
    this.retention = retention;
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  public String topicName() {
    return topicName;
  }

  /** What its records are keyed by, in words. */
  public String key() {
    return key;
  }

  public Spread spread() {
    return spread;
  }

  /** True if the last record of each key never expires. */
  public boolean compacted() {
    return retention.isZero();
  }

  /** Time after which records expire; zero if compacted. */
  public Duration retention() {
    return retention;
  }

  /**
   * The topic's configuration on the broker. Of {@link #RETENTION_BYTES} an installation may choose
   * another value.
   */
  public Map<String, String> config() {
    Map<String, String> config = new TreeMap<>();
    config.put("message.timestamp.type", "LogAppendTime");
    if (compacted()) {
      config.put("cleanup.policy", "compact");
      if (this == ALERTS) {
        // a target of alerts that was unavailable for a day still receives each that fired and
        // resolved
        config.put("min.compaction.lag.ms", Long.toString(days(1).toMillis()));
      }
    } else {
      config.put("cleanup.policy", "delete");
      config.put("retention.ms", Long.toString(retention.toMillis()));
      if (this == DEAD_LETTER) {
        config.put(RETENTION_BYTES, Long.toString(DEAD_LETTER_BYTES));
        config.put("segment.bytes", Long.toString(DEAD_LETTER_SEGMENT_BYTES));
      }
    }
    return config;
  }
}
