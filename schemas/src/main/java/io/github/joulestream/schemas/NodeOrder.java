// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a person orders about a node that is set aside. The order is a record of the topic {@code
 * allocations} whose value is its name in lower case, in ASCII; no allocation begins so.
 */
public enum NodeOrder {
  /** Read its state again, and continue with it. */
  RESTORE,
  /** Begin a new account; energy booked so far stays. */
  RESET;

  /** The value of a record. */
  public byte[] bytes() {
    return name().toLowerCase(Locale.ROOT).getBytes(US_ASCII);
  }

  /** The order that is the value of a record; null if it is none. */
  public static @Nullable NodeOrder find(byte[] value) {
    for (NodeOrder order : values()) {
      if (Arrays.equals(order.bytes(), value)) {
        return order;
      }
    }
    return null;
  }
}
