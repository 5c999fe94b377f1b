// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.attribute.SampleAccount.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever an account holds can be written and read; whatever is damaged is found. */
class StateTest {
  private static final long SEED = Long.getLong("laws.seed", 31);

  @Test
  void anAccountOfTheFormatBefore_isReadAsItWas() throws IOException {
    byte[] before;
    try (InputStream in = getClass().getResourceAsStream("/accounts/format-6.bin")) {
      before = in.readAllBytes();
    }
    assertThat(before[0]).isEqualTo((byte) 6);
    byte[] today = SampleAccount.written(SampleAccount.made());
    // what batches held is not known of a release that did not write it
    assertThat(withoutBatches(SampleAccount.written(read(before))))
        .isEqualTo(withoutBatches(today));
    assertThat(Arrays.equals(SampleAccount.written(read(today)), today)).isTrue();
  }

  /** It said not when the last record came: what is known of times says when it is forgotten. */
  @Test
  void anAccountOfTheFormatBefore_isForgottenFiveWeeksAfterWhatItHeardLast() throws IOException {
    long heard = SampleAccount.START;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(6);
    out.writeInt(0); // batches: none so far
    out.writeLong(Long.MIN_VALUE);
    out.writeLong(0);
    out.writeInt(2);
    for (boolean hold : List.of(true, false)) {
      out.writeUTF("a");
      out.writeBoolean(hold);
      out.writeLong(hold ? heard - 60_000 : heard - 1_000);
      out.writeShort(0);
      for (int shares = 0; shares < 4; shares++) {
        out.writeShort(hold ? 10_000 : 0);
      }
      out.writeInt(0);
      out.writeUTF("HOOK");
      out.writeLong(hold ? heard - 60_000 : heard);
    }
    out.writeInt(0); // devices
    out.writeByte(0); // containers
    out.writeInt(0); // devices without energy
    NodeAccount account = read(bytes.toByteArray());
    assertThat(account.isForgettable(heard + DeviceRoom.FORGET_MILLIS)).isFalse();
    assertThat(account.isForgettable(heard + DeviceRoom.FORGET_MILLIS + 1)).isTrue();
  }

  /** More devices than a short counts, and names longer than the old form of texts had room for. */
  @Test
  void allocationsOfAnySize_areWrittenAndRead() throws IOException {
    Map<String, Integer> parts = new HashMap<>();
    for (int i = 0; i < 40_000; i++) {
      parts.put("gpu" + i, i % 10_001);
    }
    AllocationEdge many =
        new AllocationEdge(
            "a", true, 5_000, parts, -1, -1, -1, -1, 8, AllocationEdge.By.HOOK, 6_000);
    AllocationEdge named =
        new AllocationEdge(
            "j\u4e2d".repeat(40_000),
            true,
            5_000,
            Map.of("x".repeat(70_000), 10_000),
            0,
            0,
            0,
            0,
            0,
            AllocationEdge.By.AGENT,
            6_000);
    for (AllocationEdge edge : List.of(many, named)) {
      StateWriter out = new StateWriter();
      AllocationEdgeCodec.write(edge, out);
      assertThat(AllocationEdgeCodec.read(reader(out))).isEqualTo(edge);
    }
  }

