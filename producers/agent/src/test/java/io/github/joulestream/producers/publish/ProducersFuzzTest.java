// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.producers.input.Fuzz;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments of the spool, over bytes that were changed and then given the right checksums. */
class ProducersFuzzTest {
  @TempDir Path folder;

  private static byte[] segment() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("JSP1".getBytes(UTF_8));
    for (int i = 0; i < 3; i++) {
      out.writeBytes(
          Segment.encode(new Message("telemetry", "lab/n1", ("message " + i).getBytes(UTF_8))));
    }
    return out.toByteArray();
  }

  /** Every frame whose length is in the file gets the checksum that is right for it. */
  private static byte[] withChecksums(byte[] bytes) {
    byte[] right = bytes.clone();
    ByteBuffer in = ByteBuffer.wrap(right);
    int at = 4;
    while (right.length - at >= 8) {
      int length = in.getInt(at);
      if (length < 0 || length > right.length - at - 8) {
        break;
      }
      CRC32C crc = new CRC32C();
      crc.update(right, at, 4);
      crc.update(right, at + 8, length);
      in.putInt(at + 4, (int) crc.getValue());
      at += 8 + length;
    }
    return right;
  }

  @Test
  void segments() {
    Path file = folder.resolve("0000000000000000000.spool");
    Fuzz.runSlow(
        "Segment",
        List.of(segment()),
        100,
        Set.of(),
        input -> {
          Files.write(file, withChecksums(input));
          try (Spool spool = Spool.open(folder, 1 << 20, 1_000)) {
            spool.append(new Message("telemetry", "lab/n1", new byte[] {7}));
            assertThat(spool.trouble()).isEmpty();
            byte[] last = new byte[0];
            while (spool.waiting() > 0) {
              List<Spool.Entry> some = spool.oldest(Integer.MAX_VALUE, Integer.MAX_VALUE);
              last = some.getLast().message().value();
              spool.acknowledge(some.getLast().number() + 1);
            }
            assertThat(last).isEqualTo(new byte[] {7});
          }
          try (Stream<Path> left = Files.list(folder)) {
            for (Path one : left.toList()) {
              Files.delete(one);
            }
          }
        });
  }
}
