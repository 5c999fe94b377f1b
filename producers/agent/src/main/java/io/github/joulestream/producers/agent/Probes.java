// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import io.github.joulestream.producers.probe.AmdGpuProbe;
import io.github.joulestream.producers.probe.BlockProbe;
import io.github.joulestream.producers.probe.HwmonProbe;
import io.github.joulestream.producers.probe.MemoryProbe;
import io.github.joulestream.producers.probe.Overlaps;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.probe.RaplProbe;
import io.github.joulestream.producers.probe.RedfishOptions;
import io.github.joulestream.producers.probe.RedfishProbe;
import io.github.joulestream.producers.probe.nvml.NvmlProbe;
import io.github.joulestream.runtime.EpochClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All probes that a node may have, not opened yet. Those whose hardware is absent are refused when
 * they are opened. Their order decides which of several meters counts, see {@link Overlaps}: a
 * meter that was configured goes before one that was found.
 */
public final class Probes {
  private Probes() {}

  /**
   * This machine's.
   *
   * @param redfish how to ask its controller, or null if it is not to be asked
   */
  public static List<Probe> ofThisMachine(@Nullable RedfishOptions redfish) {
    return of(Path.of("/proc"), Path.of("/sys"), NvmlProbe.LIBRARY, redfish);
  }

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   * @param nvmlLibrary {@link NvmlProbe#LIBRARY}, or a path
   * @param redfish how to ask the node's controller, or null if it is not to be asked
   */
  public static List<Probe> of(
      Path procRoot, Path sysRoot, String nvmlLibrary, @Nullable RedfishOptions redfish) {
    List<Probe> probes = new ArrayList<>();
    probes.add(new NvmlProbe(nvmlLibrary, procRoot, sysRoot));
    probes.add(new AmdGpuProbe(procRoot, sysRoot));
    probes.add(new RaplProbe(procRoot, sysRoot));
    probes.add(new MemoryProbe(procRoot, sysRoot));
    probes.add(new BlockProbe(procRoot, sysRoot));
    if (redfish != null) {
      probes.add(new RedfishProbe(redfish, sysRoot, EpochClock.system()));
    }
    probes.add(new HwmonProbe(procRoot, sysRoot));
    return probes;
  }
}
