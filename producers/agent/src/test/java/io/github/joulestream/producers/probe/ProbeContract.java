// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds for every probe; each one's test extends it. */
public abstract class ProbeContract {
  protected static final long NOW = 1_700_000_000_000L;

  /** One that is not open, on hardware that works. */
  protected abstract Probe probe() throws Exception;

  /** One of a machine that does not have the hardware. */
  protected abstract Probe absent() throws Exception;

  /** Takes away a device of the hardware that {@link #probe} is on. */
  protected abstract void unplug() throws Exception;

  /** Reads; a probe that has readings only now and then waits for some here. */
  protected List<DeviceSeries> read(Probe probe, long epochMillis) throws Exception {
    return probe.read(epochMillis);
  }

  /** True of a probe that measures at its own pace, and says when. */
  protected boolean stampsItself() {
    return false;
  }

  private static List<String> ids(List<DeviceSeries> read) {
    return read.stream().map(DeviceSeries::device).map(Device::id).toList();
  }

  @Test
  void contract_whatItFinds_isDescribedInOneLine() throws Exception {
    try (Probe probe = probe()) {
      assertThat(probe.name()).isNotBlank().doesNotContain("\n");
      probe.open();
      assertThat(probe.describe()).isNotBlank().doesNotContain("\n");
      for (Detail detail : probe.details()) {
        assertThat(detail.device()).isNotBlank();
        assertThat(detail.name()).isNotBlank().doesNotContain("\n");
        assertThat(detail.value()).isNotBlank().doesNotContain("\n");
      }
    }
  }

  @Test
  void contract_devicesKeepTheirIds_andReadingsBearTheTimeGiven() throws Exception {
    List<String> ids;
    try (Probe probe = probe()) {
      probe.open();
      List<DeviceSeries> first = read(probe, NOW);
      ids = ids(first);
      assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
      List<DeviceSeries> second = read(probe, NOW + 1_000);
      assertThat(ids(second)).isEqualTo(ids);
      if (!stampsItself()) {
        assertThat(first)
            .allSatisfy(series -> assertThat(series.readings().epochMillis()).containsExactly(NOW));
        assertThat(second)
            .allSatisfy(
                series -> assertThat(series.readings().epochMillis()).containsExactly(NOW + 1_000));
      }
      for (DeviceSeries series : second) {
        Readings readings = series.readings();
        for (int row = 0; row < readings.size(); row++) {
          assertThat(
                  List.of(
                      readings.power(row),
                      readings.energy(row),
                      readings.utilisation(row),
                      readings.used(row)))
              .allMatch(value -> value == Readings.MISSING || value >= 0);
        }
        assertThat(List.of(readings.powerMilliwatts(), readings.energyMicrojoules()))
            .as("what is known of %s", series.device().id())
            .anyMatch(column -> column.length > 0);
      }
    }
    // and for the next agent
    try (Probe probe = probe()) {
      probe.open();
      assertThat(ids(read(probe, NOW))).isEqualTo(ids);
    }
  }

  @Test
  void contract_afterADeviceIsUnplugged_itIsMissing() throws Exception {
    try (Probe probe = probe()) {
      probe.open();
      int before = read(probe, NOW).size();
      unplug();
      List<DeviceSeries> after;
      try {
        after = read(probe, NOW + 1_000);
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotBlank();
        return;
      }
      assertThat(after).hasSizeLessThan(before);
      assertThat(after)
          .allMatch(series ->
              series.readings().power(0) != Readings.MISSING
                  || series.readings().energy(0) != Readings.MISSING);
      assertThat(probe.describe()).doesNotContain("\n");
      probe.details();
    }
  }

  @Test
  void contract_whatIsNotThere_isUnavailableForAReasonOfOneLine() throws Exception {
    try (Probe probe = absent()) {
      assertThatThrownBy(probe::open)
          .isInstanceOf(Probe.ProbeUnavailable.class)
          .message()
          .isNotBlank()
          .doesNotContain("\n");
      assertThatThrownBy(probe::open).isInstanceOf(Probe.ProbeUnavailable.class);
    }
  }

  @Test
  void contract_itClosesAtAnyTime_andOpensAgain() throws Exception {
    Probe probe = probe();
    probe.close();
    probe.open();
    int devices = read(probe, NOW).size();
    probe.close();
    probe.close();
    probe.open();
    assertThat(read(probe, NOW + 1_000)).hasSize(devices);
    probe.close();
  }
}
