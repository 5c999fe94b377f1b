// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is kept up to date edge by edge is what follows from all edges worked out anew. */
@SuppressWarnings("EnumOrdinal") // a random constant
class AllocationsTest {
  private static final long SEED = Long.getLong("laws.seed", 614);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 30);
  private static final Limits LIMITS = Limits.DEFAULT;
  private static final List<Device> DEVICES =
      List.of(
          Device.sensor("gpu0", DeviceKind.GPU),
          Device.sensor("gpu1", DeviceKind.GPU),
          Device.sensor("gpu9", DeviceKind.GPU),
          Device.sensor("nvme0", DeviceKind.STORAGE),
          Device.sensor("nvme1", DeviceKind.STORAGE),
          Device.sensor("gpu0", DeviceKind.MEMORY),
          Device.sensor("memory", DeviceKind.MEMORY),
          Device.sensor("cpu0", DeviceKind.CPU),
          Device.sensor("bmc", DeviceKind.NODE),
          Device.sensor("meter", DeviceKind.FACILITY));

  private final Random random = new Random(SEED);

  @Test
  void edgeByEdge_isAsAllAtOnce() {
    System.out.println("AllocationsTest seed " + SEED);
    long takenOver = 0;
    long forgotten = 0;
    for (int round = 0; round < ROUNDS; round++) {
      random.setSeed(SEED + round);
      // claims are kept always, never, or from some edges on
      int fewEdges = List.of(0, Integer.MAX_VALUE, 8).get(random.nextInt(3));
      Allocations kept = new Allocations(LIMITS, fewEdges);
      PlainAllocations plain = new PlainAllocations(LIMITS);
      // few times, so that much happens at once; or so many that chunks are split and merged
      int jobs = 2 + random.nextInt(round % 8 == 0 ? 120 : 7);
      int range = random.nextBoolean() ? 12 : round % 8 == 0 ? 100_000 : 200;
      int events = 5 + random.nextInt(round % 8 == 0 ? 300 : 30);
      long arrival = 1_000_000;
      for (int i = 0; i < events; i++) {
        String as = "round %d, event %d".formatted(round, i);
        arrival += random.nextInt(random.nextInt(30) == 0 ? 20_000_000 : 60_000);
        AllocationEdge edge = edge(jobs, range, arrival);
        Map<Device, Shares> before = new HashMap<>();
        Map<Device, PlainShares> plainBefore = new HashMap<>();
        for (Device device : DEVICES) {
          if (random.nextInt(4) > 0) {
            before.put(device, kept.sharesOf(device));
            plainBefore.put(device, plain.sharesOf(device));
          }
        }
        Map<String, String> stays = text(kept.stays());
        Allocations.Change change = kept.add(edge);
        assertThat(change != null).as(as).isEqualTo(plain.add(edge));
        same(kept, plain, as);
        for (Device device : before.keySet()) {
          Shares old = before.get(device);
          Shares now = kept.sharesOf(device);
          PlainShares plainNow = plain.sharesOf(device);
          PlainShares plainOld = requireNonNull(plainBefore.get(device));
          assertThat(spans(old)).as(as).isEqualTo(spans(plainOld));
          assertThat(Shares.firstDifference(old, now))
              .as(as + " of " + device)
              .isEqualTo(PlainShares.firstDifference(plainOld, plainNow));
          assertThat(Shares.lastDifference(old, now))
              .as(as + " of " + device)
              .isEqualTo(PlainShares.lastDifference(plainOld, plainNow));
        }
        if (change != null) {
          text(change.before())
              .forEach((job, stay) -> assertThat(stays.remove(job)).isEqualTo(stay));
          stays.putAll(text(change.after()));
        }
        assertThat(stays).as(as).isEqualTo(text(kept.stays()));
        takenOver += stays.values().stream().filter(stay -> stay.contains("TAKEN_OVER")).count();
        if (random.nextInt(10) == 0) {
          Allocations read = new Allocations(LIMITS, fewEdges);
          read.begin(kept.edges());
          same(read, plain, as + ", read");
          kept = read;
        }
        if (random.nextInt(6) == 0 && kept.forgetEndedBefore(arrival - 100_000)) {
          forgotten++;
          PlainAllocations rest = new PlainAllocations(LIMITS);
          kept.edges().forEach(rest::add);
          same(kept, rest, as + ", forgotten");
          plain = rest;
        }
        if (random.nextInt(20) == 0) {
          long now = LIMITS.holdMillis() + random.nextInt(range);
          List<AllocationEdge> expired = kept.expired(now, arrival);
          assertThat(expired).as(as).isEqualTo(plain.expired(now, arrival));
          for (AllocationEdge end : expired) {
            kept.add(end);
            plain.add(end);
            same(kept, plain, as + ", expired");
          }
        }
      }
    }
    assertThat(takenOver).isPositive();
    assertThat(forgotten).isPositive();
  }

  /** One more job costs the same whether 100 or 10,000 are known. */
  @Test
  void aJob_costsTheSameHoweverManyAreKnown() {
    long few = steps(100);
    long some = steps(1_000);
    long many = steps(10_000);
    System.out.printf(
        "steps of 100 jobs beside 100, 1,000 and 10,000: %,d, %,d, %,d%n", few, some, many);
    assertThat(some).isLessThan(3 * few);
    assertThat(many).isLessThan(3 * few);
  }

  /** Short jobs of a GPU and a processor core, sixteen at a time. */
  private static long steps(int known) {
    Allocations kept = new Allocations(LIMITS);
    long before = 0;
    long began = cpuNanos();
    for (int i = 0; i < known + 100; i++) {
      if (i == known) {
        before = kept.steps();
        began = cpuNanos();
      }
      String job = "job" + i;
      kept.add(
          new AllocationEdge(
              job,
              true,
              i * 700L,
              Map.of("gpu" + i % 16, 10_000),
              625,
              0,
              625,
              625,
              16,
              AllocationEdge.By.HOOK,
              i * 700L));
      if (i >= 15) {
        kept.add(release("job" + (i - 15), i * 700L + 1));
      }
      for (Device device : DEVICES) {
        kept.sharesOf(device);
      }
      for (int gpu = 0; gpu < 16; gpu++) {
        kept.sharesOf(Device.sensor("gpu" + gpu, DeviceKind.GPU));
      }
    }
    System.out.printf(
        "%,d jobs known: %.1f us an event%n", known, (cpuNanos() - began) / 200_000.0);
    return kept.steps() - before;
  }

  private static long cpuNanos() {
    return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static AllocationEdge release(String job, long at) {
    return new AllocationEdge(job, false, at, Map.of(), 0, 0, 0, 0, 0, AllocationEdge.By.HOOK, at);
  }

  private AllocationEdge edge(int jobs, int range, long arrival) {
    Map<String, Integer> parts = new TreeMap<>();
    for (String id : List.of("gpu0", "gpu1", "nvme0")) {
      if (random.nextInt(id.equals("nvme0") ? 8 : 2) == 0) {
        parts.put(id, parts());
      }
    }
    boolean hold = random.nextInt(5) > 1;
    return new AllocationEdge(
        "job" + random.nextInt(jobs),
        hold,
        random.nextInt(range),
        hold || random.nextInt(4) == 0 ? parts : Map.of(),
        random.nextInt(3) == 0 ? -1 : parts(),
        parts(),
        -1,
        parts(),
        random.nextInt(3),
        AllocationEdge.By.values()[random.nextInt(2)],
        arrival);
  }

  private int parts() {
    return List.of(10_000, 5_000, 0, 1, random.nextInt(10_001)).get(random.nextInt(5));
  }

  private void same(Allocations kept, PlainAllocations plain, String as) {
    for (Device device : DEVICES) {
      Shares shares = kept.sharesOf(device);
      PlainShares expected = plain.sharesOf(device);
      assertThat(spans(shares)).as(as + " of " + device).isEqualTo(spans(expected));
      assertThat(shares.lastStart()).isEqualTo(expected.lastStart());
      for (int i = 0; i < 4; i++) {
        int span = random.nextInt(shares.spans());
        long time = random.nextInt(20) - 2L;
        assertThat(shares.spanAt(time)).isEqualTo(expected.spanAt(time));
        assertThat(shares.changesWithin(time, time + 3))
            .isEqualTo(expected.changesWithin(time, time + 3));
        for (String job : shares.holders(span).jobs()) {
          assertThat(shares.heldSince(job, span)).isEqualTo(expected.heldSince(job, span));
          assertThat(shares.heldUntil(job, span)).isEqualTo(expected.heldUntil(job, span));
        }
      }
    }
    assertThat(text(kept.stays())).as(as).isEqualTo(text(plain.stays()));
    assertThat(kept.nextExpiry()).as(as).isEqualTo(plain.nextExpiry());
  }

  private static Map<String, String> text(Map<String, ?> stays) {
    Map<String, String> text = new TreeMap<>();
    stays.forEach((job, stay) -> {
      switch (stay) {
        case Allocations.Stay of ->
            text.put(
                job, of.heldAt() + " " + of.end() + " " + of.endAt() + " " + sorted(of.devices()));
        case PlainAllocations.Stay of ->
            text.put(
                job, of.heldAt() + " " + of.end() + " " + of.endAt() + " " + sorted(of.devices()));
        default -> throw new IllegalArgumentException(String.valueOf(stay));
      }
    });
    return text;
  }

  private static String sorted(Map<String, ?> devices) {
    return new TreeMap<>(devices).toString();
  }

  private static List<String> spans(Shares shares) {
    List<String> spans = new ArrayList<>();
    for (int span = 0; span < shares.spans(); span++) {
      Shares.Holders of = shares.holders(span);
      spans.add(
          "%d %d %s %s %s"
              .formatted(
                  shares.spanStart(span),
                  shares.spanEnd(span),
                  of.jobs(),
                  Arrays.toString(of.weights()),
                  of.owner()));
    }
    return spans;
  }

  private static List<String> spans(PlainShares shares) {
    List<String> spans = new ArrayList<>();
    for (int span = 0; span < shares.spans(); span++) {
      PlainShares.Holders of = shares.holders(span);
      spans.add(
          "%d %d %s %s %s"
              .formatted(
                  shares.spanStart(span),
                  shares.spanEnd(span),
                  of.jobs(),
                  Arrays.toString(of.weights()),
                  of.owner()));
    }
    return spans;
  }
}
