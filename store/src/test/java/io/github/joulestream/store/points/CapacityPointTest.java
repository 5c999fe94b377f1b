// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Retention;
import io.github.joulestream.store.StorePoint;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapacityPointTest {
  private static final long HOUR = 1_789_999_200_000L;

  /** Each figure differs, so that no field can be taken from another. */
  private static Capacity capacity(int windowMillis, long fullLatest) {
    return new Capacity(
        "site",
        HOUR,
        windowMillis,
        360,
        10,
        9,
        72,
        655_000,
        new SiteCapacity(101, 102, 103, 104, 105, 106, 107, 108, 109, 110_500),
        new SiteCapacity(201, 202, 203, 204, 205, 206, 207, 208, 209, 210_500),
        new StorageGrowth.Forecast(301, -302, 303, HOUR + 1, HOUR + 2, fullLatest));
  }

  @Test
  void everyField_ofAnHourOfWhichAllIsKnown() {
    StorePoint point = CapacityPoint.of(capacity(3_600_000, HOUR + 3));
    assertThat(point.tags()).isEqualTo(Map.of("site", "site", "window", "1h"));
    assertThat(point.epochNanos()).isEqualTo(HOUR * 1_000_000);
    assertThat(point.fields().keySet()).isEqualTo(Measurement.CAPACITY.fields().keySet());
    assertThat(point.fields())
        .containsEntry("times", 360L)
        .containsEntry("nodes", 10L)
        .containsEntry("nodes_reporting", 9L)
        .containsEntry("gpus", 72L)
        .containsEntry("gpus_allocated", 65.5)
        .containsEntry("memory_seen_mebibytes", 101L)
        .containsEntry("memory_allocated_mebibytes", 102L)
        .containsEntry("memory_stranded_mebibytes", 103L)
        .containsEntry("memory_rentable_mebibytes", 104L)
        .containsEntry("memory_use_known_mebibytes", 105L)
        .containsEntry("memory_used_mebibytes", 106L)
        .containsEntry("memory_peak_used_mebibytes", 107L)
        .containsEntry("memory_untouched_mebibytes", 108L)
        .containsEntry("memory_beyond_allocation_mebibytes", 109L)
        .containsEntry("memory_watts", 110.5)
        .containsEntry("storage_stranded_mebibytes", 203L)
        .containsEntry("storage_watts", 210.5)
        .containsEntry("storage_growth_bytes_per_day", 301L)
        .containsEntry("storage_growth_low_bytes_per_day", -302L)
        .containsEntry("storage_growth_high_bytes_per_day", 303L)
        .containsEntry("storage_full_epoch_millis", HOUR + 1)
        .containsEntry("storage_full_earliest_epoch_millis", HOUR + 2)
        .containsEntry("storage_full_latest_epoch_millis", HOUR + 3);
    assertThat(Measurement.CAPACITY.retention("1h")).isEqualTo(Retention.YEARS);
  }

  @Test
  void whatIsNotKnown_hasNoField() {
    assertThat(CapacityPoint.of(capacity(60_000, -1)).fields())
        .doesNotContainKey("storage_full_latest_epoch_millis");
    SiteCapacity unknown = new SiteCapacity(1, 0, 0, 1, 0, -1, -1, -1, -1, 0);
    StorePoint point =
        CapacityPoint.of(new Capacity("site", HOUR, 60_000, 6, 1, 1, 0, 0, unknown, unknown, null));
    assertThat(point.tags()).containsEntry("window", "1m");
    assertThat(Measurement.CAPACITY.retention("1m")).isEqualTo(Retention.WEEKS);
    Set<String> absent = new HashSet<>(Measurement.CAPACITY.fields().keySet());
    absent.removeAll(point.fields().keySet());
    assertThat(absent)
        .contains("memory_used_mebibytes", "storage_peak_used_mebibytes")
        .contains("memory_untouched_mebibytes", "memory_beyond_allocation_mebibytes")
        .hasSize(8 + 6);
  }

  @Test
  void aPool_isAPointForEachGroup() {
    List<StorePoint> points =
        PoolPeakPoints.of(
            new PoolPeaks(
                "site",
                HOUR,
                DeviceKind.STORAGE,
                16,
                List.of(new PoolPeaks.Group(3, 7, 9), new PoolPeaks.Group(4, 8, 10))));
    assertThat(points)
        .extracting(StorePoint::tags)
        .containsExactly(
            Map.of("site", "site", "resource", "STORAGE", "pool", "16", "pool_group", "3"),
            Map.of("site", "site", "resource", "STORAGE", "pool", "16", "pool_group", "4"));
    assertThat(points.getLast().fields())
        .isEqualTo(Map.of("peak_mebibytes", 8L, "seen_mebibytes", 10L));
    assertThat(Measurement.POOL_PEAK.retention("")).isEqualTo(Retention.YEARS);
    assertThat(
            PoolPeakPoints.of(
                    new PoolPeaks(
                        "site",
                        HOUR,
                        DeviceKind.MEMORY,
                        PoolPeaks.ALL,
                        List.of(new PoolPeaks.Group(0, 7, 9))))
                .getFirst()
                .tags())
        .containsEntry("pool", "all");
  }
}
