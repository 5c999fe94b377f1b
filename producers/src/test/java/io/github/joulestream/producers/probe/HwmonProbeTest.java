// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HwmonProbeTest extends ProbeContract {
  @TempDir Path root;
  private SysTree sys;

  @BeforeEach
  void powerMeter() throws IOException {
    sys = new SysTree(root);
    sys.write("class/hwmon/hwmon0/name", "coretemp").write("class/hwmon/hwmon0/temp1_input", 1);
    sys.write("class/hwmon/hwmon1/name", "amdgpu").write("class/hwmon/hwmon1/power1_average", 5);
    sys.write("class/hwmon/hwmon2/name", "power_meter")
        .write("class/hwmon/hwmon2/power1_average", 612_000_000)
        .write("class/hwmon/hwmon2/power1_average_interval", 1_000)
        .write("class/hwmon/hwmon2/power1_cap", 1_100_000_000L);
  }

  @Override
  protected HwmonProbe probe() {
    return new HwmonProbe(root, root);
  }

  @Override
  protected Probe absent() {
    return new HwmonProbe(root, root.resolve("none"));
  }

  @Override
  protected void unplug() throws IOException {
    sys.unplug("class/hwmon/hwmon2/power1_average");
  }

  @Test
  void anAcpiMeter_isTheNode_inOurUnits() throws Exception {
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.describe()).isEqualTo("the node's power meter (power_meter)");
      assertThat(probe.measures()).containsExactly(DeviceKind.NODE);
      DeviceSeries node = probe.read(NOW).getFirst();
      Device device = node.device();
      assertThat(device.id()).isEqualTo("node");
      assertThat(device.kind()).isEqualTo(DeviceKind.NODE);
      assertThat(device.source()).isEqualTo(PowerSource.SENSOR);
      assertThat(device.averagingMillis()).isEqualTo(1_000);
      // 612,000,000 µW
      assertThat(node.readings().power(0)).isEqualTo(612_000);
      assertThat(probe.details()).contains(new Detail("node", "power cap", "1,100.000 W"));
    }
  }

  @Test
  void ofAPowerMachinesSensors_theOneOfTheSystemIsTheNode() throws Exception {
    sys.write("class/hwmon/hwmon2/name", "ibmpowernv");
    sys.write("class/hwmon/hwmon2/power1_label", "GPU");
    sys.write("class/hwmon/hwmon2/power2_label", "System");
    sys.write("class/hwmon/hwmon2/power2_input", 2_400_000_000L);
    sys.write("class/hwmon/hwmon2/energy2_input", 77_000_000);
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW))
          .extracting(
              series -> series.device().id(),
              series -> series.device().source(),
              series -> series.readings().power(0),
              series -> series.readings().energy(0))
          .containsExactly(tuple("node", PowerSource.COUNTER, 2_400_000L, 77_000_000L));
    }
  }

  @Test
  void aSecondMeter_addsToNothing() throws Exception {
    sys.write("class/hwmon/hwmon4/name", "aem0").write("class/hwmon/hwmon4/power1_average", 7_000);
    try (HwmonProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id(), series -> series.device().containedIn())
          .containsExactly(tuple("node", null), tuple("node-aem0-1", DeviceKind.NODE));
    }
  }
}
