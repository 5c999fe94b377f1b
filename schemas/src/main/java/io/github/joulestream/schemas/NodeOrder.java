// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a person orders about a node that is set aside; the value of a record of the topic {@code
 * node-commands} is its name in lower case, in ASCII.
 */
public enum NodeOrder {
  /** Read its state again, and continue with it. */
  RESTORE,
  /** Begin a new account; what was booked stays booked. */
  RESET;

  /** The value of a record. */
  public byte[] bytes() {
    return name().toLowerCase(Locale.ROOT).getBytes(US_ASCII);
  }

  /**
   * Reads the value of a record.
   *
   * @throws IllegalArgumentException if it is no order
   */
  public static NodeOrder of(byte[] value) {
    for (NodeOrder order : values()) {
      if (Arrays.equals(order.bytes(), value)) {
        return order;
      }
    }
    throw new IllegalArgumentException(
        "not an order about a node: %d bytes; restore and reset are".formatted(value.length));
  }
}
