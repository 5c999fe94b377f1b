// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import java.io.IOException;

/** Bytes of a store that no release wrote: each try to read them fails in the same way. */
public final class DamagedStateException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Of a value whose beginning is none of a format's.
   *
   * @param what the value, with its store
   * @param cause what it does not have
   */
  public DamagedStateException(String what, IOException cause) {
    super("%s is damaged: %s".formatted(what, cause.getMessage()), cause);
  }
}
