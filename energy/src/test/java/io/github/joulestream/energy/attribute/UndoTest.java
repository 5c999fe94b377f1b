// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Quality;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StatusColumn;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UndoTest {
  private static final long SEED = Long.getLong("laws.seed", 77);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);
  private static final Device MEMORY = Device.sensor("memory", DeviceKind.MEMORY);

  /** One edge that came late, of a device that fifty jobs shared for weeks: all of the memory. */
  @Test
  void aRecordMakesOnlySoManySums_andWhatItMadeIsUndone() {
    Increments books = new Increments();
    books.begin();
    books.forNode("node");
    books.job(0, "first", GPU, true, 5, Quality.MEASURED, false, true);
    Map<String, String> before = booked(books);
    int windows = books.windows();
    for (int round = 0; round < 2; round++) {
      books.begin();
      books.forNode("node");
      assertThatThrownBy(
              () -> {
                for (long i = 1; i <= Undo.MAX_MADE; i++) {
                  books.job(
                      i / 50 * 10_000, "job" + i % 50, GPU, true, 1, Quality.MEASURED, false, true);
                }
              })
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("it changes more than 1,000,000 sums of the books");
      books.undo();
      assertThat(booked(books)).isEqualTo(before);
      assertThat(books.windows()).isEqualTo(windows);
    }
  }

  /** Whatever was booked since it was begun is gone, and the rest stands; so again and again. */
  @Test
  void whatIsUndone_wasNeverBooked() {
    System.out.println("UndoTest seed " + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      int deviceWindowMillis = 20_000 * random.nextInt(2);
      Increments books = new Increments(deviceWindowMillis);
      Increments withoutThem = new Increments(deviceWindowMillis);
      for (int record = 0; record < 12; record++) {
        String node = "node" + random.nextInt(3);
        long seed = random.nextLong();
        boolean undone = random.nextInt(3) == 0;
        Map<String, String> before = booked(books);
        books.begin();
        books.forNode(node);
        book(books, seed);
        if (undone) {
          books.undo();
          assertThat(booked(books)).as("round %d, record %d", round, record).isEqualTo(before);
        } else {
          withoutThem.forNode(node);
          book(withoutThem, seed);
        }
        if (random.nextInt(8) == 0) {
          books.compact();
          withoutThem.compact();
        }
        if (random.nextInt(8) == 0) {
          books.clearSite();
          withoutThem.clearSite();
        }
        assertThat(booked(books))
            .as("round %d, record %d", round, record)
            .isEqualTo(booked(withoutThem));
      }
    }
  }

  @Test
  void aSumThatIsTooLarge_leavesNothingOfItsRecord() {
    Increments books = new Increments();
    books.forNode("node1");
    books.count(0, SiteAmount.READINGS, Long.MAX_VALUE - 10);
    Map<String, String> before = booked(books);

    books.begin();
    books.count(0, "job", JobAmount.NODES_HELD, 1);
    books.count(10_000, SiteAmount.READINGS, 3);
    assertThatThrownBy(() -> books.count(0, SiteAmount.READINGS, 11))
        .isInstanceOf(ArithmeticException.class);
    books.undo();

    assertThat(booked(books)).isEqualTo(before);
  }

  @Test
  void withoutABeginning_thereIsNothingToGoBackTo() {
    Increments books = new Increments();
    assertThatThrownBy(books::undo).isInstanceOf(IllegalStateException.class);
    books.begin();
    books.compact();
    assertThatThrownBy(books::undo).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void manyWindows_ofOneRecord_areUndone() {
    Increments books = new Increments();
    books.forNode("node1");
    books.measured(0, GPU, true, 5, Quality.MEASURED);
    Map<String, String> before = booked(books);
    books.begin();
    books.forNode("node2");
    for (int i = 0; i < 20_000; i++) {
      books.job(i * 10_000L, "job" + i % 7, GPU, true, i, Quality.MEASURED, false, true);
    }
    books.undo();
    assertThat(booked(books)).isEqualTo(before);
  }

  /** Bookings of all forms, the same for the same seed. */
  private static void book(Increments books, long seed) {
    Random random = new Random(seed);
    books.countAll();
    for (int i = random.nextInt(40); i > 0; i--) {
      long window = 10_000L * random.nextInt(6);
      String job = "job" + random.nextInt(4);
      long amount = random.nextInt(1_000);
      switch (random.nextInt(11)) {
        case 0 -> books.count(window, SiteAmount.READINGS, amount);
        case 1 -> books.count(window, job, JobAmount.NODES_HELD, amount);
        case 2 -> books.measured(window, GPU, true, amount, Quality.ESTIMATED);
        case 3 -> books.job(window, job, GPU, true, amount, Quality.MEASURED, true, false);
        case 4 -> books.idle(window, GPU, true, amount);
        case 5 -> books.time(window, GPU, true, ofTime(amount));
        case 6 -> books.jobTime(window, job, GPU, true, amount, amount / 3);
        case 7 -> books.silent(window, amount);
        case 8 -> books.power(window, random.nextBoolean() ? GPU : MEMORY, amount);
        case 9 ->
            books.status(
                window,
                random.nextBoolean() ? GPU : MEMORY,
                StatusColumn.at(random.nextInt(StatusColumn.count())),
                amount);
        default -> books.restrictTo(random.nextBoolean() ? 1 : -1, 0, 10_000L * random.nextInt(8));
      }
      if (random.nextInt(20) == 0) {
        Increments others = new Increments(10_000);
        others.forNode("node" + random.nextInt(4));
        others.measured(window, MEMORY, true, amount, Quality.MEASURED);
        others.count(window, SiteAmount.READINGS, amount);
        others.count(window, job, JobAmount.NODES_HELD, amount);
        books.addAllButSite(others);
      }
    }
  }

  /** Time of a device that is used to 30 %. */
  private static Pieces ofTime(long millis) {
    IntervalEnergy energy = new IntervalEnergy();
    energy.hold(0, 1_000, new Sample(GPU, 0, 1_000, MISSING, 3_000, MISSING, false));
    Pieces pieces = new Pieces();
    pieces.enter(0, 10_000, Shares.Holders.NONE);
    pieces.begin(energy, 0);
    pieces.add(millis, 0, 1, energy);
    return pieces;
  }

  private static Map<String, String> booked(Increments books) {
    Map<String, String> booked = new TreeMap<>();
    booked.put("windows", String.valueOf(books.windows()));
    booked.put("windows of devices", String.valueOf(books.deviceWindows()));
    books.forEachDevice((node, device, window, totals) ->
        booked.put(node + " " + device.id() + " " + window, totals.toString()));
    books.site().forEach((window, totals) -> booked.put("site " + window, totals.toString()));
    JobSums.of(books)
        .forEach((job, windows) -> {
          booked.put(job, String.valueOf(List.copyOf(windows.keySet())));
          windows.forEach((window, totals) -> booked.put(job + " " + window, totals.toString()));
        });
    books.forEachNode(
        (node, window, totals) -> booked.put(node + " node " + window, totals.toString()));
    return booked;
  }
}
