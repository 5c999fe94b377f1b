// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Where a site's watch writes down what it must know again after a crash, and what it says. */
interface AlertStateStore {
  /** Sorts of what is written down, in the order in which it must be read again. */
  enum Part {
    CLOCK('a'),
    LABELS('b'),
    JOB('c'),
    POWER('d'),
    FLOOR('e'),
    BUDGET('f'),
    ENERGY('g'),
    WINDOW('h'),
    ALARM('i');

    private static final Part[] BY_CODE = {
      CLOCK, LABELS, JOB, POWER, FLOOR, BUDGET, ENERGY, WINDOW, ALARM
    };

    /** First character of the names in the store; never changes. It sorts by the order above. */
    final char code;

    Part(char code) {
      this.code = code;
    }

    /** The one with this code. */
    static Part of(char code) {
      return BY_CODE[code - 'a'];
    }
  }

  /** Puts something in a task's store; of one part a name is kept once. */
  void put(Part part, String name, byte[] value);

  void delete(Part part, String name);

  void tell(Alert alert);

  void advise(CapAdvice advice);

  /** Writes fields. */
  interface Fields {
    void write(DataOutputStream out) throws IOException;
  }

  /** The bytes of fields. */
  static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      fields.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
