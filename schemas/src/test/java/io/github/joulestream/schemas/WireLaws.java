// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.SerializationException;

/** What holds for every value on the wire. */
final class WireLaws {
  private WireLaws() {}

  /**
   * What decodes can be written again, and is the same when it is read back.
   *
   * @throws SerializationException if it does not decode
   */
  static <T> void comesBack(AvroSerde<T> serde, byte[] bytes) {
    T value = serde.deserializer().deserialize("topic", bytes);
    byte[] again;
    try {
      again = serde.serializer().serialize("topic", value);
    } catch (RuntimeException e) {
      throw new AssertionError("it decodes, and cannot be written: " + value, e);
    }
    T back;
    try {
      back = serde.deserializer().deserialize("topic", again);
    } catch (RuntimeException e) {
      throw new AssertionError("it decodes, and cannot be read when written: " + value, e);
    }
    if (!value.equals(back)) {
      assertThat(back).as("written and read again").isEqualTo(value);
    }
  }
}
