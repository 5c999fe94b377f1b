// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.app.reports.WholeFiles.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that appear whole or not at all. */
class WholeFilesTest {
  @TempDir Path folder;

  private static WholeFiles.Content text(String text) {
    return out -> out.write(text.getBytes(UTF_8));
  }

  @Test
  void files_appearTogether_whenTheyAreCommitted() throws IOException {
    Path one = folder.resolve("one.json");
    Path two = Files.writeString(folder.resolve("two.json"), "older");
    try (WholeFiles files = new WholeFiles()) {
      files.write(one, text("first"));
      files.write(two, text("second!"));
      assertThat(one).doesNotExist();
      assertThat(two).hasContent("older");
      assertThat(files.commit()).containsExactly(new Written(one, 5), new Written(two, 7));
    }
    assertThat(one).hasContent("first");
    assertThat(two).hasContent("second!");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("one.json", "two.json");
  }

  @Test
  void aFailureInTheMiddle_leavesWhatWasThere_andNothingElse() throws IOException {
    Path one = folder.resolve("one.json");
    Path two = Files.writeString(folder.resolve("two.json"), "older");
    assertThatThrownBy(
            () -> {
              try (WholeFiles files = new WholeFiles()) {
                files.write(one, text("first"));
                files.write(
                    two,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("the store is gone");
                    });
                files.commit();
              }
            })
        .hasMessage("the store is gone");
    assertThat(folder.toFile().list()).containsExactly("two.json");
    assertThat(two).hasContent("older");
  }

  @Test
  void aDevice_isWrittenTo_andNotReplaced() throws IOException {
    Path device = Path.of("/dev/null");
    try (WholeFiles files = new WholeFiles()) {
      files.write(device, text("gone"));
      assertThat(files.commit()).containsExactly(new Written(device, 4));
    }
    assertThat(Files.isRegularFile(device)).isFalse();
  }

  @Test
  void aLink_staysOne_andItsFileIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "older");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    try (WholeFiles files = new WholeFiles()) {
      files.write(link, text("newer"));
      files.commit();
    }
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("newer");
  }
}
