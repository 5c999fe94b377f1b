// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path parent;

  @Test
  void aFolderIsMade_kept_andKnownAgain() throws IOException {
    Path wanted = parent.resolve("a").resolve("b");
    try (DataFolder folder = DataFolder.open(wanted)) {
      assertThat(folder.fresh()).isTrue();
      assertThat(folder.temporary()).isFalse();
      Files.writeString(folder.path().resolve("kept"), "kept");
    }
    try (DataFolder folder = DataFolder.open(wanted)) {
      assertThat(folder.fresh()).isFalse();
      assertThat(folder.path().resolve("kept")).hasContent("kept");
    }
  }

  @Test
  void aTemporaryFolderLeavesNothing() throws IOException {
    Path path;
    try (DataFolder folder = DataFolder.open(null)) {
      path = folder.path();
      assertThat(folder.temporary()).isTrue();
      Files.createDirectories(path.resolve("x").resolve("y"));
      Files.writeString(path.resolve("x").resolve("y").resolve("z"), "z");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void oneAtATime() {
    Path wanted = parent.resolve("shared");
    try (DataFolder _ = DataFolder.open(wanted)) {
      assertThatThrownBy(() -> DataFolder.open(wanted))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("in use");
    }
    DataFolder.open(wanted).close();
  }

  @Test
  void anotherVersion_aFile_andAFolderOfSomebodyElse_areLeftAlone() throws IOException {
    Path older = Files.createDirectory(parent.resolve("older"));
    Files.writeString(older.resolve("version"), "0\n");
    assertThatThrownBy(() -> DataFolder.open(older))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("layout 0");
    // refused, not taken: once more says the same, not that it is in use
    assertThatThrownBy(() -> DataFolder.open(older)).hasMessageContaining("layout 0");

    Path file = Files.writeString(parent.resolve("file"), "text");
    assertThatThrownBy(() -> DataFolder.open(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not a folder");
    assertThat(file).hasContent("text");

    Path foreign = Files.createDirectory(parent.resolve("foreign"));
    Files.writeString(foreign.resolve("thesis"), "text");
    assertThatThrownBy(() -> DataFolder.open(foreign))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not empty");
    assertThat(foreign).isDirectoryContaining(child -> child.endsWith("thesis"));
    try (var children = Files.list(foreign)) {
      assertThat(children).hasSize(1);
    }
  }

  @Test
  void aStartThatWasKilledBeforeItWroteTheVersion_canBeRepeated() throws IOException {
    Path wanted = Files.createDirectory(parent.resolve("killed"));
    Files.createFile(wanted.resolve("lock"));
    try (DataFolder folder = DataFolder.open(wanted)) {
      assertThat(folder.fresh()).isTrue();
    }
  }
}
