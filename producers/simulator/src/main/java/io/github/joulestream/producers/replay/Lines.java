// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.SmallFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lines of files that may hold anything: bytes that are not UTF-8 become a replacement. */
final class Lines {
  private Lines() {}

  static List<String> of(Path file) throws IOException {
    try (BufferedReader reader = open(file)) {
      return reader.readAllLines();
    }
  }

  /** A reader that, unlike that of {@code Files}, does not throw at a byte that is not UTF-8. */
  static BufferedReader open(Path file) throws IOException {
    return new BufferedReader(new InputStreamReader(SmallFile.namedStream(file), UTF_8));
  }

  /** True if the file's last line is without an end: whoever wrote it may have been cut off. */
  static boolean cutOff(Path file) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      if (channel.size() == 0) {
        return false;
      }
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(channel.size() - 1);
      channel.read(last);
      return last.get(0) != '\n';
    }
  }
}
