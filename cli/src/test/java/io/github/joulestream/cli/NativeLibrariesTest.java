// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir Path temporary;

  private Path file(String name, Instant time) throws IOException {
    Path file = Files.createFile(temporary.resolve(name));
    Files.setLastModifiedTime(file, FileTime.from(time));
    return file;
  }

  @Test
  void whatIsLoaded_needsItsFileNoMore() throws IOException {
    Path loaded = file("librocksdbjni10489318599118115408.so", NOON);
    Path lock = file("librocksdbjni10489318599118115408.so.lck", NOON);
    Path notLoaded = file("librocksdbjni99489318599118115408.so", NOON);
    Path another = file("libother123456789.so", NOON);
    NativeLibraries.deleteLoaded(
        temporary,
        List.of(
            "7f00-7f01 r--p 00000000 fd:00 12 " + loaded,
            "7f01-7f02 r-xp 00001000 fd:00 12 " + loaded,
            "7f02-7f03 r-xp 00001000 fd:00 13 " + another,
            "7f03-7f04 r-xp 00000000 fd:00 14 /usr/lib/librocksdbjni123456789.so",
            "7f04-7f05 rw-p 00000000 00:00 0",
            "7f05-7f06 rw-p 00000000 00:00 0 [heap]"));
    assertThat(loaded).doesNotExist();
    assertThat(lock).doesNotExist();
    assertThat(notLoaded).exists();
    assertThat(another).exists();
  }

  @Test
  void whatWasLeft_goesAfterAWhile_andNothingElse() throws IOException {
    List<Path> left =
        List.of(
            file("libquestdb794791566146495116.so", NOON),
            file("libquestdbr9119993895039976838.so", NOON),
            file("librocksdbjni10489318599118115408.so", NOON),
            file("libzstd-jni-1.5.6-1015169132287135199029.so", NOON),
            file("liblz4-java-14722135056696103941.so", NOON),
            file("liblz4-java-14722135056696103941.so.lck", NOON));
    List<Path> kept =
        List.of(
            file("libquestdb794791566146495117.so", NOON.plusSeconds(1)),
            file("librocksdbjni.so", NOON),
            file("thesis.so", NOON));
    Path link =
        Files.createSymbolicLink(temporary.resolve("libquestdb1234567890.so"), kept.getLast());
    NativeLibraries.deleteLeft(temporary, NOON.plusSeconds(1));
    assertThat(left).allSatisfy(file -> assertThat(file).doesNotExist());
    assertThat(kept).allSatisfy(file -> assertThat(file).exists());
    assertThat(link).isSymbolicLink();
  }
}
