// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** What is written is what Avro's own encoder writes. */
class WireWriterTest {
  private static final String[] PIECES = {
    "a", "node-", "7", "\u007f", "é", "€", "節点", "😀", "\ud800"
  };

  @Test
  void writesTheSameBytesAsAvro() throws IOException {
    Random random = new Random(20261126);
    WireWriter ours = new WireWriter();
    for (int round = 0; round < 2_000; round++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder theirs = EncoderFactory.get().directBinaryEncoder(bytes, null);
      ours.reset();
      for (int left = random.nextInt(60); left > 0; left--) {
        write(random, ours, theirs);
      }
      theirs.flush();
      assertThat(ours.written()).isEqualTo(bytes.toByteArray());
    }
  }

  private static void write(Random random, WireWriter ours, BinaryEncoder theirs)
      throws IOException {
    switch (random.nextInt(6)) {
      case 0 -> {
        long value = random.nextLong() >> random.nextInt(64);
        ours.writeLong(value);
        theirs.writeLong(value);
      }
      case 1 -> {
        int value = random.nextInt() >> random.nextInt(32);
        ours.writeInt(value);
        theirs.writeInt(value);
      }
      case 2 -> {
        double value = Double.longBitsToDouble(random.nextLong());
        ours.writeDouble(value);
        theirs.writeDouble(value);
      }
      case 3 -> {
        int branch = random.nextInt(3);
        ours.writeIndex(branch);
        theirs.writeIndex(branch);
      }
      case 4 -> {
        int count = random.nextInt(300);
        ours.writeBlock(count);
        theirs.writeArrayStart();
        theirs.setItemCount(count);
        for (int i = 0; i < count; i++) {
          ours.writeLong(i);
          theirs.startItem();
          theirs.writeLong(i);
        }
        ours.writeEnd();
        theirs.writeArrayEnd();
      }
      default -> {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(random.nextInt(100) == 0 ? 2_000 : 40); left > 0; left--) {
          text.append(PIECES[random.nextInt(random.nextBoolean() ? 3 : PIECES.length)]);
        }
        ours.writeString(text.toString());
        theirs.writeString(text.toString());
      }
    }
  }
}
