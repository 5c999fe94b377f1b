// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.GridRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImportPlanTest {
  private static final GridSeries PRICE = GridSeries.of(SeriesKind.PRICE);
  private static final long HOUR = 3_600_000;
  private static final long TEN = 1_790_000_000_000L / HOUR * HOUR;
  private static final long SEED = 2026;

  private static GridInterval price(long from, long to, long value, long issued, boolean gone) {
    return new GridInterval(
        "dc1",
        PRICE,
        TEN + from,
        TEN + to,
        gone ? 0 : value,
        "EUR",
        GridQuality.MEASURED,
        TEN + issued,
        gone,
        new GridInterval.Origin("x", "", value + " EUR/kWh"));
  }

  private static GridInterval hour(int number, long value, long issued) {
    return price(number * HOUR, (number + 1) * HOUR, value, issued, false);
  }

  private static List<FeedEntry> entries(GridInterval... intervals) {
    List<FeedEntry> entries = new ArrayList<>();
    for (GridInterval interval : intervals) {
      entries.add(new FeedEntry(interval, "line " + (entries.size() + 2), false));
    }
    return entries;
  }

  private static List<String> refusals(ImportPlan plan) {
    return plan.refusals().stream().map(FeedRefusal::text).toList();
  }

  @Test
  void whatIsKnown_isNotPublishedAgain() {
    ImportPlan first = ImportPlan.of(entries(hour(0, 5, 1), hour(1, 6, 1)), List.of());
    assertThat(first.first()).isEqualTo(2);
    assertThat(first.records())
        .containsExactly(new GridRecord(hour(0, 5, 1), true), new GridRecord(hour(1, 6, 1), true));
    List<GridInterval> known = first.records().stream().map(GridRecord::interval).toList();
    ImportPlan again = ImportPlan.of(entries(hour(0, 5, 1), hour(1, 6, 1)), known);
    assertThat(again.records()).isEmpty();
    assertThat(again.unchanged()).isEqualTo(2);
    // of a file without times of issue, imported later
    ImportPlan later = ImportPlan.of(List.of(new FeedEntry(hour(1, 6, 99), "", true)), known);
    assertThat(later.records()).isEmpty();
    assertThat(later.unchanged()).isEqualTo(1);
    ImportPlan other = ImportPlan.of(List.of(new FeedEntry(hour(1, 7, 99), "", true)), known);
    assertThat(other.records()).containsExactly(new GridRecord(hour(1, 7, 99), true));
    // the provider says it again: an issue of a time between may come
    ImportPlan reissued = ImportPlan.of(entries(hour(1, 6, 99)), known);
    assertThat(reissued.records()).containsExactly(new GridRecord(hour(1, 6, 99), true));
  }

  @Test
  void aLaterIssue_isTheLatest_andAnEarlierOneIsKept() {
    ImportPlan plan =
        ImportPlan.of(
            entries(hour(0, 7, 30), hour(0, 4, 10), hour(0, 8, 40)), List.of(hour(0, 5, 20)));
    assertThat(plan.records())
        .containsExactly(
            new GridRecord(hour(0, 4, 10), false),
            new GridRecord(hour(0, 7, 30), false),
            new GridRecord(hour(0, 8, 40), true));
    assertThat(plan.revised()).isEqualTo(2);
    assertThat(plan.earlier()).isEqualTo(1);
  }

  @Test
  void anotherValueOfTheSameIssue_isRefused() {
    ImportPlan plan = ImportPlan.of(entries(hour(0, 7, 20)), List.of(hour(0, 5, 20)));
    assertThat(plan.records()).isEmpty();
    assertThat(refusals(plan))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("line 2: ")
        .contains("is 7 EUR/kWh, and known is 5 EUR/kWh; give it a later time of issue");
  }

  @Test
  void anIntervalOverAKnownOne_isRefused_untilThatIsWithdrawn() {
    GridInterval quarter = price(0, HOUR / 4, 3, 50, false);
    assertThat(refusals(ImportPlan.of(entries(quarter), List.of(hour(0, 5, 20)))))
        .hasSize(1)
        .first()
        .asString()
        .contains("which is known; withdraw that first");
    List<GridInterval> withdrawn = List.of(hour(0, 5, 20), price(0, HOUR, 0, 40, true));
    assertThat(ImportPlan.of(entries(quarter), withdrawn).records())
        .containsExactly(new GridRecord(quarter, true));
    // else both would be in force as of 30
    GridInterval early = price(0, HOUR / 4, 3, 40, false);
    assertThat(refusals(ImportPlan.of(entries(early), withdrawn)))
        .hasSize(1)
        .first()
        .asString()
        .contains("give --reissue");
    // beside it there is nothing to refuse
    assertThat(
            ImportPlan.of(entries(hour(1, 3, 1), hour(-1, 3, 1)), List.of(hour(0, 5, 20))).first())
        .isEqualTo(2);
  }

  @Test
  void aLongIntervalBefore_isSeen() {
    GridInterval month = price(-700 * HOUR, 20 * HOUR, 1, 1, false);
    assertThat(refusals(ImportPlan.of(entries(hour(0, 5, 9)), List.of(hour(30, 1, 1), month))))
        .hasSize(1);
  }

  @Test
  void whatWasWithdrawnSince_staysSo_andIsCounted() {
    List<GridInterval> known = List.of(hour(0, 5, 20), price(0, HOUR, 0, 40, true));
    ImportPlan again = ImportPlan.of(entries(hour(0, 5, 20)), known);
    assertThat(again.records()).isEmpty();
    assertThat(again.stillWithdrawn()).isEqualTo(1);
    ImportPlan reissued = ImportPlan.of(entries(hour(0, 5, 60)), known);
    assertThat(reissued.records()).containsExactly(new GridRecord(hour(0, 5, 60), true));
    assertThat(reissued.stillWithdrawn()).isZero();
  }

  @Test
  void withdrawing_takesWholeIntervals_afterTheirIssue() {
    KnownSupply known = new KnownSupply(List.of(hour(0, 5, 20), hour(1, 6, 20), hour(2, 7, 900)));
    List<GridRecord> records = Withdrawal.of(known, PRICE, TEN + HOUR, TEN + 3 * HOUR, TEN + 50);
    assertThat(records).extracting(GridRecord::latest).containsOnly(true);
    assertThat(records).extracting(record -> record.interval().withdrawn()).containsOnly(true);
    assertThat(records)
        .extracting(record -> record.interval().issued() - TEN)
        .containsExactly(50L, 901L);
    assertThat(records)
        .extracting(record -> record.interval().from() - TEN)
        .containsExactly(HOUR, 2 * HOUR);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> Withdrawal.of(known, PRICE, TEN + HOUR / 2, TEN + 2 * HOUR, TEN + 50))
        .hasMessageContaining("intervals are withdrawn whole");
  }

  /** What a reader holds who knows nothing but the records, as of any time. */
  private static Optional<Long> asOf(List<GridInterval> issues, int number, long time) {
    return issues.stream()
        .filter(issue -> issue.from() == TEN + number * HOUR && issue.issued() <= TEN + time)
        .max(Comparator.comparingLong(GridInterval::issued))
        .filter(issue -> !issue.withdrawn())
        .map(GridInterval::valueNano);
  }

  /**
   * Files in any order: as of any time an interval has the value that was issued last before it;
   * the record that is flagged the latest is that; and each file a second time changes nothing.
   */
  @Test
  void law_inAnyOrderOfFiles_theSameIsKnown() {
    for (int round = 0; round < 300; round++) {
      Random random = new Random(SEED + round);
      Map<Integer, Map<Long, Long>> truth = new HashMap<>();
      List<List<FeedEntry>> files = new ArrayList<>();
      for (int file = 0; file < 4; file++) {
        List<GridInterval> rows = new ArrayList<>();
        for (int row = 0; row < 6; row++) {
          int number = random.nextInt(4);
          long issued = 1L + random.nextInt(50);
          long value =
              truth
                  .computeIfAbsent(number, _ -> new HashMap<>())
                  .computeIfAbsent(issued, _ -> (long) random.nextInt(3));
          rows.add(hour(number, value, issued));
        }
        files.add(entries(rows.stream().distinct().toArray(GridInterval[]::new)));
      }
      List<GridInterval> known = new ArrayList<>();
      Map<Integer, GridRecord> flagged = new HashMap<>();
      for (List<FeedEntry> file : files) {
        ImportPlan plan = ImportPlan.of(file, known);
        assertThat(refusals(plan)).isEmpty();
        for (GridRecord record : plan.records()) {
          known.add(record.interval());
          if (record.latest()) {
            flagged.put((int) ((record.interval().from() - TEN) / HOUR), record);
          }
        }
        assertThat(ImportPlan.of(file, known).records()).as("round %d", round).isEmpty();
      }
      truth.forEach((number, issues) -> {
        for (long time = 0; time <= 51; time++) {
          long asked = time;
          Optional<Long> expected =
              issues.keySet().stream()
                  .filter(issued -> issued <= asked)
                  .max(Comparator.naturalOrder())
                  .map(issues::get);
          assertThat(asOf(known, number, time)).isEqualTo(expected);
        }
        assertThat(asOf(known, number, 99))
            .contains(Objects.requireNonNull(flagged.get(number)).interval().valueNano());
      });
    }
  }
}
