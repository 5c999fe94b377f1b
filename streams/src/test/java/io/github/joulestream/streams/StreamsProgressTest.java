// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.streams.StreamsProgress.Figures;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;

class StreamsProgressTest {
  private long nanos = 1;
  private final StreamsProgress progress = new StreamsProgress("books", () -> nanos);

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private Health running(double polls1, double polls2, double processed, double lag) {
    return progress.health(
        new Figures(State.RUNNING, Map.of("t1", polls1, "t2", polls2), processed, processed, lag));
  }

  @Test
  void threadsThatAskKafka_areWell_alsoWhereThereIsNothingToDo() {
    for (int i = 0; i < 100; i++) {
      assertThat(running(i, i, 7, 0)).isEqualTo(Health.GOOD);
      pass(Duration.ofMinutes(1));
    }
  }

  @Test
  void aThreadThatHangs_isSeen_thoughTheOtherWorks_andIsWellWhenItContinues() {
    assertThat(running(5, 5, 0, 0).ok()).isTrue();
    pass(Duration.ofSeconds(119));
    assertThat(running(5, 6, 1, 0).ok()).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(running(5, 7, 2, 0))
        .satisfies(health -> {
          assertThat(health.ok()).isFalse();
          assertThat(health.words()).contains("thread t1 hangs");
        });
    assertThat(running(6, 8, 3, 0).ok()).isTrue();
  }

  @Test
  void recordsThatWait_andNobodyTakes_areSeen() {
    assertThat(running(1, 1, 10, 500).ok()).isTrue();
    pass(Duration.ofMinutes(4));
    assertThat(running(2, 2, 10, 500).ok()).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(running(3, 3, 10, 500).words()).contains("none of 500 records");
    assertThat(running(4, 4, 11, 499).ok()).isTrue();
    // without a lag nothing is missed, however long it lasts
    pass(Duration.ofMinutes(9));
    assertThat(running(5, 5, 11, 0).ok()).isTrue();
    pass(Duration.ofMinutes(4));
    assertThat(running(6, 6, 11, 3).ok()).isTrue();
  }

  @Test
  void aGroupThatNeverSettles_isSeen_unlessStateIsRestored() {
    for (int minute = 0; minute < 60; minute++) {
      assertThat(
              progress.health(new Figures(State.REBALANCING, Map.of("t1", 1.0), 0, minute, 0)).ok())
          .isTrue();
      pass(Duration.ofMinutes(1));
    }
    pass(Duration.ofMinutes(9));
    assertThat(progress.health(new Figures(State.REBALANCING, Map.of("t1", 9.0), 0, 59, 0)).words())
        .contains("REBALANCING")
        .contains("for 10 min");
    assertThat(progress.health(new Figures(State.ERROR, Map.of(), 0, 60, 0)).ok()).isFalse();
  }

  @Test
  void threadsAreReplaced_aFewTimesAnHour_forAsLongAsTheProgramLives() {
    Replacements replacements = new Replacements(10, () -> nanos);
    for (int hour = 0; hour < 5; hour++) {
      for (int i = 0; i < 10; i++) {
        assertThat(replacements.failed()).isTrue();
        pass(Duration.ofMinutes(1));
      }
      assertThat(replacements.failed()).isFalse();
      pass(Duration.ofHours(1));
    }
    assertThat(replacements.total()).isEqualTo(50);
    assertThat(replacements.failures()).isEqualTo(55);
    assertThat(new Replacements(0, () -> nanos).failed()).isFalse();
  }
}
