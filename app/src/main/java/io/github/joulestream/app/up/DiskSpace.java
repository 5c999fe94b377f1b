// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Room on the file system of a folder. A broker whose disk is full ends its process at once, and a
 * file that is mapped into memory faults: so there must be room left to stop in order.
 */
final class DiskSpace {
  /** What {@code up} takes for a small site within its first minutes, and what stopping takes. */
  static final long NEEDED_BYTES = 300L << 20;

  /** Below it the run is ended: what is under way still goes into the store. */
  static final long RESERVE_BYTES = 48L << 20;

  /** Below it somebody should make room. */
  static final long LOW_BYTES = 4 * RESERVE_BYTES;

  private final Path folder;

  DiskSpace(Path folder) {
    this.folder = folder;
  }

  long freeBytes() {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("the free space of " + folder + " cannot be read", e);
    }
  }

  /**
   * Before anything is written.
   *
   * @throws UserError if there is not enough room to begin
   */
  void requireRoom() {
    long free = freeBytes();
    if (free < LOW_BYTES) {
      throw new UserError(
          "%s; up needs %s to begin, %s for minutes of a small site: make room, or give --data DIR on another disk"
              .formatted(full(free), Quantities.bytes(LOW_BYTES), Quantities.bytes(NEEDED_BYTES)));
    }
  }

  /** What is the matter, if there is too little room to continue. */
  Optional<String> full() {
    long free = freeBytes();
    return free < RESERVE_BYTES ? Optional.of(full(free)) : Optional.empty();
  }

  /** A warning, if there is little room left. */
  Optional<String> low() {
    long free = freeBytes();
    return free < LOW_BYTES
        ? Optional.of(
            "disk nearly full: %s has %s free; below %s this run ends"
                .formatted(folder, Quantities.bytes(free), Quantities.bytes(RESERVE_BYTES)))
        : Optional.empty();
  }

  private String full(long free) {
    return "disk full: %s has %s free".formatted(folder, Quantities.bytes(free));
  }
}
