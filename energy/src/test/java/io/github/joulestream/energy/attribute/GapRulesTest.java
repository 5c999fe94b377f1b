// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.attribute.GapRules.Gap;
import io.github.joulestream.energy.integrate.Calibration;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class GapRulesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);

  private final Scratch scratch = new Scratch(Limits.DEFAULT, Calibration.NONE);
  private final Increments books = new Increments();

  private static Sample sample(long after, long milliwatts) {
    return new Sample(GPU, START + after, milliwatts, MISSING, MISSING, MISSING, false);
  }

  private void book(Gap gap, Shares shares) {
    scratch.gapRules.book(gap, new SegmentBooker(scratch), shares, books);
  }

  private static Shares held(long from, long to) {
    return SharesOf.job("a", START + from, START + to, 10_000);
  }

  private long site(SiteAmount amount) {
    return books.site().values().stream().mapToLong(totals -> totals.get(amount)).sum();
  }

  private long job(JobAmount amount) {
    return JobSums.of(books).getOrDefault("a", Collections.emptyNavigableMap()).values().stream()
        .mapToLong(totals -> totals.get(amount))
        .sum();
  }

  @Test
  void aJobThatEndsInAGap_holdsThePowerBefore_upToTheGapLimit() {
    book(Gap.between(sample(0, 1_000), sample(400_000, 2_000)), held(-5_000, 6_000));
    assertThat(job(JobAmount.GPU_MILLIJOULES)).isEqualTo(6_000);
    assertThat(job(JobAmount.UNCOVERED_MILLIS)).isZero();
    assertThat(site(SiteAmount.IDLE_TOTAL_MILLIJOULES)).isZero();
    // of nobody's
    assertThat(site(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(394_000);
  }

  @Test
  void aJobThatBeginsInAGap_holdsThePowerAfter_upToTheGapLimit() {
    book(Gap.between(sample(0, 1_000), sample(400_000, 2_000)), held(385_000, HOUR));
    assertThat(job(JobAmount.GPU_MILLIJOULES)).isEqualTo(20_000);
    assertThat(job(JobAmount.UNCOVERED_MILLIS)).isEqualTo(5_000);
    assertThat(job(JobAmount.ESTIMATED_MILLIJOULES)).isEqualTo(20_000);
  }

  @Test
  void aJobOverAllOfAGap_isUncovered_asOneSum() {
    book(Gap.between(sample(0, 1_000), sample(400_000, 2_000)), held(-5_000, HOUR));
    assertThat(job(JobAmount.GPU_MILLIJOULES)).isZero();
    assertThat(job(JobAmount.UNCOVERED_MILLIS)).isEqualTo(400_000);
    assertThat(books.site()).hasSize(1);
  }

  @Test
  void withoutAPower_allIsUncovered_byWindow() {
    book(Gap.withoutPower(sample(0, MISSING), sample(30_000, MISSING)), held(5_000, 25_000));
    assertThat(job(JobAmount.UNCOVERED_MILLIS)).isEqualTo(20_000);
    assertThat(site(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(30_000);
    assertThat(books.site()).hasSize(3);
  }

  @Test
  void beforeTheFirstSample_onlyJobsAreBooked() {
    book(Gap.before(sample(0, 1_000)), held(-30_000, HOUR));
    assertThat(job(JobAmount.GPU_MILLIJOULES)).isEqualTo(10_000);
    assertThat(site(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(20_000);
  }

  @Test
  void ofTheTimeThatNobodyHeld_theFirstHourIsUncovered() {
    book(Gap.between(sample(0, 1_000), sample(3 * HOUR, 2_000)), Shares.NOBODY);
    assertThat(site(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(HOUR);
  }

  @Test
  void afterTheLastSample_aJobThatHasEndedHoldsItsPower() {
    book(Gap.after(sample(0, 1_000), START + 6_000, Long.MIN_VALUE), held(-5_000, 6_000));
    assertThat(job(JobAmount.GPU_MILLIJOULES)).isEqualTo(6_000);
    assertThat(site(SiteAmount.UNCOVERED_MILLIS)).isZero();
  }

  @Test
  void afterTheLastSample_whatEndsBeforeAChange_isNotBookedAgain() {
    Shares shares = held(60_000, 120_000);
    book(Gap.after(sample(0, 1_000), START + 120_000, START + 110_000), shares);
    // the first 60 s are nobody's: known, and further away than the gap limit
    assertThat(job(JobAmount.UNCOVERED_MILLIS)).isEqualTo(60_000);
    long all = site(SiteAmount.UNCOVERED_MILLIS);
    book(Gap.after(sample(0, 1_000), START + 120_000, Long.MIN_VALUE), shares);
    assertThat(site(SiteAmount.UNCOVERED_MILLIS)).isEqualTo(all + 120_000);
  }
}
