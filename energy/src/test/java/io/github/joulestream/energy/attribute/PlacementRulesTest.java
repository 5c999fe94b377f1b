// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import io.github.joulestream.energy.attribute.JobPlacement.Span;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Placements by example: what an edge changes of whose placement. */
class PlacementRulesTest {
  private static final long OPEN = JobPlacement.OPEN;
  private static final long START = 1_700_000_000_000L;
  private static final long DAY = 24L * 3_600_000;

  private NodeAccount account = new NodeAccount(Limits.DEFAULT);
  private long arrival = START;

  private List<JobPlacement> take(
      String job, boolean hold, long at, Map<String, Integer> devices, By by) {
    return take(
        new AllocationEdge(job, hold, START + at, devices, 2_000, -1, 300, -1, 8, by, arrival));
  }

  private List<JobPlacement> take(AllocationEdge edge) {
    Increments books = new Increments();
    books.forNode("n1");
    account.accept(edge, (from, to) -> List.of(), books);
    List<JobPlacement> placed = new ArrayList<>();
    books
        .placements()
        .forEach((node, placement) -> {
          assertThat(node).isEqualTo("n1");
          placed.add(placement);
        });
    assertThat(books.placements().size()).isEqualTo(placed.size());
    return placed;
  }

  private List<JobPlacement> hold(String job, long at, String... devices) {
    Map<String, Integer> shares = new TreeMap<>();
    for (String device : devices) {
      shares.put(device, 10_000);
    }
    return take(job, true, at, shares, By.HOOK);
  }

  private List<JobPlacement> release(String job, long at, By by) {
    return take(job, false, at, Map.of(), by);
  }

  private static Span span(String id, long from, long to, int basisPoints) {
    return new Span(id, START + from, to == OPEN ? OPEN : START + to, basisPoints);
  }

  private static JobPlacement only(List<JobPlacement> placed) {
    assertThat(placed).hasSize(1);
    return placed.getFirst();
  }

  private static JobPlacement of(String job, List<JobPlacement> placed) {
    return placed.stream().filter(one -> one.job().equals(job)).findFirst().orElseThrow();
  }

