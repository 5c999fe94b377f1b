// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.joulestream.runtime.FullDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small file system in memory, which can be filled. */
final class SmallDisk implements AutoCloseable {
  /** Why a test or a fault is left out. */
  static final String NEEDS = "needs to mount a small tmpfs, as root";

  private static final int BLOCK = 64 << 10;

  private final Path folder;
  private final Path filler;

  private SmallDisk(Path folder) {
    this.folder = folder;
    this.filler = folder.resolve("filler");
  }

  /** Mounts one on a new folder; skips the test where that is not permitted. */
  static SmallDisk mount(Path folder, int mebibytes) throws IOException, InterruptedException {
    Optional<SmallDisk> disk = mountIfPermitted(folder, mebibytes);
    assumeThat(disk).as(NEEDS).isPresent();
    return disk.orElseThrow();
  }

  /** Mounts one on a new folder; none where that is not permitted. */
  static Optional<SmallDisk> mountIfPermitted(Path folder, int mebibytes)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Process mount =
        new ProcessBuilder(
                "mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mebibytes), "tmpfs", "" + folder)
            .redirectErrorStream(true)
            .start();
    return mount.waitFor() == 0 ? Optional.of(new SmallDisk(folder)) : Optional.empty();
  }

  Path folder() {
    return folder;
  }

  /** Takes all that is left: to the last byte, in a file of its own. */
  void fill() throws IOException {
    byte[] block = new byte[BLOCK];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(FullDisk.in(e)).as("%s", e).isPresent();
    }
  }

  /** Gives back what {@link #fill} took. */
  void free() throws IOException {
    Files.delete(filler);
  }

  @Override
  public void close() throws IOException {
    try {
      // lazily: a process that has just been killed may still hold files
      assertThat(new ProcessBuilder("umount", "-l", "" + folder).start().waitFor()).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
