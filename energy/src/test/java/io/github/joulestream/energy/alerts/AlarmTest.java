// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.alerts.Alarm.Event;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlarmTest {
  private static final long SEED = Long.getLong("laws.seed", 7_001);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final AlertTiming TIMING = new AlertTiming(10_000, 300_000, 60_000, 0);

  private final Alarm alarm = new Alarm();

  /** The bound that the documentation gives: 1 + T / (resolve-after + cooldown). */
  private static int maxAlertsPerHour(AlertTiming timing) {
    return (int) (1 + HOUR / (timing.resolveAfterMillis() + timing.cooldownMillis()));
  }

  private Event step(long second, int reached, int retained) {
    return alarm.step(START + 1_000 * second, reached, retained, TIMING);
  }

  @Test
  void aBreach_firesOnce_afterItsHold_andEndsAfterItWasBelowLongEnough() {
    assertThat(step(0, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(9, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(10, 0, 0)).isEqualTo(Event.FIRED);
    assertThat(alarm.beganMillis()).isEqualTo(START);
    assertThat(step(100, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(101, -1, 0)).isEqualTo(Event.NOTHING); // under it, but not clearly
    assertThat(step(500, -1, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(501, -1, -1)).isEqualTo(Event.NOTHING);
    assertThat(step(800, -1, -1)).isEqualTo(Event.NOTHING);
    assertThat(step(801, -1, -1)).isEqualTo(Event.RESOLVED);
    assertThat(alarm.firing()).isFalse();
  }

  @Test
  void aBreak_beginsTheHoldAnew() {
    step(0, 0, 0);
    step(9, -1, 0);
    assertThat(step(10, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(19, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(20, 0, 0)).isEqualTo(Event.FIRED);
  }

  @Test
  void aHigherLevel_isAnUpdateAtOnce_aLowerOneOnlyWhenItLasts() {
    step(0, 0, 0);
    assertThat(step(10, 0, 0)).isEqualTo(Event.FIRED);
    assertThat(step(20, 2, 2)).isEqualTo(Event.NOTHING);
    assertThat(step(30, 2, 2)).isEqualTo(Event.UPDATED);
    assertThat(alarm.level()).isEqualTo(2);
    // down to the second, for a moment to nothing: it is the second that is emitted
    assertThat(step(40, -1, -1)).isEqualTo(Event.NOTHING);
    assertThat(step(50, 1, 1)).isEqualTo(Event.NOTHING);
    assertThat(step(339, -1, -1)).isEqualTo(Event.NOTHING);
    assertThat(step(340, -1, -1)).isEqualTo(Event.UPDATED);
    assertThat(alarm.level()).isEqualTo(1);
    assertThat(alarm.revision()).isEqualTo(3);
    assertThat(step(341, -1, -1)).isEqualTo(Event.NOTHING);
    assertThat(step(641, -1, -1)).isEqualTo(Event.RESOLVED);
  }

  @Test
  void afterItEnded_itRests_andThenSaysWhatIsStillSo() {
    step(0, 0, 0);
    step(10, 0, 0);
    step(11, -1, -1);
    assertThat(step(311, -1, -1)).isEqualTo(Event.RESOLVED);
    assertThat(step(320, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(370, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(371, 0, 0)).isEqualTo(Event.FIRED);
    assertThat(alarm.beganMillis()).isEqualTo(START + 320_000);
    assertThat(alarm.revision()).isEqualTo(1);
  }

  /** The bound is reached by the worst there is: on when it may fire, off when it may end. */
  @Test
  void theWorstFlapping_firesAsOftenAsTheRuleAllows_andNoMore() {
    AlertTiming timing = new AlertTiming(0, 300_000, 60_000, 0);
    assertThat(maxAlertsPerHour(timing)).isEqualTo(11); // 1 + 3,600 s / 360 s
    int fired = 0;
    for (long millis = 0; millis <= HOUR; millis += 1_000) {
      int level = alarm.firing() ? -1 : 0;
      if (alarm.step(START + millis, level, level, timing) == Event.FIRED) {
        fired++;
      }
    }
    // a second is lost each time between firing and the first step below
    assertThat(fired).isEqualTo(10);
    Alarm ideal = new Alarm();
    fired = 0;
    for (long millis = 0; millis <= HOUR; millis += 1) {
      int level = ideal.firing() ? -1 : 0;
      if (ideal.step(START + millis, level, level, timing) == Event.FIRED) {
        fired++;
      }
    }
    assertThat(fired).isBetween(10, 11);
  }

  /** Whatever the value does: never more than the bound, and always fired, ended, fired, ended. */
  @Test
  void anyFlapping_isWithinTheBound() {
    System.out.println("AlarmTest seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      AlertTiming timing =
          new AlertTiming(
              1_000L * random.nextInt(20),
              1_000L * random.nextInt(400),
              10_000 + 1_000L * random.nextInt(100),
              0);
      Alarm any = new Alarm();
      double up = random.nextDouble();
      int steady = 1 + random.nextInt(200);
      long last = Alarm.NEVER;
      int fired = 0;
      boolean firing = false;
      int reached = -1;
      for (long millis = 0; millis <= HOUR; millis += 1_000) {
        if (random.nextInt(steady) == 0) {
          reached = random.nextDouble() < up ? random.nextInt(3) : -1;
        }
        int retained = Math.max(reached, random.nextInt(8) == 0 ? 0 : -1);
        // some values come late
        long time = START + millis - (random.nextInt(10) == 0 ? 5_000 : 0);
        Event event = any.step(time, reached, retained, timing);
        switch (event) {
          case FIRED -> {
            assertThat(firing).isFalse();
            firing = true;
            fired++;
            if (last != Alarm.NEVER) {
              assertThat(any.latestMillis() - last)
                  .isGreaterThanOrEqualTo(timing.resolveAfterMillis() + timing.cooldownMillis());
            }
            last = any.latestMillis();
          }
          case RESOLVED -> {
            assertThat(firing).isTrue();
            firing = false;
          }
          case UPDATED -> assertThat(firing).isTrue();
          case NOTHING -> {}
        }
        assertThat(any.firing()).isEqualTo(firing);
      }
      assertThat(fired).isLessThanOrEqualTo(maxAlertsPerHour(timing));
    }
  }

  /** Written down and read again at any time, it continues as if nothing had been. */
  @Test
  void aCrash_changesNothing() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Alarm steady = new Alarm();
      Alarm restored = new Alarm();
      List<Event> events = new ArrayList<>();
      List<Event> tornEvents = new ArrayList<>();
      for (int second = 0; second < 1_500; second += 1 + random.nextInt(30)) {
        int reached = random.nextInt(4) - 1;
        int retained = Math.max(reached, random.nextInt(3) - 1);
        events.add(steady.step(START + 1_000L * second, reached, retained, TIMING));
        tornEvents.add(restored.step(START + 1_000L * second, reached, retained, TIMING));
        if (random.nextInt(5) == 0) {
          restored = again(restored);
        }
      }
      assertThat(tornEvents).isEqualTo(events);
      assertThat(restored.revision()).isEqualTo(steady.revision());
    }
  }

  /** State that is written only after a change is complete. */
  @Test
  void whatItSaysHasNotChanged_needNotBeWritten() throws IOException {
    Random random = new Random(SEED + 1);
    for (int round = 0; round < ROUNDS; round++) {
      Alarm steady = new Alarm();
      Alarm kept = again(steady);
      List<Event> events = new ArrayList<>();
      List<Event> keptEvents = new ArrayList<>();
      for (int second = 0; second < 1_500; second += 1 + random.nextInt(30)) {
        int reached = random.nextInt(4) - 1;
        int retained = Math.max(reached, random.nextInt(3) - 1);
        long time = START + 1_000L * second;
        Alarm restored = again(kept);
        keptEvents.add(restored.step(time, reached, retained, TIMING));
        events.add(steady.step(time, reached, retained, TIMING));
        if (steady.takeChanged()) {
          kept = again(steady);
        }
      }
      assertThat(keptEvents).isEqualTo(events);
    }
  }

  private static Alarm again(Alarm alarm) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    alarm.write(new DataOutputStream(bytes));
    return Alarm.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }

  @Test
  void whatItIsAbout_canBeOver_atOnce() {
    assertThat(alarm.end(START)).isEqualTo(Event.NOTHING);
    step(0, 0, 0);
    step(10, 0, 0);
    assertThat(alarm.end(START + 11_000)).isEqualTo(Event.RESOLVED);
    assertThat(step(30, 0, 0)).isEqualTo(Event.NOTHING);
    assertThat(step(71, 0, 0)).isEqualTo(Event.FIRED);
  }
}
