// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which job holds which share, and how its stay ends: the rules one by one. */
class AllocationRulesTest {
  private static final Limits LIMITS = Limits.DEFAULT;
  private static final long HOLD = LIMITS.holdMillis();
  // time of an edge, in milliseconds, is small; records arrive later
  private static final long ARRIVED = 10_000_000;

  private final Allocations allocations = new Allocations(LIMITS);

  private static AllocationEdge edge(
      String job, boolean hold, long at, Map<String, Integer> devices, By by) {
    return new AllocationEdge(job, hold, at, devices, 0, 0, 0, 0, 8, by, ARRIVED);
  }

  private void hold(String job, long at, String device, int basisPoints) {
    allocations.add(edge(job, true, at, Map.of(device, basisPoints), By.HOOK));
  }

  private void end(String job, long at, By by) {
    allocations.add(edge(job, false, at, Map.of(), by));
  }

  /** Weights of the jobs that hold a GPU at a time. */
  private Map<String, Integer> held(String gpu, long at) {
    Shares shares = allocations.sharesOf(Device.sensor(gpu, DeviceKind.GPU));
    Shares.Holders holders = shares.holders(shares.spanAt(at));
    Map<String, Integer> held = new TreeMap<>();
    for (int i = 0; i < holders.jobs().size(); i++) {
      held.put(holders.jobs().get(i), holders.weights()[i]);
    }
    return held;
  }

  private String stay(String job) {
    Allocations.Stay stay = allocations.stays().get(job);
    return stay == null ? "none" : stay.heldAt() + " " + stay.end() + " " + stay.endAt();
  }

  // ---- takeover

  @Test
  void aJobWithoutAnEnd_losesItsDevice_whenAnotherTakesIt() {
    hold("a", 10, "gpu0", 10_000);
    assertThat(stay("a")).isEqualTo("10 null 0");
    hold("b", 50, "gpu0", 10_000);
    assertThat(held("gpu0", 49)).isEqualTo(Map.of("a", 10_000));
    assertThat(held("gpu0", 50)).isEqualTo(Map.of("b", 10_000));
    assertThat(stay("a")).isEqualTo("10 " + JobAmount.NODES_TAKEN_OVER + " 50");
    assertThat(stay("b")).isEqualTo("50 null 0");
  }

