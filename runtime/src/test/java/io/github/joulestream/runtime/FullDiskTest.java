// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class FullDiskTest {
  @Test
  void aFullDisk_isFoundInTheInnermostCauseThatNamesIt() {
    assertThat(
            FullDisk.in(
                new IllegalStateException(
                    "Error opening store job-totals",
                    new UncheckedIOException(
                        new IOException("/state/LOG: No space left on device")))))
        .contains("/state/LOG: No space left on device");
    assertThat(FullDisk.in(new IOException("Disk quota exceeded"))).isPresent();
  }

  @Test
  void anotherFailure_isNone() {
    assertThat(FullDisk.in(new IllegalStateException("stopped", new IOException()))).isEmpty();
    assertThat(FullDisk.in(new IOException("/state/LOG: Read-only file system"))).isEmpty();
    assertThat(FullDisk.in("errno: 280")).isFalse();
    assertThat(FullDisk.in("write error: errno: 28, error: no space left")).isTrue();
  }
}