  private void restart() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    account.write(new DataOutputStream(bytes));
    account =
        NodeAccount.read(
            new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())),
            Limits.DEFAULT,
            Calibration.NONE);
  }

  @Test
  void aJob_holdsFromItsHoldToItsRelease() {
    JobPlacement held = only(hold("a", 1_000, "gpu1", "gpu0"));
    assertThat(held.anchorEpochMillis()).isEqualTo(START + 1_000);
    assertThat(held.heldEpochMillis()).isEqualTo(START + 1_000);
    assertThat(held.endEpochMillis()).isEqualTo(OPEN);
    assertThat(held.end()).isNull();
    assertThat(held.devices())
        .containsExactly(span("gpu0", 1_000, OPEN, 10_000), span("gpu1", 1_000, OPEN, 10_000));
    assertThat(held.stated().memoryBasisPoints()).isEqualTo(2_000);
    assertThat(held.stated().storageBasisPoints()).isEqualTo(AllocationEdge.BY_GPUS);
    assertThat(held.stated().gpusOnNode()).isEqualTo(8);

    JobPlacement ended = only(release("a", 9_000, By.AGENT));
    assertThat(ended.end()).isEqualTo(JobAmount.NODES_ENDED_BY_AGENT);
    assertThat(ended.endEpochMillis()).isEqualTo(START + 9_000);
    // the hook's end is received later, and counts
    JobPlacement corrected = only(release("a", 8_000, By.HOOK));
    assertThat(corrected.end()).isEqualTo(JobAmount.NODES_RELEASED);
    assertThat(corrected.devices())
        .containsExactly(span("gpu0", 1_000, 8_000, 10_000), span("gpu1", 1_000, 8_000, 10_000));
    // which an agent that reports it once more does not change
    assertThat(release("a", 9_500, By.AGENT)).isEmpty();
  }

  @Test
  void aJobThatComesBack_hasItsDevicesForTwoTimes_andTheLastOfItsShares() {
    hold("a", 1_000, "gpu0");
    take("a", true, 2_000, Map.of("gpu0", 5_000), By.HOOK);
    take("a", false, 3_000, Map.of("gpu0", 0), By.HOOK);
    JobPlacement again =
        only(
            take(
                new AllocationEdge(
                    "a",
                    true,
                    START + 4_000,
                    Map.of("gpu1", 2_500),
                    1_000,
                    900,
                    800,
                    700,
                    4,
                    By.HOOK,
                    arrival)));
    assertThat(again.devices())
        .containsExactly(
            span("gpu0", 1_000, 2_000, 10_000),
            span("gpu0", 2_000, 3_000, 5_000),
            span("gpu1", 4_000, OPEN, 2_500));
    assertThat(again.stated().memoryBasisPoints()).isEqualTo(1_000);
    assertThat(again.stated().gpusOnNode()).isEqualTo(4);
  }

  @Test
  void sharesAlone_areAChange_andWhatIsRepeatedIsNone() {
    hold("a", 1_000, "gpu0");
    assertThat(hold("a", 5_000, "gpu0")).isEmpty();
    JobPlacement shares =
        only(
            take(
                new AllocationEdge(
                    "a", true, START + 6_000, Map.of(), 2_001, -1, 300, -1, 8, By.HOOK, arrival)));
    assertThat(shares.stated().memoryBasisPoints()).isEqualTo(2_001);
  }

  /** The job that loses one of two devices is named, with state that was just read too. */
  @Test
  void aJobThatLosesOneOfItsDevices_hasAnotherPlacement() throws IOException {
    for (boolean restarted : List.of(false, true)) {
      account = new NodeAccount(Limits.DEFAULT);
      hold("a", 1_000, "gpu0", "gpu1", "gpu2");
      if (restarted) {
        restart();
      }
      List<JobPlacement> placed = hold("b", 4_000, "gpu1");
      assertThat(of("b", placed).devices()).containsExactly(span("gpu1", 4_000, OPEN, 10_000));
      JobPlacement left = of("a", placed);
      assertThat(left.end()).isNull();
      assertThat(left.devices())
          .containsExactly(
              span("gpu0", 1_000, OPEN, 10_000),
              span("gpu1", 1_000, 4_000, 10_000),
              span("gpu2", 1_000, OPEN, 10_000));
      // its release is received late: it had it until then, and the two overlap
      JobPlacement back = of("a", release("a", 6_000, By.HOOK));
      assertThat(back.devices()).contains(span("gpu1", 1_000, 6_000, 10_000));
    }
  }

  @Test
  void aJobThatLosesAll_isTakenOver_andComesBackIfThatWasWrong() {
    hold("a", 1_000, "gpu0");
    JobPlacement lost = of("a", hold("b", 4_000, "gpu0"));
    assertThat(lost.end()).isEqualTo(JobAmount.NODES_TAKEN_OVER);
    assertThat(lost.endEpochMillis()).isEqualTo(START + 4_000);
    assertThat(lost.devices()).containsExactly(span("gpu0", 1_000, 4_000, 10_000));
    // it holds on: both have it, as was stated
    JobPlacement back = only(hold("a", 5_000, "gpu0"));
    assertThat(back.end()).isNull();
    assertThat(back.devices()).containsExactly(span("gpu0", 1_000, OPEN, 10_000));
    // the end of the other is received late
    assertThat(only(release("b", 4_500, By.HOOK)).devices())
        .containsExactly(span("gpu0", 4_000, 4_500, 10_000));
  }

  @Test
  void whatExpires_endsByTheLimit() {
    hold("a", 0, "gpu0");
    long end = START + Limits.DEFAULT.holdMillis();
    JobPlacement expired =
        only(take(new AllocationEdge("a", false, end, Map.of(), 0, 0, 0, 0, 0, By.LIMIT, end)));
    assertThat(expired.end()).isEqualTo(JobAmount.NODES_EXPIRED);
    assertThat(expired.endEpochMillis()).isEqualTo(end);
  }

  /**
   * It was given and given back at one moment: whoever has the placement learns that it is none.
   */
  @Test
  void aJobWithoutLength_heldNothing() {
    hold("a", 1_000, "gpu0");
    JobPlacement withdrawn = only(release("a", 1_000, By.HOOK));
    assertThat(withdrawn.heldEpochMillis()).isEqualTo(withdrawn.endEpochMillis());
    assertThat(withdrawn.devices()).isEmpty();
    assertThat(withdrawn.anchorEpochMillis()).isEqualTo(START + 1_000);
  }

  @Test
  void theAnchor_isThatOfWhatArrivedFirst_throughCorrectionsAndRestarts() throws IOException {
    assertThat(release("a", 9_000, By.HOOK)).isEmpty();
    hold("a", 3_000, "gpu0");
    restart();
    // all in one batch: no time of arrival shows which was first
    JobPlacement earlier = only(hold("a", 1_000, "gpu0"));
    assertThat(earlier.heldEpochMillis()).isEqualTo(START + 1_000);
    assertThat(earlier.anchorEpochMillis()).isEqualTo(START + 3_000);
    restart();
    arrival -= 500; // the broker's clock was set back
    JobPlacement later = only(hold("a", 500, "gpu0"));
    assertThat(later.heldEpochMillis()).isEqualTo(START + 500);
    assertThat(later.anchorEpochMillis()).isEqualTo(START + 3_000);
    assertThat(requireNonNull(account.allocations.placement("a")).anchorEpochMillis())
        .isEqualTo(START + 3_000);
  }

  @Test
  void aJobThatHoldsOn_isNotedOnceADay() {
    hold("a", 0, "gpu0");
    arrival = START / DAY * DAY + DAY - 1;
    assertThat(hold("a", arrival - START, "gpu0")).isEmpty();
    arrival++;
    assertThat(only(hold("a", arrival - START, "gpu0")).end()).isNull();
    arrival++;
    assertThat(hold("a", arrival - START, "gpu0")).isEmpty();
    // not one that has ended
    release("a", arrival - START + 1, By.HOOK);
    arrival += DAY;
    assertThat(release("a", arrival - START, By.AGENT)).isEmpty();
  }

  /**
   * The newer of two jobs is kept in mind as long as the one that lost one of its devices to it.
   */
  @Test
  void whatIsForgotten_givesNothingBack() {
    hold("a", 1_000, "gpu0", "gpu1");
    hold("b", 4_000, "gpu1");
    release("b", 5_000, By.HOOK);
    hold("c", 6_000, "gpu7");
    release("c", 7_000, By.HOOK);
    arrival += 3 * Limits.DEFAULT.horizonMillis();
    hold("d", 8_000, "gpu5");
    assertThat(account.allocations.stays().keySet()).containsExactly("a", "b", "d");
    assertThat(requireNonNull(account.allocations.placement("a")).devices())
        .contains(span("gpu1", 1_000, 4_000, 10_000));
    release("a", 9_000, By.HOOK);
    arrival += 3 * Limits.DEFAULT.horizonMillis();
    hold("d", 10_000, "gpu5");
    assertThat(account.allocations.stays().keySet()).containsExactly("d");
  }
}
