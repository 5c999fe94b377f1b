// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryProbeContractTest extends ProbeContract {
  @TempDir Path root;
  private SysTree tree;

  @BeforeEach
  void memory() throws IOException {
    tree = new SysTree(root).write("meminfo", "MemTotal: 1024 kB\nMemAvailable: 512 kB");
  }

  @Override
  protected Probe probe() {
    return new MemoryProbe(root, root);
  }

  @Override
  protected Probe absent() {
    return new MemoryProbe(root.resolve("none"), root);
  }

  @Override
  protected void unplug() throws IOException {
    tree.unplug("meminfo");
  }

  @Test
  void moreFreeThanThereWas_isNoUse() throws Exception {
    try (Probe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW).getFirst().readings().used(0)).isEqualTo(512 << 10);
      // the host has given this machine more
      tree.write("meminfo", "MemTotal: 4096 kB\nMemAvailable: 3072 kB");
      assertThat(probe.read(NOW).getFirst().readings().used(0)).isEqualTo(MISSING);
    }
  }
}
