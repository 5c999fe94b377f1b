// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.HoldsText;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.StoreText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementPointTest {
  private static final long ANCHOR = 1_795_563_217_250L;

  private static Placement placement(String job, long anchor, long end, EndedBy endedBy) {
    return new Placement(
        "site",
        "n1",
        job,
        anchor,
        ANCHOR + 10,
        end,
        endedBy,
        List.of(
            new HeldDevice("gpu0", ANCHOR + 10, ANCHOR + 500, 10_000),
            new HeldDevice("gpu0", ANCHOR + 900, Placement.OPEN, 5_000),
            new HeldDevice("gpu3", ANCHOR + 10, Placement.OPEN, 10_000)),
        new NodeShares(1_000, 2_000, NodeShares.BY_GPUS, 4_000),
        8);
  }

  @Test
  void everyField_isThatOfTheRecord() {
    StorePoint point = PlacementPoint.of(placement("c/17", ANCHOR, Placement.OPEN, EndedBy.NOBODY));
    assertThat(point.measurement()).isEqualTo(Measurement.PLACEMENT);
    assertThat(point.tags()).isEqualTo(Map.of("site", "site", "node", "n1"));
    assertThat(point.fields().keySet()).isEqualTo(Measurement.PLACEMENT.fields().keySet());
    assertThat(point.fields())
        .containsEntry("job", "c/17")
        .containsEntry("anchor_epoch_millis", ANCHOR)
        .containsEntry("held_epoch_millis", ANCHOR + 10)
        .containsEntry("end_epoch_millis", -1L)
        .containsEntry("ended_by", "NOBODY")
        .containsEntry("gpus", 2L)
        .containsEntry("gpus_on_node", 8L)
        .containsEntry("devices", "gpu0, gpu3")
        .containsEntry(
            "holds",
            "[{\"device\":\"gpu0\",\"from\":1795563217260,\"to\":1795563217750,\"basis_points\":10000},"
                + "{\"device\":\"gpu0\",\"from\":1795563218150,\"to\":-1,\"basis_points\":5000},"
                + "{\"device\":\"gpu3\",\"from\":1795563217260,\"to\":-1,\"basis_points\":10000}]")
        .containsEntry("memory_basis_points", 1_000L)
        .containsEntry("storage_basis_points", 2_000L)
        .containsEntry("cpu_basis_points", -1L)
        .containsEntry("node_basis_points", 4_000L);
  }

  @Test
  void aLaterRecord_takesThePlaceOfTheEarlier_andAnotherAnchorIsAnotherPoint() {
    StorePoint open = PlacementPoint.of(placement("17", ANCHOR, Placement.OPEN, EndedBy.NOBODY));
    StorePoint ended = PlacementPoint.of(placement("17", ANCHOR, ANCHOR + 60_000, EndedBy.HOOK));
    assertThat(ended.epochNanos()).isEqualTo(open.epochNanos());
    assertThat(ended.fields())
        .containsEntry("end_epoch_millis", ANCHOR + 60_000)
        .containsEntry("ended_by", "HOOK");
    StorePoint again = PlacementPoint.of(placement("17", ANCHOR + 1, Placement.OPEN, EndedBy.HOOK));
    assertThat(again.epochNanos()).isNotEqualTo(open.epochNanos());
  }

  @Test
  void jobsThatBeginAtOnceOnANode_havePointsOfTheirOwn_inTheSecondOfTheirAnchors() {
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      times.add(
          PlacementPoint.of(
                  placement("cluster/" + i, ANCHOR + i % 700, Placement.OPEN, EndedBy.NOBODY))
              .epochNanos());
    }
    assertThat(times).hasSize(5_000);
    assertThat(times).allMatch(nanos -> Math.floorDiv(nanos, 1_000_000_000L) == ANCHOR / 1_000);
  }

  @Test
  void holds_comeBack_andTooManyStayJson() {
    List<HeldDevice> few = placement("17", ANCHOR, Placement.OPEN, EndedBy.NOBODY).devices();
    assertThat(HoldsText.parse(HoldsText.of(few))).isEqualTo(few);
    assertThat(HoldsText.of(List.of())).isEqualTo("[]");
    List<HeldDevice> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      many.add(new HeldDevice("gpu" + i, ANCHOR, Placement.OPEN, 10_000));
    }
    String text = HoldsText.of(many);
    assertThat(text).hasSizeLessThanOrEqualTo(StoreText.MAX_IN_FIELD);
    List<HeldDevice> kept = HoldsText.parse(text);
    assertThat(kept).isEqualTo(many.subList(0, kept.size())).hasSizeGreaterThan(200);
    assertThat(text).endsWith(",{\"left_out\":%d}]".formatted(1_000 - kept.size()));
    assertThatThrownBy(() -> HoldsText.parse("[{"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[{");
    assertThatThrownBy(() -> HoldsText.parse("[{\"device\":\"gpu0\"}]"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