  @Test
  void texts_areReadAsTheyAre() throws IOException {
    System.out.println("StateTest seed " + SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < 2_000; i++) {
      int length = random.nextInt(i % 100 == 0 ? 100_000 : 40);
      // characters of one and two bytes, and halves of a pair
      int most = List.of(0x7f, 0xff, 0x7ff, 0xffff).get(random.nextInt(4));
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < length; c++) {
        text.append((char) random.nextInt(most + 1));
      }
      StateWriter out = new StateWriter();
      out.text(text.toString());
      out.number(random.nextLong());
      StateReader in = reader(out);
      assertThat(in.text()).isEqualTo(text.toString());
      in.number();
      in.end();
    }
  }

  @Test
  void aDeviceOfTheLongestNames_isWrittenAndRead() throws IOException {
    String id = "\u4e2d".repeat(250);
    Device device =
        Device.sensor(id, DeviceKind.GPU).withModel("\u4e2d".repeat(1_000), 1).withCounter(9, 77);
    NodeAccount account = new NodeAccount(Limits.DEFAULT);
    account.accept(
        1,
        1,
        new Arrival(
            SampleAccount.START,
            List.of(
                new DeviceSeries(
                    device,
                    Readings.ofPower(new long[] {SampleAccount.START}, new long[] {5_000})))),
        (from, to) -> List.of(),
        new Increments());
    byte[] bytes = SampleAccount.written(account);
    assertThat(SampleAccount.written(read(bytes))).isEqualTo(bytes);
  }

  @Test
  void whatALaterReleaseWrote_isRefusedWithAReason() throws IOException {
    byte[] bytes = SampleAccount.written(SampleAccount.made());
    bytes[1]++;
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(
            UnknownStateFormatException.class,
            refused -> {
              assertThat(refused.isOfLaterRelease()).isTrue();
              assertThat(refused.kind()).isEqualTo("a node's account");
              assertThat(refused.foundVersion()).isEqualTo(10);
              assertThat(refused.knownVersion()).isEqualTo(9);
            });
    bytes[0] = 1;
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(UnknownStateFormatException.class)
        .hasMessageContaining("format 1; this release reads formats 3 to 9");
    // 8 is the first version that has a magic byte before it
    for (int first : new int[] {8, 'M', 255}) {
      bytes[0] = (byte) first;
      assertThatThrownBy(() -> read(bytes))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(UnknownStateFormatException.class)
          .hasMessage("a node's account does not begin with byte " + first);
    }
  }

  /** Without a magic byte before it, and without anchors; which follow from times of arrival. */
  @Test
  void anAccountWithoutAMagicByte_isRead() throws IOException {
    byte[] today = SampleAccount.written(SampleAccount.made());
    byte[] before;
    try (InputStream in = getClass().getResourceAsStream("/accounts/format-8.bin")) {
      before = in.readAllBytes();
    }
    assertThat(SampleAccount.written(read(before))).isEqualTo(today);
    before = Arrays.copyOfRange(before, 1, before.length);
    before[0] = 7;
    assertThat(SampleAccount.written(read(before))).isEqualTo(today);
  }

  @Test
  void damage_isFound() throws IOException {
    byte[] bytes = SampleAccount.written(SampleAccount.made());
    for (int at = 1; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      assertThatThrownBy(() -> read(damaged)).as("byte " + at).isInstanceOf(IOException.class);
      byte[] cut = Arrays.copyOf(bytes, at);
      assertThatThrownBy(() -> read(cut)).as("cut at " + at).isInstanceOf(IOException.class);
    }
  }

  /** Even what has the right checksum, and what an older release wrote without one. */
  @Test
  void anyBytes_areReadOrRefused() throws IOException {
    Random random = new Random(SEED);
    byte[] before;
    try (InputStream in = getClass().getResourceAsStream("/accounts/format-6.bin")) {
      before = in.readAllBytes();
    }
    byte[] today = SampleAccount.written(SampleAccount.made());
    byte[] body = Arrays.copyOfRange(today, 6, today.length - 4);
    for (int i = 0; i < 3_000; i++) {
      byte[] damaged = (i % 2 == 0 ? before : body).clone();
      for (int bits = 1 + random.nextInt(4); bits > 0; bits--) {
        damaged[(i % 2 == 0 ? 1 : 0) + random.nextInt(damaged.length - 1)] =
            (byte) random.nextInt();
      }
      byte[] state = damaged;
      if (i % 2 != 0) {
        StateWriter out = new StateWriter();
        out.write(damaged);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NodeFormats.CURRENT.write(new DataOutputStream(bytes));
        out.to(new DataOutputStream(bytes));
        state = bytes.toByteArray();
      }
      byte[] given = state;
      assertThatCode(
              () -> {
                try {
                  SampleAccount.written(read(given));
                } catch (IOException e) {
                  // refused as declared
                  assertThat(e).hasMessageNotContaining("null");
                }
              })
          .as("input " + i)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aSectionThatIsReadOtherwiseThanWritten_isFound() throws IOException {
    StateWriter out = new StateWriter();
    int began = out.begin();
    out.writeLong(1);
    out.writeLong(2);
    out.end(began);
    StateReader in = reader(out);
    int end = in.begin();
    in.readLong();
    assertThatThrownBy(() -> in.end(end, "numbers"))
        .isInstanceOf(IOException.class)
        .hasMessage("the section of numbers ends at byte 20 and was read up to 12");
  }

  /** All sections but the first, and without the checksum. */
  private static String withoutBatches(byte[] state) {
    int length = ByteBuffer.wrap(state).getInt(6);
    return HexFormat.of().formatHex(state, 10 + length, state.length - 4);
  }

  private static NodeAccount read(byte[] bytes) throws IOException {
    return NodeAccount.read(
        new DataInputStream(new ByteArrayInputStream(bytes)), Limits.DEFAULT, Calibration.NONE);
  }
}
