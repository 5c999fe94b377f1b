// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import io.github.joulestream.energy.attribute.JobPlacement.Span;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Laws of placements over generated edges, in any order and with repeats, as a reader of the
 * emitted values has them: of each job the last.
 */
@SuppressWarnings("EnumOrdinal") // a random constant
class PlacementLawsTest {
  private static final long SEED = Long.getLong("laws.seed", 8_154);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 400);
  private static final long START = 1_700_000_000_000L;
  private static final int SECONDS = 120;
  private static final List<String> GPUS = List.of("gpu0", "gpu1", "gpu2");

  /** Takes what is emitted, and keeps the last of each job. */
  private static final class Reader {
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    final Map<String, JobPlacement> latest = new TreeMap<>();
    final List<Arrival> history = new ArrayList<>();
    final Map<String, Long> heldMillis = new HashMap<>();
    long sequence;

    List<JobPlacement> take(AllocationEdge edge) {
      Increments books = new Increments();
      books.forNode("n1");
      account.accept(edge, (from, to) -> List.copyOf(history), books);
      List<JobPlacement> placed = new ArrayList<>();
      books
          .placements()
          .forEach((node, placement) -> {
            JobPlacement before = latest.put(placement.job(), placement);
            assertThat(before == null ? placement.anchorEpochMillis() : before.anchorEpochMillis())
                .isEqualTo(placement.anchorEpochMillis());
            placed.add(placement);
          });
      add(books);
      return placed;
    }

    /** All GPUs at a time. */
    void read(long time) {
      List<DeviceSeries> series = new ArrayList<>();
      for (String gpu : GPUS) {
        series.add(
            new DeviceSeries(
                Device.sensor(gpu, DeviceKind.GPU),
                Readings.ofPower(new long[] {time}, new long[] {400_000})));
      }
      Increments books = new Increments();
      books.forNode("n1");
      Arrival arrival = new Arrival(time + 40, series);
      history.add(
          account
              .accept(1, sequence++, arrival, (from, to) -> List.copyOf(history), books)
              .kept(arrival));
      add(books);
    }

    private void add(Increments books) {
      JobSums.of(books)
          .forEach((job, windows) ->
              windows
                  .values()
                  .forEach(totals ->
                      heldMillis.merge(job, totals.get(JobAmount.GPU_HELD_MILLIS), Long::sum)));
    }

    void restart() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      account.write(new DataOutputStream(bytes));
      account =
          NodeAccount.read(
              new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())),
              Limits.DEFAULT,
              Calibration.NONE);
    }

    Map<String, String> texts() {
      Map<String, String> texts = new TreeMap<>();
      latest.forEach((job, placement) -> texts.put(job, text(placement)));
      return texts;
    }
  }

  /** All but the anchor, which depends on the order of arrival, and what only the state has. */
  private static String text(JobPlacement placement) {
    AllocationEdge stated = placement.stated();
    return "%d to %d by %s, %s, %d %d %d %d of %d"
        .formatted(
            placement.heldEpochMillis() - START,
            placement.endEpochMillis() - START,
            placement.end(),
            placement.devices(),
            stated.memoryBasisPoints(),
            stated.storageBasisPoints(),
            stated.cpuBasisPoints(),
            stated.nodeBasisPoints(),
            stated.gpusOnNode());
  }

  /** Some jobs with some edges each; no two of a job at one time, where the later would count. */
  private static List<AllocationEdge> edges(Random random) {
    List<AllocationEdge> edges = new ArrayList<>();
    for (int job = random.nextInt(8); job >= 0; job--) {
      TreeSet<Integer> times = new TreeSet<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        // few times, so that much of different jobs happens at once
        times.add((1 + random.nextInt(SECONDS - 2)) * 1_000 + 250 * random.nextInt(2));
      }
      for (int time : times) {
        boolean hold = time == times.first() ? random.nextInt(8) > 0 : random.nextInt(3) == 0;
        Map<String, Integer> devices = new TreeMap<>();
        for (String gpu : GPUS) {
          if (random.nextBoolean()) {
            devices.put(gpu, List.of(10_000, 10_000, 5_000, 2_500, 0).get(random.nextInt(5)));
          }
        }
        edges.add(
            new AllocationEdge(
                "job" + job,
                hold,
                START + time,
                hold || random.nextInt(3) == 0 ? devices : Map.of(),
                random.nextInt(4) - 1,
                random.nextInt(4) - 1,
                random.nextInt(4) - 1,
                -1,
                3,
                By.values()[random.nextInt(2)],
                START + SECONDS * 1_000L + random.nextInt(50_000)));
      }
    }
    return edges;
  }

  @Test
  void inAnyOrder_andWithRepeats_theLastPlacementsAreTheSame() throws IOException {
    System.out.println("PlacementLawsTest seed " + SEED);
    TreeMap<String, Integer> met = new TreeMap<>();
    int otherAnchors = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      List<AllocationEdge> edges = edges(random);
      Reader inOrder = new Reader();
      edges.forEach(inOrder::take);

      List<AllocationEdge> shuffled = new ArrayList<>(edges);
      shuffled.addAll(edges.subList(0, random.nextInt(edges.size() + 1)));
      Collections.shuffle(shuffled, random);
      Reader anyOrder = new Reader();
      for (AllocationEdge edge : shuffled) {
        anyOrder.take(edge);
        if (random.nextInt(4) == 0) {
          anyOrder.restart();
        }
        // looked at now and then: to look resolves what an edge has to resolve itself
        if (random.nextInt(6) == 0) {
          assertThat(anyOrder.texts()).as("round %d", round).isEqualTo(known(anyOrder.account));
        }
      }
      assertThat(anyOrder.texts()).as("round %d", round).isEqualTo(known(anyOrder.account));
      assertThat(anyOrder.texts()).as("round %d", round).isEqualTo(inOrder.texts());
      assertThat(spans(inOrder.latest)).as("round %d", round).isEqualTo(plainSpans(edges));
      for (JobPlacement placement : inOrder.latest.values()) {
        met.merge(String.valueOf(placement.end()), 1, Integer::sum);
        JobPlacement other = requireNonNull(anyOrder.latest.get(placement.job()));
        if (other.anchorEpochMillis() != placement.anchorEpochMillis()) {
          otherAnchors++;
        }
      }
    }
    System.out.printf(
        "placements by end: %s; with another anchor in the other order: %d%n", met, otherAnchors);
    assertThat(met)
        .containsOnlyKeys("NODES_ENDED_BY_AGENT", "NODES_RELEASED", "NODES_TAKEN_OVER", "null");
    assertThat(otherAnchors).isPositive();
  }

  /** What the account has of every job: whoever reads what is emitted has that at any time. */
  private static Map<String, String> known(NodeAccount account) {
    Map<String, String> known = new TreeMap<>();
    for (String job : account.allocations.stays().keySet()) {
      known.put(job, text(requireNonNull(account.allocations.placement(job))));
    }
    return known;
  }

  /** The GPUs of each job, as text. */
  private static Map<String, List<String>> spans(Map<String, JobPlacement> placements) {
    Map<String, List<String>> spans = new TreeMap<>();
    placements.forEach((job, placement) -> {
      List<String> of = placement.devices().stream().map(Span::toString).toList();
      if (!of.isEmpty()) {
        spans.put(job, of);
      }
    });
    return spans;
  }

  /** The same, by the plain rules: from the holders of each GPU, all edges at once. */
  private static Map<String, List<String>> plainSpans(List<AllocationEdge> edges) {
    PlainAllocations plain = new PlainAllocations(Limits.DEFAULT);
    edges.forEach(plain::add);
    Map<String, List<String>> spans = new TreeMap<>();
    for (String gpu : GPUS) {
      PlainShares shares = plain.sharesOf(Device.sensor(gpu, DeviceKind.GPU));
      TreeSet<String> jobs = new TreeSet<>();
      for (int span = 0; span < shares.spans(); span++) {
        jobs.addAll(shares.holders(span).jobs());
      }
      for (String job : jobs) {
        int had = 0;
        long since = 0;
        for (int span = 0; span <= shares.spans(); span++) {
          boolean last = span == shares.spans();
          int at = last ? -1 : shares.holders(span).jobs().indexOf(job);
          int has = at < 0 ? 0 : shares.holders(span).weights()[at];
          if (has != had) {
            if (had > 0) {
              long to = last ? JobPlacement.OPEN : shares.spanStart(span);
              spans
                  .computeIfAbsent(job, _ -> new ArrayList<>())
                  .add(new Span(gpu, since, to, had).toString());
            }
            had = has;
            since = last ? 0 : shares.spanStart(span);
          }
        }
      }
    }
    return spans;
  }

  /**
   * While the GPUs report, the time that a job is booked to have held them is that of its
   * placement, and what all placements say of a GPU is no more than all of it, unless jobs whose
   * end was reported were given more.
   */
  @Test
  void theTimeOfDevices_isTheTimeThatIsBooked() {
    long overlaps = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + 1_000_000 + round);
      List<AllocationEdge> edges = edges(random);
      Reader reader = new Reader();
      Collections.shuffle(edges, random);
      // some are known before, the others arrive between the readings, early or late
      List<AllocationEdge> later = new ArrayList<>();
      for (AllocationEdge edge : edges) {
        if (random.nextInt(3) == 0) {
          reader.take(edge);
        } else {
          later.add(edge);
        }
      }
      long[] times = new long[SECONDS + 1];
      for (int second = 0; second <= SECONDS; second++) {
        times[second] = START + second * 1_000L;
        reader.read(times[second]);
        while (!later.isEmpty() && random.nextInt(SECONDS / 4) == 0) {
          reader.take(later.removeLast());
        }
      }
      later.forEach(reader::take);

      Map<String, Long> expected = new TreeMap<>();
      for (String gpu : GPUS) {
        overlaps += addHeld(gpu, times, reader.latest, edges, expected);
      }
      Map<String, Long> booked = new TreeMap<>(reader.heldMillis);
      booked.values().removeIf(millis -> millis == 0);
      assertThat(booked).as("round %d", round).isEqualTo(expected);
    }
    assertThat(overlaps).isPositive();
  }

  /** Adds the time of a GPU, between any two of its readings and edges; counts true overlaps. */
  private static long addHeld(
      String gpu,
      long[] readings,
      Map<String, JobPlacement> placements,
      List<AllocationEdge> edges,
      Map<String, Long> held) {
    TreeSet<Long> changes = new TreeSet<>();
    for (JobPlacement placement : placements.values()) {
      for (Span span : placement.devices()) {
        if (span.deviceId().equals(gpu)) {
          changes.add(span.fromEpochMillis());
          changes.add(span.toEpochMillis());
        }
      }
    }
    TreeSet<Long> times = new TreeSet<>(changes);
    Arrays.stream(readings).forEach(times::add);
    long overlaps = 0;
    long end = readings[readings.length - 1];
    for (long from : times.headSet(end)) {
      long to = requireNonNull(times.higher(from));
      Map<String, Integer> shares = new TreeMap<>();
      for (JobPlacement placement : placements.values()) {
        for (Span span : placement.devices()) {
          if (span.deviceId().equals(gpu)
              && span.fromEpochMillis() <= from
              && span.toEpochMillis() > from) {
            assertThat(shares.put(placement.job(), span.basisPoints())).isNull();
          }
        }
      }
      int sum = shares.values().stream().mapToInt(Integer::intValue).sum();
      if (sum > Shares.WHOLE) {
        overlaps++;
        long taken = requireNonNull(changes.floor(from));
        assertThat(shares.keySet()).noneMatch(job -> wouldGiveWay(job, taken, edges));
      }
      shares.forEach((job, share) -> {
        long part = (long) share * Shares.WHOLE / Math.max(sum, Shares.WHOLE);
        held.merge(job, (to - from) * part / Shares.WHOLE, Long::sum);
      });
    }
    held.values().removeIf(millis -> millis == 0);
    return overlaps;
  }

  /** True if a job has no reported end, and had its last hold before this time. */
  private static boolean wouldGiveWay(String job, long at, List<AllocationEdge> edges) {
    HeldJob held =
        HeldJob.of(
            job, edges.stream().filter(edge -> edge.job().equals(job)).toList(), Limits.DEFAULT);
    return held.isOpen() && held.openSince() < at;
  }

  /** Jobs that stay keep their placements, however long others are over. */
  @Test
  void whatIsForgotten_changesNothingOfTheOthers() {
    int forgotten = 0;
    int kept = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + 2_000_000 + round);
      Allocations allocations = new Allocations(Limits.DEFAULT);
      for (AllocationEdge edge : edges(random)) {
        allocations.add(edge);
      }
      Map<String, String> before = new TreeMap<>();
      for (String job : allocations.stays().keySet()) {
        before.put(job, text(requireNonNull(allocations.placement(job))));
      }
      for (int i = 1; i <= 5; i++) {
        allocations.forgetEndedBefore(START + SECONDS * 1_000L + i * 11_000L);
        for (String job : allocations.stays().keySet()) {
          assertThat(text(requireNonNull(allocations.placement(job))))
              .as("round %d, %s", round, job)
              .isEqualTo(before.get(job));
        }
      }
      forgotten += before.size() - allocations.stays().size();
      kept += allocations.stays().size();
    }
    assertThat(forgotten).isPositive();
    assertThat(kept).isPositive();
  }

  /** What one record noted is taken back, whatever was noted before. */
  @Test
  void whatIsUndone_wasNeverNoted() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + 3_000_000 + round);
      List<AllocationEdge> edges = edges(random);
      Increments books = new Increments();
      Increments without = new Increments();
      NodeAccount account = new NodeAccount(Limits.DEFAULT);
      int at = 0;
      while (at < edges.size()) {
        String node = "n" + random.nextInt(2);
        boolean undone = random.nextInt(3) == 0;
        books.begin();
        books.forNode(node);
        // a record may bring several edges: those of allocations that expire
        for (int left = 1 + random.nextInt(3); left > 0 && at < edges.size(); left--) {
          Increments of = new Increments();
          of.forNode(node);
          account.accept(edges.get(at++), (from, to) -> List.of(), of);
          books.addAllButSite(of);
          if (!undone) {
            without.addAllButSite(of);
          }
        }
        if (undone) {
          books.undo();
        }
        if (random.nextInt(8) == 0) {
          books.clearSite();
        }
        assertThat(noted(books)).as("round %d", round).isEqualTo(noted(without));
        assertThat(books.placements().size()).isEqualTo(noted(books).size());
      }
    }
  }

  private static Map<String, String> noted(Increments books) {
    Map<String, String> noted = new TreeMap<>();
    books
        .placements()
        .forEach((node, placement) -> noted.put(node + " " + placement.job(), text(placement)));
    return noted;
  }
}
