// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

/** An answer of a store has more rows than who asked wants to have. */
public final class TooManyRows extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int most;

  public TooManyRows(int most) {
    super("more than %,d rows".formatted(most));
    this.most = most;
  }

  /** How many it may have. */
  public int most() {
    return most;
  }
}
