// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import io.github.joulestream.producers.agent.Probes;
import io.github.joulestream.producers.probe.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A node that reports all there is besides power: two GPUs of the library with NVML's interface, a
 * processor and a drive of files as of the kernel.
 */
public final class StatusNode implements AutoCloseable {
  private final Path root;
  private final NvmlLibrary library;

  /** Makes it in a folder. */
  public StatusNode(Path root) throws IOException, InterruptedException {
    this.root = root;
    library = NvmlLibrary.build(root);
    library.gpu(0, "GPU-aa").status(0).gpu(1, "GPU-bb").status(1);
    write("class/powercap/intel-rapl:0/name", "package-0");
    write("class/powercap/intel-rapl:0/energy_uj", "1000000");
    write("class/hwmon/hwmon0/name", "coretemp");
    write("class/hwmon/hwmon0/temp1_label", "Package id 0");
    write("class/hwmon/hwmon0/temp1_input", "48500");
    write("block/nvme0n1/size", "7501476528");
    write("diskstats", " 259 0 nvme0n1 10 0 8 5 20 0 8 9 0 0 14 0 0 0 0 0 0");
    write("class/nvme/nvme0/hwmon7/name", "nvme");
    write("class/nvme/nvme0/hwmon7/temp1_input", "38850");
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, text + "\n");
  }

  /** Its probes, not open yet. */
  public List<Probe> probes() {
    return Probes.of(root, root, library.file().toString(), null);
  }

  /** Counters of the second GPU move, each by another amount; of the first they do not. */
  public void count() {
    library
        .field(1, 3, 0, 3, 11 + 5)
        .field(1, 4, 0, 3, 21 + 6)
        .field(1, 138, -1, 3, 1_001 + 700)
        .field(1, 139, -1, 3, 2_001 + 800)
        .field(1, 197, 0, 3, 5_000_000_001L + 9_000)
        .field(1, 198, 0, 3, 6_000_000_001L + 10_000)
        .xid(1, 31)
        .xid(1, 79);
  }

  @Override
  public void close() {
    library.close();
  }
}