  @Test
  void itEnds_whenTheLastOfItsDevicesIsTaken() {
    allocations.add(edge("a", true, 0, Map.of("gpu0", 10_000, "gpu1", 10_000), By.HOOK));
    hold("b", 20, "gpu0", 10_000);
    assertThat(stay("a")).isEqualTo("0 null 0");
    assertThat(held("gpu1", 30)).isEqualTo(Map.of("a", 10_000));
    hold("c", 40, "gpu1", 10_000);
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_TAKEN_OVER + " 40");
  }

  @Test
  void sharesThatFit_takeNothingOver() {
    hold("a", 0, "gpu0", 5_000);
    hold("b", 10, "gpu0", 5_000);
    assertThat(held("gpu0", 20)).isEqualTo(Map.of("a", 5_000, "b", 5_000));
    assertThat(stay("a")).isEqualTo("0 null 0");
  }

  @Test
  void theOldestGivesWayFirst_andOnlyAsManyAsNeeded() {
    hold("young", 5, "gpu0", 4_000);
    hold("old", 0, "gpu0", 4_000);
    hold("new", 10, "gpu0", 5_000);
    assertThat(held("gpu0", 10)).isEqualTo(Map.of("young", 4_000, "new", 5_000));
    hold("newest", 20, "gpu0", 10_000);
    assertThat(held("gpu0", 20)).isEqualTo(Map.of("newest", 10_000));
    assertThat(stay("old")).endsWith(" 10");
    assertThat(stay("young")).endsWith(" 20");
    assertThat(stay("new")).endsWith(" 20");
  }

  @Test
  void ofTheSameAge_theFirstByNameGivesWay() {
    hold("b", 0, "gpu0", 5_000);
    hold("a", 0, "gpu0", 5_000);
    hold("c", 10, "gpu0", 5_000);
    assertThat(held("gpu0", 10)).isEqualTo(Map.of("b", 5_000, "c", 5_000));
  }

  @Test
  void aJobThatRepeatsWhatItHolds_isTheYounger() {
    hold("a", 0, "gpu0", 5_000);
    hold("b", 5, "gpu0", 5_000);
    hold("a", 8, "gpu0", 5_000);
    hold("c", 10, "gpu0", 5_000);
    assertThat(held("gpu0", 10)).isEqualTo(Map.of("a", 5_000, "c", 5_000));
    assertThat(stay("b")).endsWith(" 10");
  }

  @Test
  void jobsThatStartAtTheSameTime_shareWhatTheyWereBothGiven() {
    hold("a", 10, "gpu0", 10_000);
    hold("b", 10, "gpu0", 10_000);
    assertThat(held("gpu0", 10)).isEqualTo(Map.of("a", 10_000, "b", 10_000));
    assertThat(stay("a")).isEqualTo("10 null 0");
  }

  @Test
  void anEndReportedLater_countsInsteadOfTheTakeover() {
    hold("a", 0, "gpu0", 10_000);
    hold("b", 50, "gpu0", 10_000);
    end("a", 60, By.HOOK);
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_RELEASED + " 60");
    // both were given it from 50 to 60
    assertThat(held("gpu0", 55)).isEqualTo(Map.of("a", 10_000, "b", 10_000));
    assertThat(held("gpu0", 60)).isEqualTo(Map.of("b", 10_000));
  }

  @Test
  void aTakeoverThatIsOlderThanTheEdge_isFoundWhateverArrivesFirst() {
    hold("b", 50, "gpu0", 10_000);
    hold("a", 0, "gpu0", 10_000);
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_TAKEN_OVER + " 50");
    hold("c", 30, "gpu0", 10_000);
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_TAKEN_OVER + " 30");
    assertThat(stay("c")).isEqualTo("30 " + JobAmount.NODES_TAKEN_OVER + " 50");
  }

  // ---- ends

  @Test
  void theHooksEnd_overrulesTheAgents_andBothTheLimit() {
    hold("a", 0, "gpu0", 10_000);
    end("a", HOLD, By.LIMIT);
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_EXPIRED + " " + HOLD);
    end("a", 70, By.AGENT);
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_ENDED_BY_AGENT + " 70");
    end("a", 60, By.HOOK);
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_RELEASED + " 60");
    assertThat(held("gpu0", 59)).isEqualTo(Map.of("a", 10_000));
    assertThat(held("gpu0", 60)).isEmpty();
  }

  @Test
  void givingBackOneDevice_endsNothing() {
    allocations.add(edge("a", true, 0, Map.of("gpu0", 10_000, "gpu1", 10_000), By.HOOK));
    allocations.add(edge("a", false, 30, Map.of("gpu0", 10_000), By.HOOK));
    assertThat(held("gpu0", 30)).isEmpty();
    assertThat(held("gpu1", 30)).isEqualTo(Map.of("a", 10_000));
    assertThat(stay("a")).isEqualTo("0 null 0");
    Allocations.Stay stay = requireNonNull(allocations.stays().get("a"));
    assertThat(requireNonNull(stay.devices().get("gpu0")).basisPointMillisUntil(100))
        .isEqualTo(30 * 10_000);
    assertThat(requireNonNull(stay.devices().get("gpu1")).basisPointMillisUntil(100))
        .isEqualTo(100 * 10_000);
  }

  @Test
  void aKnownEdge_changesNothing() {
    hold("a", 0, "gpu0", 10_000);
    assertThat(allocations.add(edge("a", true, 0, Map.of("gpu0", 10_000), By.HOOK))).isNull();
    assertThat(allocations.edges()).hasSize(1);
  }

  // ---- expiry

  @Test
  void anAllocationExpires_whenNothingWasReceivedOfItForItsLife() {
    hold("a", 1_000, "gpu0", 10_000);
    hold("b", 2_000, "gpu1", 10_000);
    assertThat(allocations.nextExpiry()).isEqualTo(1_000 + HOLD);
    assertThat(allocations.expired(999 + HOLD, ARRIVED)).isEmpty();
    List<AllocationEdge> expired = allocations.expired(1_000 + HOLD, ARRIVED + 5);
    assertThat(expired)
        .containsExactly(
            new AllocationEdge(
                "a", false, 1_000 + HOLD, Map.of(), 0, 0, 0, 0, 0, By.LIMIT, ARRIVED + 5));
    allocations.add(expired.getFirst());
    assertThat(stay("a")).isEqualTo("1000 " + JobAmount.NODES_EXPIRED + " " + (1_000 + HOLD));
    assertThat(allocations.nextExpiry()).isEqualTo(2_000 + HOLD);
  }

  @Test
  void whatIsRepeated_livesOn() {
    hold("a", 0, "gpu0", 10_000);
    hold("a", 5_000, "gpu0", 10_000);
    assertThat(allocations.nextExpiry()).isEqualTo(5_000 + HOLD);
    assertThat(allocations.expired(4_999 + HOLD, ARRIVED)).isEmpty();
    // also if it is received after the allocation has expired
    end("a", 5_000 + HOLD, By.LIMIT);
    assertThat(stay("a")).contains("EXPIRED");
    hold("a", 6_000, "gpu0", 10_000);
    assertThat(stay("a")).isEqualTo("0 null 0");
    assertThat(held("gpu0", 5_000 + HOLD)).isEqualTo(Map.of("a", 10_000));
  }

  @Test
  void whatHasEnded_doesNotExpire() {
    hold("a", 0, "gpu0", 10_000);
    end("a", 10, By.HOOK);
    assertThat(allocations.nextExpiry()).isEqualTo(Long.MAX_VALUE);
    assertThat(allocations.expired(Long.MAX_VALUE, ARRIVED)).isEmpty();
    assertThat(allocations.anyOpen()).isFalse();
  }

  // ---- what is forgotten, and what is refused

  private static AllocationEdge arrived(String job, boolean hold, long at, long arrival) {
    return new AllocationEdge(
        job, hold, at, hold ? Map.of("gpu0", 10_000) : Map.of(), 0, 0, 0, 0, 8, By.HOOK, arrival);
  }

  @Test
  void onlyJobsThatHaveEnded_areForgotten() {
    allocations.add(arrived("over", true, 0, 1_000));
    allocations.add(arrived("over", false, 10, 1_000));
    allocations.add(arrived("open", true, 20, 1_000));
    assertThat(allocations.forgetEndedBefore(1_000)).isFalse();
    assertThat(allocations.forgetEndedBefore(1_001)).isTrue();
    assertThat(allocations.stays().keySet()).containsExactly("open");
    assertThat(held("gpu0", 30)).isEqualTo(Map.of("open", 10_000));
    assertThat(held("gpu0", 5)).isEmpty();
  }

  @Test
  void aJobThatTookOver_isRememberedAsLongAsTheOneItWasTakenFrom() {
    allocations.add(arrived("a", true, 0, 1_000_000));
    allocations.add(arrived("b", true, 10, 1_000));
    allocations.add(arrived("b", false, 20, 1_000));
    assertThat(stay("a")).isEqualTo("0 " + JobAmount.NODES_TAKEN_OVER + " 10");
    assertThat(allocations.forgetEndedBefore(500_000)).isFalse();
    assertThat(stay("b")).contains("RELEASED");
    assertThat(allocations.forgetEndedBefore(1_000_001)).isTrue();
    assertThat(allocations.stays()).isEmpty();
    assertThat(allocations.isNamed("gpu0")).isFalse();
  }

  @Test
  void anEdgeOfTheFuture_orOfLongAgo_orOneTooMany_isRefused() {
    long now = 1_700_000_000_000L;
    long ahead = now + LIMITS.futureMillis();
    assertThat(allocations.refusal(arrived("a", true, ahead, now))).isNull();
    assertThat(allocations.refusal(arrived("a", true, ahead + 1, now)))
        .isEqualTo(SiteAmount.REFUSED_FUTURE);
    assertThat(allocations.refusal(arrived("a", true, now - Limits.PAST_MILLIS, now))).isNull();
    assertThat(allocations.refusal(arrived("a", true, now - Limits.PAST_MILLIS - 1, now)))
        .isEqualTo(SiteAmount.REFUSED_OLD);
    for (int i = 0; i < AllocationRoom.MAX_EDGES_OF_JOB; i++) {
      allocations.add(arrived("a", true, now + i, now));
    }
    assertThat(allocations.refusal(arrived("a", true, now, now)))
        .isEqualTo(SiteAmount.REFUSED_OVER_STATE);
    assertThat(allocations.refusal(arrived("b", true, now, now))).isNull();
  }
}
