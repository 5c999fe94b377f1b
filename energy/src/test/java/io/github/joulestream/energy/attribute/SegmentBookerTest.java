// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.IOException;
import java.util.Collections;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SegmentBookerTest {
  private static final long SEED = Long.getLong("laws.seed", 41);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 200);
  private static final long START = 1_700_000_000_000L;
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);

  private final Scratch scratch = new Scratch(Limits.DEFAULT, Calibration.NONE);
  private final CounterEnergy none = new CounterEnergy();

  /** Books constant power, from and to a time after the start. */
  private void book(
      SegmentBooker booker, long from, long to, long milliwatts, Shares shares, Increments books) {
    none.none();
    scratch.energy.between(START + from, START + to, GPU, MISSING, MISSING);
    scratch.energy.measure(milliwatts, milliwatts, false, none, Limits.DEFAULT, shares);
    booker.book(scratch.energy, shares, books);
  }

  private static long job(Increments books, String job, JobAmount amount) {
    return JobSums.of(books).getOrDefault(job, Collections.emptyNavigableMap()).values().stream()
        .mapToLong(totals -> totals.get(amount))
        .sum();
  }

  private static long site(Increments books, SiteAmount amount) {
    return books.site().values().stream().mapToLong(totals -> totals.get(amount)).sum();
  }

  /** The example of the class: 1,500 and 3,000 uJ, of two jobs with half of the device each. */
  @Test
  void carriesWhatIsRoundedOff_toTheNextPiece() {
    Shares shares = SharesOf.two(START, 5_000);
    SegmentBooker booker = new SegmentBooker(scratch);
    Increments books = new Increments();
    book(booker, 0, 3, 500, shares, books);
    assertThat(job(books, "a", JobAmount.GPU_MILLIJOULES)).isEqualTo(1);
    assertThat(job(books, "b", JobAmount.GPU_MILLIJOULES)).isEqualTo(1);
    book(booker, 3, 6, 500, shares, books);
    assertThat(job(books, "a", JobAmount.GPU_MILLIJOULES)).isEqualTo(2);
    assertThat(job(books, "b", JobAmount.GPU_MILLIJOULES)).isEqualTo(1);
    assertThat(site(books, SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(3);
  }

  @Test
  void law_anyCutOfTheTime_booksTheSame() {
    System.out.println("SegmentBookerTest seed " + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      // over the edge of a window, and without a gap
      long begin = random.nextInt(10_000);
      long length = 1L + random.nextInt(10_000);
      long milliwatts = random.nextInt(2_000);
      Shares shares =
          switch (random.nextInt(3)) {
            case 0 -> Shares.NOBODY;
            case 1 -> SharesOf.two(START + random.nextInt(20_000), 3_333);
            default -> SharesOf.job("a", START + random.nextInt(9_000), START + 9_000, 1_000);
          };
      Increments inOne = new Increments();
      book(new SegmentBooker(scratch), begin, begin + length, milliwatts, shares, inOne);

      TreeSet<Long> cuts = new TreeSet<>();
      for (int i = 0; i < 20; i++) {
        cuts.add(begin + random.nextLong(length));
      }
      cuts.add(begin + length);
      Increments cut = new Increments();
      SegmentBooker booker = new SegmentBooker(scratch);
      long before = begin;
      for (long at : cuts) {
        if (at > before) {
          book(booker, before, at, milliwatts, shares, cut);
          before = at;
        }
        booker = booker.copy();
      }
      inOne.compact();
      cut.compact();
      // milliseconds of a share are rounded down for each piece, so these may be a few less
      clear(inOne);
      clear(cut);
      assertThat(cut.site()).as("round %d", round).isEqualTo(inOne.site());
      assertThat(JobSums.of(cut)).as("round %d", round).isEqualTo(JobSums.of(inOne));
    }
  }

  private static void clear(Increments books) {
    for (Totals<SiteAmount> totals : books.site().values()) {
      totals.set(SiteAmount.GPU_ALLOCATED_MILLIS, 0);
    }
    JobSums.of(books)
        .values()
        .forEach(windows ->
            windows
                .values()
                .forEach(totals -> {
                  totals.set(JobAmount.COVERED_MILLIS, 0);
                  totals.set(JobAmount.GPU_HELD_MILLIS, 0);
                }));
  }

  @Test
  void isCutAtWindows_andAtTheEdgesOfShares() {
    Increments books = new Increments();
    book(
        new SegmentBooker(scratch),
        0,
        20_000,
        1_000,
        SharesOf.job("a", START + 4_000, START + 12_000, 10_000),
        books);
    assertThat(books.site()).hasSize(2);
    assertThat(requireNonNull(books.site().get(START)).get(SiteAmount.JOBS_TOTAL_MILLIJOULES))
        .isEqualTo(6_000);
    assertThat(requireNonNull(books.site().get(START)).get(SiteAmount.IDLE_TOTAL_MILLIJOULES))
        .isEqualTo(4_000);
    assertThat(
            requireNonNull(books.site().get(START + 10_000)).get(SiteAmount.JOBS_TOTAL_MILLIJOULES))
        .isEqualTo(2_000);
    assertThat(requireNonNull(books.site().get(START)).get(SiteAmount.EXCLUSIVE_MILLIJOULES))
        .isEqualTo(6_000);
  }

  @Test
  void whatIsHeldForJobs_booksNothingAsIdle() {
    Increments books = new Increments();
    Shares shares = SharesOf.job("a", START, START + 10_000, 2_500);
    scratch.energy.hold(
        START, START + 10_000, new Sample(GPU, START, 1_000, MISSING, MISSING, MISSING, false));
    new SegmentBooker(scratch).book(scratch.energy, shares, books);
    assertThat(job(books, "a", JobAmount.GPU_MILLIJOULES)).isEqualTo(2_500);
    assertThat(site(books, SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(2_500);
    assertThat(site(books, SiteAmount.IDLE_TOTAL_MILLIJOULES)).isZero();
    assertThat(site(books, SiteAmount.QUALITY_ESTIMATED_MILLIJOULES)).isEqualTo(2_500);
  }

  @Test
  void sharesBeyondTheDevice_areScaledDown_andCounted() {
    Increments books = new Increments();
    book(new SegmentBooker(scratch), 0, 10_000, 1_000, SharesOf.two(START, 10_000), books);
    assertThat(job(books, "a", JobAmount.GPU_MILLIJOULES)).isEqualTo(5_000);
    assertThat(job(books, "b", JobAmount.GPU_MILLIJOULES)).isEqualTo(5_000);
    assertThat(site(books, SiteAmount.OVERBOOKED_MILLIS)).isEqualTo(10_000);
  }

  @Test
  void continuesAfterARestart() throws IOException {
    Shares shares = SharesOf.two(START, 5_000);
    Increments books = new Increments();
    SegmentBooker booker = new SegmentBooker(scratch);
    book(booker, 0, 3, 500, shares, books);
    StateWriter out = new StateWriter();
    booker.write(out);
    SegmentBooker read = new SegmentBooker(scratch);
    read.read(SampleAccount.reader(out));
    book(read, 3, 6, 500, shares, books);
    assertThat(job(books, "a", JobAmount.GPU_MILLIJOULES)).isEqualTo(2);
    assertThat(job(books, "b", JobAmount.GPU_MILLIJOULES)).isEqualTo(1);
  }
}
