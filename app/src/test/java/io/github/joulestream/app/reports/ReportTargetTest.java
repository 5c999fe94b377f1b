// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.reports.order.ReportForm;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where reports go. */
class ReportTargetTest {
  @TempDir Path folder;

  private static void assertUsage(Runnable action, String message) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
        .hasMessageContaining(message);
  }

  @Test
  void aTargetThatCannotBe_isRefusedBeforeTheWork() {
    assertUsage(
        () -> ReportTarget.of(Optional.empty(), Optional.of(ReportForm.PDF), () -> true),
        "not for a terminal");
    assertThat(
            ReportTarget.of(Optional.empty(), Optional.of(ReportForm.PDF), () -> false)
                .isStandardOutput())
        .isTrue();
    String below = folder.resolve("absent").resolve("a.html").toString();
    assertUsage(
        () -> ReportTarget.of(Optional.of(below), Optional.empty(), () -> true),
        "there is no folder " + folder.resolve("absent"));
    assertUsage(
        () -> ReportTarget.of(Optional.of("/dev/null/"), Optional.empty(), () -> true),
        "is a file, not a folder");
  }
}
