// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
  @TempDir Path parent;
  private String user = "";

  @BeforeEach
  void whoIsIt() throws IOException {
    user = Files.getOwner(parent).getName();
  }

  /** As a killed process leaves it: all files are there, and nobody holds the lock. */
  private Path left(String name) throws IOException {
    Path folder = Files.createDirectory(parent.resolve(name));
    Files.createFile(folder.resolve("lock"));
    Files.writeString(folder.resolve("temporary"), "1\n");
    Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("lib.so"), "native");
    return folder;
  }

  @Test
  void whatAKilledProcessLeft_isDeleted() throws IOException {
    Path data = left("joulestream-123");
    Path other = left("joulestream-456");
    TemporaryFolder.tidy(parent, user);
    assertThat(data).doesNotExist();
    assertThat(other).doesNotExist();
  }

  @Test
  void whatIsInUse_isLeftAlone() throws IOException {
    Path used = left("joulestream-3");
    try (FileChannel channel = FileChannel.open(used.resolve("lock"), StandardOpenOption.WRITE)) {
      assertThat(channel.lock()).isNotNull();
      TemporaryFolder.tidy(parent, user);
      assertThat(used.resolve("a/b/lib.so")).exists();
    }
    TemporaryFolder.tidy(parent, user);
    assertThat(used).doesNotExist();
  }

  @Test
  void whatIsNotOurs_orNotTemporary_isLeftAlone() throws IOException {
    Path named = left("joulestream-results"); // as --data makes it
    Files.delete(named.resolve("temporary"));
    Path another = left("somebody-123");
    Path target = left("target-of-a-link");
    Path link = Files.createSymbolicLink(parent.resolve("joulestream-789"), target);
    Path file = Files.createFile(parent.resolve("joulestream-file"));
    TemporaryFolder.tidy(parent, user);
    assertThat(named).exists();
    assertThat(another).exists();
    assertThat(target.resolve("a/b/lib.so")).exists();
    assertThat(link).exists();
    assertThat(file).exists();
  }

  @Test
  void whatAnotherUserLeft_isLeftAlone() throws IOException {
    Path folder = left("joulestream-1");
    TemporaryFolder.tidy(parent, "nobody-that-there-is");
    assertThat(folder).exists();
  }

  @Test
  void whatALinkInItPointsTo_isNotDeleted() throws IOException {
    Path precious =
        Files.writeString(Files.createDirectory(parent.resolve("own")).resolve("x"), "x");
    Files.createSymbolicLink(left("joulestream-2").resolve("link"), precious.getParent());
    TemporaryFolder.tidy(parent, user);
    assertThat(parent.resolve("joulestream-2")).doesNotExist();
    assertThat(precious).exists();
  }

  @Test
  void aTemporaryDataFolder_isTidiedWhenItsProcessIsGone() throws IOException {
    try (DataFolder data = DataFolder.open(null)) {
      assertThat(data.path().resolve("temporary")).exists();
      assertThat(data.path().getParent()).isEqualTo(TemporaryFolder.root());
    }
  }
}
