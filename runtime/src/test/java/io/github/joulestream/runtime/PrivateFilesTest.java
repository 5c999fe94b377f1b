// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.linux.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Under a umask that takes nothing away, nobody but the user can read what is made. */
@EnabledOnOs(OS.LINUX)
final class PrivateFilesTest {
  private static final MethodHandle UMASK =
      SystemCalls.function("umask", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  @TempDir Path folder;
  private static int before;

  private static int umask(int mask) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) UMASK.invokeExact(SystemCalls.errorState(arena), mask);
    } catch (Throwable e) {
      throw SystemCalls.undeclared("umask(2)", e);
    }
  }

  @BeforeAll
  static void letAllRead() {
    before = umask(0);
  }

  @AfterAll
  static void restore() {
    int _ = umask(before);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void foldersAndFiles_areTheUsersAlone() throws IOException {
    Path made = PrivateFiles.folder(folder.resolve("a/b"));
    PrivateFiles.create(made.resolve("created"));
    PrivateFiles.ensure(made.resolve("ensured"));
    PrivateFiles.replace(made.resolve("replaced"), "text");
    PrivateFiles.open(made.resolve("opened"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
        .close();

    assertThat(mode(folder.resolve("a"))).isEqualTo("rwx------");
    assertThat(mode(made)).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(made)) {
      assertThat(files)
          .hasSize(4)
          .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
    }
    assertThat(made.resolve("replaced")).hasContent("text");
  }

  @Test
  void whatWasThere_keepsItsMode() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    PrivateFiles.folder(own);
    Path file = Files.createFile(own.resolve("file"));
    PrivateFiles.ensure(file);
    PrivateFiles.open(file, StandardOpenOption.WRITE).close();
    assertThat(mode(own)).isEqualTo("rwxrwxrwx");
    assertThat(mode(file)).isEqualTo("rw-rw-rw-");
    assertThatThrownBy(() -> PrivateFiles.create(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void aLinkInTheFilesPlace_isNotFollowed() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere);
    assertThatThrownBy(() -> PrivateFiles.ensure(link)).hasMessageContaining("is a link");
    assertThatThrownBy(() -> PrivateFiles.create(link)).isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> PrivateFiles.open(link, StandardOpenOption.CREATE, StandardOpenOption.WRITE))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> PrivateFiles.folder(link)).isInstanceOf(IOException.class);
    assertThat(elsewhere).doesNotExist();

    Files.writeString(elsewhere, "as it was");
    assertThatThrownBy(() -> open(link)).isInstanceOf(IOException.class);
    PrivateFiles.replace(link, "new");
    assertThat(elsewhere).hasContent("as it was");
    assertThat(link).isRegularFile().hasContent("new");
    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  private static void open(Path file) throws IOException {
    try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  /** A spool on another disk is a link to it. */
  @Test
  void aLinkToAFolder_isThatFolder() throws IOException {
    Path disk = PrivateFiles.folder(folder.resolve("disk"));
    Path link = Files.createSymbolicLink(folder.resolve("spool"), disk);
    assertThat(PrivateFiles.folder(link)).isEqualTo(link);
    assertThat(PrivateFiles.folder(link.resolve("sub"))).isDirectory();
    assertThat(mode(disk.resolve("sub"))).isEqualTo("rwx------");
  }

  @Test
  void aPathForAShell_isOneWord() {
    assertThat(PrivateFiles.Permissions.quoted(Path.of("/var/lib/x-1"))).isEqualTo("/var/lib/x-1");
    assertThat(PrivateFiles.Permissions.quoted(Path.of("/a b/$(c)'d")))
        .isEqualTo("'/a b/$(c)'\\''d'");
  }
}
