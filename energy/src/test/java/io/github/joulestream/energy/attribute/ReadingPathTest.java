// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The two readings that docs/architecture.md follows, and the figures that it states. */
class ReadingPathTest {
  private static final long WINDOW = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);

  private static DeviceSeries reading(long epochMillis, long milliwatts) {
    long[] times = {epochMillis};
    long[] power = {milliwatts};
    return new DeviceSeries(GPU, Readings.ofPower(times, power));
  }

  private static AllocationEdge edge(
      boolean hold, long epochMillis, Map<String, Integer> basisPoints) {
    return new AllocationEdge(
        "job-7",
        hold,
        epochMillis,
        basisPoints,
        0,
        0,
        0,
        0,
        8,
        AllocationEdge.By.HOOK,
        epochMillis + 100);
  }

  @Test
  void theReadingsOfTheArchitecturePage_areBookedAsItStates() {
    BookedNode node = new BookedNode();
    node.take(edge(true, WINDOW + 400, Map.of("gpu0", Shares.WHOLE)));
    node.take(edge(false, WINDOW + 1_000, Map.of()));
    node.take(1, WINDOW + 500, reading(WINDOW + 400, 500_000));
    node.take(1, WINDOW + 1_500, reading(WINDOW + 1_400, 510_000));

    Totals<SiteAmount> site = requireNonNull(node.site.get(WINDOW));
    Totals<JobAmount> job = requireNonNull(requireNonNull(node.jobs.get("job-7")).get(WINDOW));
    assertThat(job.get(JobAmount.GPU_MILLIJOULES)).isEqualTo(301_800);
    assertThat(site.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)).isEqualTo(301_800);
    assertThat(site.get(SiteAmount.IDLE_TOTAL_MILLIJOULES)).isEqualTo(203_200);
    assertThat(site.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(505_000);
    assertThat(job.get(JobAmount.COVERED_MILLIS)).isEqualTo(600);
  }
}
