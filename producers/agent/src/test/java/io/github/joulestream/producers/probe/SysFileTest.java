// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysFileTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("file"), text);
  }

  @Test
  void aNumber_isReadAnewEachTime() throws IOException {
    try (SysFile file = SysFile.open(file("12345\n"))) {
      assertThat(file.readNumber()).isEqualTo(12_345);
      file("7\n");
      assertThat(file.readNumber()).isEqualTo(7);
      for (long number : new long[] {0, -3, Long.MAX_VALUE, Long.MIN_VALUE}) {
        file(number + "\n");
        assertThat(file.readNumber()).isEqualTo(number);
      }
    }
  }

  @Test
  void whatIsNoNumber_isAnErrorWithTheFilesName() throws IOException {
    try (SysFile file = SysFile.open(file(""))) {
      assertThatThrownBy(file::readNumber).hasMessageContaining("file is empty");
      for (String text :
          List.of("many", "-", "12a", "0x1f", "9223372036854775808", "-9223372036854775809")) {
        file(text + "\n");
        assertThatThrownBy(file::readNumber)
            .isInstanceOf(IOException.class)
            .hasMessageContaining(file + ": '" + text + "' is not a number");
      }
      file("  \n");
      assertThatThrownBy(file::readNumber).hasMessageContaining("missing");
    }
  }

  @Test
  void lines_areReadWordByWord() throws IOException {
    try (SysFile file = SysFile.open(file("MemTotal:  24 kB\n\n  a\tb \nend"))) {
      file.read();
      assertThat(file.nextLine()).isTrue();
      assertThat(file.nextWord()).isTrue();
      assertThat(file.wordIs("MemTotal:")).isTrue();
      assertThat(file.wordIs("MemTotal")).isFalse();
      assertThat(file.nextNumber()).isEqualTo(24);
      assertThat(file.line()).isEqualTo("MemTotal:  24 kB");
      assertThat(file.skipWords(1)).isTrue();
      assertThat(file.word()).isEqualTo("kB");
      assertThat(file.nextWord()).isFalse();
      assertThat(file.nextLine()).isTrue();
      assertThat(file.nextWord()).isFalse();
      assertThat(file.nextLine()).isTrue();
      assertThat(file.skipWords(2)).isTrue();
      assertThat(file.wordIs("b")).isTrue();
      assertThat(file.skipWords(1)).isFalse();
      assertThatThrownBy(file::nextNumber).hasMessageContaining("missing in 'a\tb'");
      assertThat(file.nextLine()).isTrue();
      assertThat(file.nextWord() && file.wordIs("end")).isTrue();
      assertThat(file.nextLine()).isFalse();
    }
  }

  @Test
  void aLongFile_isReadWhole() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      lines.add("line " + i);
    }
    try (SysFile file = SysFile.open(file(String.join("\n", lines)))) {
      for (int round = 0; round < 2; round++) {
        file.read();
        for (int i = 0; i < 10_000; i++) {
          assertThat(file.nextLine() && file.skipWords(1)).isTrue();
          assertThat(file.nextNumber()).isEqualTo(i);
        }
        assertThat(file.nextLine()).isFalse();
      }
    }
  }

  @Test
  void whatTheKernelTakesAway_isAnErrorAtTheNextReading() throws Exception {
    assumeThat(Path.of("/proc/self/stat")).as("a Linux with /proc").exists();
    // of a process that has ended, reading fails although the file is still open
    Process process = new ProcessBuilder("sleep", "60").start();
    try (SysFile file = SysFile.open(Path.of("/proc", Long.toString(process.pid()), "stat"))) {
      assertThat(file.readNumber()).isEqualTo(process.pid());
      process.destroyForcibly().waitFor();
      assertThatThrownBy(file::readNumber).isInstanceOf(IOException.class);
    }
  }
}
