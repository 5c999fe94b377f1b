// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RestoreProgressTest {
  private static final TopicPartition NODES_0 = new TopicPartition("a-nodes-changelog", 0);
  private static final TopicPartition NODES_1 = new TopicPartition("a-nodes-changelog", 1);
  private static final TopicPartition JOBS_0 = new TopicPartition("a-jobs-changelog", 0);

  private long nanos = 1;
  private final RestoreProgress progress = new RestoreProgress(() -> nanos);

  private void pass(int seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void aRestoration_isCountedOverAllChangelogs_withRateAndRemainingTime() {
    assertThat(progress.line()).isEmpty();
    assertThat(progress.ratio()).isEqualTo(1);
    progress.onRestoreStart(NODES_0, "nodes", 0, 600);
    progress.onRestoreStart(NODES_1, "nodes", 100, 300);
    progress.onRestoreStart(JOBS_0, "jobs", 0, 200);
    assertThat(progress.line())
        .hasValue("restoring 0 %: 0 of 1,000 records, 0 records/s, unknown time remaining");
    pass(10);
    // offsets 0 to 399, of which compaction left 150 records
    progress.onBatchRestored(NODES_0, "nodes", 399, 150);
    assertThat(progress.line())
        .hasValue("restoring 40 %: 400 of 1,000 records, 40 records/s, about 15 s remaining");
    assertThat(progress.ratio()).isEqualTo(0.4);
    assertThat(progress.restoredByStore()).containsOnly(entry("nodes", 150L), entry("jobs", 0L));
    assertThat(progress.remainingByStore()).containsOnly(entry("nodes", 400L), entry("jobs", 200L));
    assertThat(progress.openByStore()).containsOnly(entry("nodes", 2), entry("jobs", 1));

    // the markers of transactions behind the last record are passed at the end
    progress.onRestoreEnd(NODES_0, "nodes", 150);
    progress.onRestoreEnd(NODES_1, "nodes", 0);
    assertThat(progress.ratio()).isEqualTo(0.8);
    progress.onRestoreEnd(JOBS_0, "jobs", 0);
    assertThat(progress.line()).isEmpty();
    assertThat(progress.remainingByStore()).containsOnly(entry("nodes", 0L), entry("jobs", 0L));
    progress.settled();
    assertThat(progress.ratio()).isEqualTo(1);
  }

  @Test
  void aTaskThatMoves_takesItsRestOutOfTheRestoration() {
    progress.onRestoreStart(NODES_0, "nodes", 0, 100);
    progress.onRestoreStart(NODES_1, "nodes", 0, 100);
    progress.onBatchRestored(NODES_0, "nodes", 49, 50);
    progress.onRestoreSuspended(NODES_0, "nodes", 50);
    pass(1);
    assertThat(progress.line().orElseThrow()).startsWith("restoring 33 %: 50 of 150 records");
    // and comes back where it was
    progress.onRestoreStart(NODES_0, "nodes", 50, 100);
    assertThat(progress.line().orElseThrow()).startsWith("restoring 25 %: 50 of 200 records");
  }

  @Test
  void whatOneTopologyStillRestores_isNotEndedByAnother() {
    progress.onRestoreStart(NODES_0, "nodes", 0, 100);
    progress.onBatchRestored(NODES_0, "nodes", 49, 50);
    progress.settled();
    assertThat(progress.ratio()).isEqualTo(0.5);
    // the next restoration begins anew
    progress.onRestoreEnd(NODES_0, "nodes", 100);
    progress.settled();
    pass(100);
    progress.onRestoreStart(NODES_0, "nodes", 100, 200);
    pass(1);
    progress.onBatchRestored(NODES_0, "nodes", 149, 50);
    assertThat(progress.line().orElseThrow())
        .startsWith("restoring 50 %: 50 of 100 records, 50 records/s");
    assertThat(progress.restoredByStore()).containsOnly(entry("nodes", 100L));
  }

  @Test
  void progress_isARestoredBatch_andAChangelogThatBeginsOrEnds() {
    pass(7);
    assertThat(progress.sinceProgress()).isEqualTo(Duration.ofSeconds(7));
    progress.onRestoreStart(NODES_0, "nodes", 0, 100);
    assertThat(progress.sinceProgress()).isZero();
    pass(3);
    progress.onBatchRestored(NODES_0, "nodes", 9, 10);
    assertThat(progress.sinceProgress()).isZero();
    pass(2);
    assertThat(progress.sinceProgress()).isEqualTo(Duration.ofSeconds(2));
    progress.onRestoreEnd(NODES_0, "nodes", 10);
    assertThat(progress.sinceProgress()).isZero();
  }
}
