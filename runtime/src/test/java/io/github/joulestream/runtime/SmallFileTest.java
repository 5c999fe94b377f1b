// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a file's place, it is read within bounds or refused, and never waited for. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SmallFileTest {
  @TempDir Path folder;

  /** A FIFO that nobody writes to. */
  static Path fifo(Path at) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo here");
    assertThat(new ProcessBuilder("/usr/bin/mkfifo", at.toString()).start().waitFor()).isZero();
    return at;
  }

  @Test
  void aFile_isReadUpToItsLimit_andNotBeyond() throws IOException {
    Path file = folder.resolve("file");
    for (int size : new int[] {0, 1, 1_023, 1_024, 1_025, 4_999, 5_000}) {
      byte[] bytes = "x".repeat(size).getBytes(UTF_8);
      Files.write(file, bytes);
      assertThat(SmallFile.bytes(file, 5_000)).isEqualTo(bytes);
    }
    Files.writeString(file, "x".repeat(5_001));
    assertThatThrownBy(() -> SmallFile.bytes(file, 5_000))
        .isInstanceOf(SmallFile.Unusable.class)
        .hasMessageContaining("longer than 5,000 bytes");
    Files.write(file, new byte[] {'a', (byte) 0xff});
    assertThat(SmallFile.text(file, 10)).isEqualTo("a\uFFFD");
    assertThatThrownBy(() -> SmallFile.text(folder.resolve("none"), 10))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void whatIsNoFile_isNotWaitedFor_asAFileOfAnyLengthOrAsAFolder() throws Exception {
    Path fifo = fifo(folder.resolve("fifo"));
    Path file = Files.writeString(folder.resolve("file"), "text");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    for (Path path : new Path[] {fifo, folder, Path.of("/dev/zero")}) {
      assertThatThrownBy(() -> SmallFile.namedReader(path).close())
          .as(path.toString())
          .isInstanceOf(SmallFile.Unusable.class);
    }
    try (Reader reader = SmallFile.namedReader(link)) {
      assertThat(reader.transferTo(Writer.nullWriter())).isEqualTo(4);
    }
    for (Path path : new Path[] {fifo, file}) {
      assertThatThrownBy(() -> FolderContent.list(path).close())
          .isInstanceOf(NotDirectoryException.class)
          .hasMessage(path + ": it is no folder");
      assertThatThrownBy(() -> FolderContent.stream(path).close())
          .isInstanceOf(NotDirectoryException.class)
          .hasMessage(path + ": it is no folder");
      assertThatThrownBy(() -> FolderContent.stream(path, "*").close())
          .isInstanceOf(NotDirectoryException.class)
          .hasMessage(path + ": it is no folder");
      assertThatThrownBy(() -> PrivateFiles.folder(path)).hasMessage(path + ": it is no folder");
    }
    try (Stream<Path> content = FolderContent.list(folder)) {
      assertThat(content).containsExactlyInAnyOrder(fifo, file, link);
    }
  }

  @Test
  void whatIsNoFile_isNotOpened() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "secret");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    for (Path path : new Path[] {fifo(folder.resolve("fifo")), folder, Path.of("/dev/zero")}) {
      assertThatThrownBy(() -> SmallFile.text(path, 10))
          .as(path.toString())
          .isInstanceOf(SmallFile.Unusable.class);
    }
    assertThatThrownBy(() -> SmallFile.text(link, 10))
        .isInstanceOf(SmallFile.Unusable.class)
        .hasMessageContaining("a link");
    // what the operator names may be a link, as a service account's token is; no FIFO nor device
    assertThat(SmallFile.namedText(link, 10)).isEqualTo("secret");
    assertThatThrownBy(() -> SmallFile.namedText(Path.of("/dev/zero"), 10))
        .isInstanceOf(SmallFile.Unusable.class);
  }

  @Test
  void aFolderMayBeALink() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.writeString(real.resolve("file"), "text");
    Path link = Files.createSymbolicLink(folder.resolve("jobs"), real);
    assertThat(SmallFile.text(link.resolve("file"), 10)).isEqualTo("text");
  }

  /** What is a file when it is looked at and a link when it is opened. */
  @Test
  void aLinkThatTakesTheFilesPlace_isRefusedByTheOpening() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(SmallFile.bytes(file, SmallFile.look(file), 10)).isEqualTo("text".getBytes(UTF_8));
    assertThatThrownBy(() -> SmallFile.bytes(link, SmallFile.look(file), 10))
        .isInstanceOf(IOException.class);
  }
}
