// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CounterRulesTest {
  private static final long START = 1_700_000_000_000L;
  private static final Device GPU =
      Device.sensor("gpu0", DeviceKind.GPU).withModel("H100", 700_000).withCounter(1, 0);
  // 400 W for a second
  private static final long SECOND = 400_000_000;

  private final Scratch scratch = new Scratch(Limits.DEFAULT, Calibration.NONE);
  private final Increments books = new Increments();
  private final CounterRules rules = new CounterRules(scratch);

  /** A sample a second with 400 W and these counters. */
  private static List<Sample> samples(long... microjoules) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < microjoules.length; i++) {
      samples.add(sample(i, 400_000, microjoules[i]));
    }
    return samples;
  }

  private static Sample sample(int second, long milliwatts, long microjoules) {
    return new Sample(
        GPU, START + second * 1_000L, milliwatts, microjoules, MISSING, MISSING, false);
  }

  /** The energy of each interval by the counter; MISSING where it is not known. */
  private List<Long> measure(CounterRules by, List<Sample> samples) {
    List<Long> energies = new ArrayList<>();
    for (int i = 1; i < samples.size(); i++) {
      by.measure(samples.get(i - 1), samples, i, Shares.NOBODY, books);
      energies.add(scratch.counted.microjoules());
    }
    return energies;
  }

  private long site(SiteAmount amount) {
    return books.site().values().stream().mapToLong(totals -> totals.get(amount)).sum();
  }

  @Test
  void anIntervalWithTheCounterAtBothEnds_isItsStep_thatPowerCanBeComparedWith() {
    List<Sample> samples = samples(0, SECOND, 3 * SECOND / 2);
    assertThat(rules.measure(samples.get(0), samples, 1, Shares.NOBODY, books)).isTrue();
    assertThat(scratch.counted.microjoules()).isEqualTo(SECOND);
    assertThat(scratch.counted.isCertain()).isTrue();
    assertThat(scratch.counted.isFaulty()).isFalse();
    assertThat(rules.isEmpty()).isTrue();
  }

  @Test
  void samplesWithoutTheCounter_shareTheStepAroundThem_byPower() {
    List<Sample> samples =
        List.of(
            sample(0, 400_000, 0),
            sample(1, 400_000, MISSING),
            sample(2, 200_000, MISSING),
            sample(3, 200_000, 900_000_000));
    // by power 400, 300 and 200 J of 900 J
    assertThat(measure(rules, samples)).containsExactly(400_000_000L, 300_000_000L, 200_000_000L);
  }

  @Test
  void samplesWithoutTheCounter_atTheEnd_areUnknown_andProvisional() {
    List<Sample> samples = samples(0, MISSING, MISSING);
    assertThat(rules.isProvisional(samples.get(0), samples, 1)).isTrue();
    assertThat(measure(rules, samples)).containsExactly(MISSING, MISSING);
    List<Sample> known = samples(0, MISSING, 2 * SECOND);
    assertThat(rules.isProvisional(known.get(0), known, 1)).isFalse();
    // nobody waits longer than a minute for it
    List<Sample> late = new ArrayList<>(samples);
    late.add(sample(61, 400_000, MISSING));
    assertThat(rules.isProvisional(late.get(0), late, 1)).isFalse();
  }

  @Test
  void aCounterThatIsFlatForTenSeconds_isStuck_untilItHasMoved() {
    long[] counters = new long[14];
    counters[12] = SECOND;
    counters[13] = 2 * SECOND;
    List<Long> energies = measure(rules, samples(counters));
    assertThat(energies.subList(0, 12)).containsOnly(MISSING);
    assertThat(energies.get(12)).isEqualTo(SECOND);
    assertThat(site(SiteAmount.COUNTER_STUCK_MILLIS)).isEqualTo(11_000);
    assertThat(rules.isQuiet()).isTrue();
  }

  @Test
  void aCounterThatIsFlatForLess_isSlow_andCountsWhatItShows() {
    // it moves every three seconds
    assertThat(measure(rules, samples(0, 0, 0, SECOND * 3, SECOND * 3)))
        .containsExactly(0L, 0L, 3 * SECOND, 0L);
    assertThat(site(SiteAmount.COUNTER_STUCK_MILLIS)).isZero();
    assertThat(rules.isQuiet()).isFalse();
  }

  @Test
  void aCounterThatCatchesUp_wasLate_andIsSpreadOverAllOfTheTime() {
    long[] counters = new long[16];
    counters[15] = 15 * SECOND;
    assertThat(measure(rules, samples(counters))).hasSize(15).containsOnly(SECOND);
    assertThat(site(SiteAmount.COUNTER_STUCK_MILLIS)).isZero();
    assertThat(site(SiteAmount.COUNTER_FAULTS)).isZero();
  }

  @Test
  void aCounterThatFalls_isFaulty_andCounted() {
    List<Sample> samples = samples(5 * SECOND, SECOND);
    rules.measure(samples.get(0), samples, 1, Shares.NOBODY, books);
    assertThat(scratch.counted.isKnown()).isFalse();
    assertThat(scratch.counted.isFaulty()).isTrue();
    assertThat(site(SiteAmount.COUNTER_FAULTS)).isOne();
  }

  @Test
  void aFlatCounter_isProvisional_untilASampleShowsWhy() {
    List<Sample> flat = samples(0, 0, 0);
    assertThat(rules.isProvisional(flat.get(0), flat, 1)).isTrue();
    List<Sample> moved = samples(0, 0, SECOND);
    assertThat(rules.isProvisional(moved.get(0), moved, 1)).isFalse();
  }

  @Test
  void theMeanPower_isThatOfTheCounter_onlyWithoutASensor() {
    measure(rules, List.of(sample(0, MISSING, 0), sample(2, MISSING, SECOND)));
    assertThat(rules.countedMilliwatts()).isEqualTo(200_000);
    assertThat(rules.isQuiet()).isTrue();
    assertThat(rules.isEmpty()).isFalse();
    measure(rules, List.of(sample(2, MISSING, SECOND), sample(3, 100_000, 2 * SECOND)));
    assertThat(rules.countedMilliwatts()).isEqualTo(MISSING);
    assertThat(rules.isEmpty()).isTrue();
  }

  @Test
  void aCopyAndARestart_areStuckSinceThen() throws IOException {
    List<Sample> samples = samples(new long[12]);
    measure(rules, samples.subList(0, 8));
    CounterRules copy = new CounterRules(scratch);
    copy.copyFrom(rules);
    StateWriter out = new StateWriter();
    rules.write(out);
    CounterRules read = new CounterRules(scratch);
    read.read(SampleAccount.reader(out));
    for (CounterRules next : List.of(rules, copy, read)) {
      long before = site(SiteAmount.COUNTER_STUCK_MILLIS);
      // flat for 7 s before, and 4 s more
      measure(next, samples.subList(7, 12));
      assertThat(site(SiteAmount.COUNTER_STUCK_MILLIS)).isEqualTo(before + 4_000);
    }
  }

  @Test
  void theMeanPower_isWritten() throws IOException {
    measure(rules, List.of(sample(0, MISSING, 0), sample(2, MISSING, SECOND)));
    StateWriter out = new StateWriter();
    rules.write(out);
    CounterRules read = new CounterRules(scratch);
    read.read(SampleAccount.reader(out));
    assertThat(read.countedMilliwatts()).isEqualTo(200_000);
  }
}
