// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ResultLagTest {
  private static final TopicPartition ONE = new TopicPartition("job-window", 0);
  private static final TopicPartition TWO = new TopicPartition("job-window", 1);

  @Test
  void itIsCaughtUp_whenEveryPartitionIsWrittenToItsEnd() {
    Map<TopicPartition, Long> ends = Map.of(ONE, 5L, TWO, 7L);
    assertThat(ResultLag.caughtUp(ends, Map.of())).isFalse();
    assertThat(ResultLag.caughtUp(ends, Map.of(ONE, 5L))).isFalse();
    assertThat(ResultLag.caughtUp(ends, Map.of(ONE, 5L, TWO, 6L))).isFalse();
    assertThat(ResultLag.caughtUp(ends, Map.of(ONE, 5L, TWO, 8L))).isTrue();
  }

  @Test
  void anEmptyPartition_countsOnceItsPositionIsKnown() {
    assertThat(ResultLag.caughtUp(Map.of(ONE, 0L), Map.of())).isFalse();
    assertThat(ResultLag.caughtUp(Map.of(ONE, 0L), Map.of(ONE, 0L))).isTrue();
  }

  @Test
  void theLag_isTheSumOverPartitions_andNeverNegative() {
    Map<TopicPartition, Long> ends = Map.of(ONE, 5L, TWO, 7L);
    assertThat(ResultLag.records(ends, Map.of())).isEqualTo(12);
    assertThat(ResultLag.records(ends, Map.of(ONE, 9L, TWO, 4L))).isEqualTo(3);
  }
}
