// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** FIFOs that nobody writes to: whoever opens one waits. */
public final class Fifo {
  private Fifo() {}

  /** Makes one. */
  public static void make(Path at) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo here");
    assertThat(new ProcessBuilder("/usr/bin/mkfifo", at.toString()).start().waitFor()).isZero();
  }
}
