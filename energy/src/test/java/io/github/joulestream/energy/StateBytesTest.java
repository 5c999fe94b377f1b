// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written is what Java's own streams write. */
class StateBytesTest {
  private static final long SEED = Long.getLong("laws.seed", 31);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 1_000);
  private static final String[] PIECES = {
    "a", "node-", "\u007f", "\0", "\u0080", "é", "\u07ff", "\u0800", "節点", "\ud83d\ude00", "\ud800"
  };

  @Test
  void law_theBytesAreThoseOfADataOutputStream_alsoWhenItIsUsedAgain() throws IOException {
    System.out.println("StateBytesTest seed " + SEED);
    StateBytes ours = new StateBytes(0);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream theirs = new DataOutputStream(bytes);
      ours.clear();
      for (int left = random.nextInt(60); left > 0; left--) {
        long seed = random.nextLong();
        write(new Random(seed), ours);
        write(new Random(seed), theirs);
      }
      assertThat(ours.toByteArray()).as("round %d", round).isEqualTo(bytes.toByteArray());
      assertThat(ours.size()).isEqualTo(bytes.size());
      assertThat(Arrays.copyOf(ours.array(), ours.size())).isEqualTo(bytes.toByteArray());
    }
  }

  private static void write(Random random, DataOutput out) throws IOException {
    switch (random.nextInt(13)) {
      case 0 -> out.write(random.nextInt());
      case 1 -> out.writeByte(random.nextInt());
      case 2 -> out.writeBoolean(random.nextBoolean());
      case 3 -> out.writeShort(random.nextInt());
      case 4 -> out.writeChar(random.nextInt());
      case 5 -> out.writeInt(random.nextInt());
      case 6 -> out.writeLong(random.nextLong());
      case 7 -> out.writeFloat(random.nextFloat());
      case 8 -> out.writeDouble(random.nextDouble());
      case 9 -> out.writeBytes(text(random));
      case 10 -> out.writeChars(text(random));
      case 11 -> out.writeUTF(text(random));
      default -> {
        byte[] any = new byte[random.nextInt(2_000)];
        random.nextBytes(any);
        int from = random.nextInt(any.length + 1);
        out.write(any);
        out.write(any, from, random.nextInt(any.length - from + 1));
      }
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextBoolean() ? 3 : PIECES.length;
    for (int left = random.nextInt(40); left > 0; left--) {
      text.append(PIECES[random.nextInt(pieces)]);
    }
    return text.toString();
  }

  @Test
  void numbersAreInSevenBitsAByte_theLeastFirst() {
    Random random = new Random(SEED);
    StateBytes out = new StateBytes(0);
    for (int i = 0; i < 10_000; i++) {
      long number = random.nextLong() >> random.nextInt(Long.SIZE);
      out.clear();
      out.number(number);
      out.signed(number);
      BigInteger unsigned = BigInteger.valueOf(number);
      BigInteger zigzag = BigInteger.TWO.multiply(number < 0 ? unsigned.not() : unsigned);
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      sevenBits(number < 0 ? unsigned.add(BigInteger.TWO.pow(Long.SIZE)) : unsigned, expected);
      sevenBits(number < 0 ? zigzag.add(BigInteger.ONE) : zigzag, expected);
      assertThat(out.toByteArray()).as("%d", number).isEqualTo(expected.toByteArray());
    }
  }

  private static void sevenBits(BigInteger number, ByteArrayOutputStream to) {
    BigInteger left = number;
    while (left.bitLength() > 7) {
      to.write((left.intValue() & 0x7f) | 0x80);
      left = left.shiftRight(7);
    }
    to.write(left.intValue());
  }

  @Test
  void aTextThatIsTooLongForTwoBytesOfLength_isRefused_andNothingOfItWritten() throws IOException {
    StateBytes out = new StateBytes();
    for (String tooLong : new String[] {"x".repeat(65_536), "\0".repeat(32_768)}) {
      assertThatThrownBy(() -> out.writeUTF(tooLong))
          .isInstanceOf(UTFDataFormatException.class)
          .hasMessage("a text of 65,536 bytes; 65,535 at most");
      assertThat(out.size()).isZero();
    }
    out.writeUTF("x".repeat(65_535));
    assertThat(out.size()).isEqualTo(2 + 65_535);
  }

  @Test
  void anArrayThatALargeValueHasGrown_isGivenBack_andOthersAreKept() {
    StateBytes out = new StateBytes();
    out.write(new byte[100_000]);
    byte[] kept = out.array();
    out.clear();
    assertThat(out.size()).isZero();
    assertThat(out.array()).isSameAs(kept);
    out.write(new byte[3 << 20]);
    out.clear();
    assertThat(out.array()).hasSizeLessThan(10_000);
  }

  @Test
  void bytesThatAreNotThere_areRefused() {
    StateBytes out = new StateBytes();
    assertThatThrownBy(() -> out.write(new byte[3], 1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> out.write(new byte[3], 1, -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(out.size()).isZero();
  }
}
