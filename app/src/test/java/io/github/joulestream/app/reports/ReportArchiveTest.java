// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers and names of reports that are kept. */
class ReportArchiveTest {
  @TempDir Path folder;

  @Test
  void numbers_goUpFromOne_andBelongToTheirReport() throws IOException {
    Path archive = folder.resolve("new").resolve("archive");
    try (ReportArchive first = ReportArchive.open(archive, "director-dc1-2026-10")) {
      assertThat(first.latest()).isEmpty();
      assertThat(first.nextNumber()).isEqualTo(1);
      assertThat(first.nextFile()).isEqualTo(archive.resolve("director-dc1-2026-10.001.json"));
    }
    Files.writeString(archive.resolve("director-dc1-2026-10.001.json"), "");
    Files.writeString(archive.resolve("director-dc1-2026-10.1000.json"), "");
    Files.writeString(archive.resolve("director-dc1-2026-1.005.json"), "");
    Files.writeString(archive.resolve("director-dc1-2026-10.005.json.part"), "");
    Files.writeString(archive.resolve("x-director-dc1-2026-10.006.json"), "");
    try (ReportArchive again = ReportArchive.open(archive, "director-dc1-2026-10")) {
      assertThat(again.latest()).contains(archive.resolve("director-dc1-2026-10.1000.json"));
      assertThat(again.nextFile()).isEqualTo(archive.resolve("director-dc1-2026-10.1001.json"));
    }
  }

  @Test
  void aName_isSafe_andDifferentNamesStayDifferent() {
    assertThat(ReportArchive.safe("jobs-dc1+dc2-2026-10-01..2026-10-15-user=ada"))
        .isEqualTo("jobs-dc1+dc2-2026-10-01..2026-10-15-user=ada");
    String up = ReportArchive.safe("../../etc/passwd");
    String alike = ReportArchive.safe("_./../etc/passwd");
    assertThat(up).matches("[A-Za-z0-9_][A-Za-z0-9._=,+-]*").isNotEqualTo(alike);
    assertThat(ReportArchive.safe("a b"))
        .isNotEqualTo(ReportArchive.safe("a\nb"))
        .startsWith("a_b-");
    assertThat(ReportArchive.safe(".hidden")).startsWith("_hidden-");
    String longName = "x".repeat(5000);
    assertThat(ReportArchive.safe(longName)).hasSizeLessThan(200);
    assertThat(ReportArchive.safe(longName)).isNotEqualTo(ReportArchive.safe(longName + "x"));
  }

  @Test
  void aFolderThatIsAFile_isRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> ReportArchive.open(file, "director"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString());
  }
}
