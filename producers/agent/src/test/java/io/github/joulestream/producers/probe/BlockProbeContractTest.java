// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class BlockProbeContractTest extends ProbeContract {
  private static final String SDA = "   8 0 sda 10 0 1000 5 20 0 4000 9 0 1000 14";
  private static final String SDB = "   8 16 sdb 1 0 8 1 1 0 8 1 0 0 2";

  @TempDir Path root;
  private SysTree tree;

  @BeforeEach
  void drives() throws IOException {
    tree =
        new SysTree(root)
            .write("block/sda/size", 4_000_000_000L)
            .write("block/sdb/size", 4_000_000_000L)
            .write("diskstats", SDA + "\n" + SDB);
  }

  @Override
  protected Probe probe() {
    return new BlockProbe(root, root);
  }

  @Override
  protected Probe absent() {
    return new BlockProbe(root, root.resolve("none"));
  }

  @Override
  protected void unplug() throws IOException {
    tree.write("diskstats", SDA);
  }
}
