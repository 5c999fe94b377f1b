// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodePointTest {
  private static final long DAY = 86_400_000;
  private static final long MIDNIGHT = 20_000 * DAY;

  private static StorePoint report(long time, Map<String, String> labels) {
    return NodePoint.of(
        new NodeRecord(
            "site",
            "n1",
            time,
            "0.2.0",
            labels,
            3,
            4,
            List.of("no rights for RAPL", "no NVML"),
            5,
            List.of("gpu:9 of job 17")));
  }

  @Test
  void everyField_isThatOfTheReport() {
    StorePoint point = report(MIDNIGHT + 1, Map.of("rack", "r12", "room", "b"));
    assertThat(point.measurement()).isEqualTo(Measurement.NODE);
    assertThat(point.tags()).isEqualTo(Map.of("site", "site", "node", "n1"));
    assertThat(point.fields().keySet()).isEqualTo(Measurement.NODE.fields().keySet());
    assertThat(point.fields())
        .containsEntry("rack", "r12")
        .containsEntry("labels", "{\"rack\":\"r12\",\"room\":\"b\"}")
        .containsEntry("agent_version", "0.2.0")
        .containsEntry("reported_epoch_millis", MIDNIGHT + 1)
        .containsEntry("spooled_batches", 3L)
        .containsEntry("dropped_batches", 4L)
        .containsEntry("unavailable", "no rights for RAPL; no NVML")
        .containsEntry("not_understood", 5L);
  }

  /** A node that was taken out of its rack: the text is overwritten, not left as it was. */
  @Test
  void aDay_isOnePoint_andEachReportOverwritesAllFields() {
    StorePoint first = report(MIDNIGHT, Map.of("rack", "r12"));
    StorePoint last = report(MIDNIGHT + DAY - 1, Map.of());
    assertThat(first.epochNanos()).isEqualTo(MIDNIGHT * 1_000_000);
    assertThat(last.epochNanos()).isEqualTo(first.epochNanos());
    assertThat(last.fields()).containsEntry("rack", "").hasSameSizeAs(first.fields());
    assertThat(report(MIDNIGHT + DAY, Map.of()).epochNanos())
        .isEqualTo((MIDNIGHT + DAY) * 1_000_000);
  }
}
