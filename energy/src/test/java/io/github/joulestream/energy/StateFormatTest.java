// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class StateFormatTest {
  private static final StateFormat FORMAT = new StateFormat("a thing's state", 'T', 3, 200);

  private static DataInputStream bytes(int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return new DataInputStream(new ByteArrayInputStream(all));
  }

  @Test
  void whatIsWrittenIsTwoBytesAndIsRead() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FORMAT.write(new DataOutputStream(out));
    assertThat(out.toByteArray()).containsExactly('T', (byte) 200);
    assertThat(FORMAT.read(new DataInputStream(new ByteArrayInputStream(out.toByteArray()))))
        .isEqualTo(200);

    byte[] within = new byte[5];
    FORMAT.write(within, 2);
    assertThat(within).containsExactly(0, 0, 'T', (byte) 200, 0);
    assertThat(FORMAT.read(within, 2)).isEqualTo(200);
  }

  @Test
  void versionsBetweenTheOldestAndTheNewestAreRead() throws IOException {
    assertThat(FORMAT.read(bytes('T', 3))).isEqualTo(3);
    assertThat(FORMAT.read(bytes('T', 199))).isEqualTo(199);
  }

  @Test
  void aLaterVersionIsReportedWithKindFoundAndKnownVersion() {
    UnknownStateFormatException refused =
        catchThrowableOfType(UnknownStateFormatException.class, () -> FORMAT.read(bytes('T', 201)));
    assertThat(refused)
        .hasMessage(
            "a thing's state of format 201: a later release wrote it; this one reads formats 3 to 200");
    assertThat(refused.kind()).isEqualTo("a thing's state");
    assertThat(refused.foundVersion()).isEqualTo(201);
    assertThat(refused.knownVersion()).isEqualTo(200);
    assertThat(refused.isOfLaterRelease()).isTrue();
  }

  @Test
  void aVersionThatIsTooOldIsNotOfALaterRelease() {
    UnknownStateFormatException refused =
        catchThrowableOfType(
            UnknownStateFormatException.class, () -> FORMAT.read(new byte[] {'T', 2}, 0));
    assertThat(refused)
        .hasMessage("a thing's state of format 2; this release reads formats 3 to 200");
    assertThat(refused.isOfLaterRelease()).isFalse();
  }

  @Test
  void stateOfAnotherKindIsRefused() {
    assertThatThrownBy(() -> FORMAT.read(bytes('U', 3)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(UnknownStateFormatException.class)
        .hasMessage("a thing's state begins with byte 84; this begins with byte 85");
    assertThatThrownBy(() -> FORMAT.read(new byte[] {'U', 3}, 0)).isInstanceOf(IOException.class);
  }

  @Test
  void stateThatEndsWithinItsHeaderIsRefused() {
    assertThatThrownBy(() -> FORMAT.read(bytes('T'))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> FORMAT.read(new byte[] {'T'}, 0)).isInstanceOf(IOException.class);
  }

  @Test
  void aFormatThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new StateFormat("x", 256, 1)).hasMessage("magic byte 256 of x");
    assertThatThrownBy(() -> new StateFormat("x", -1, 1)).hasMessage("magic byte -1 of x");
    assertThatThrownBy(() -> new StateFormat("x", 1, 256)).hasMessage("formats 256 to 256 of x");
    assertThatThrownBy(() -> new StateFormat("x", 1, 0)).hasMessage("formats 0 to 0 of x");
    assertThatThrownBy(() -> new StateFormat("x", 1, 5, 4)).hasMessage("formats 5 to 4 of x");
  }
}
