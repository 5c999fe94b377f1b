// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/**
 * State of a program.
 *
 * @param ok true while the program is alive: a restart would not help. {@code /health} answers 200,
 *     else 503
 * @param ready true while the program does all its work; false also while it starts or restores
 *     state. {@code /ready} answers 200, else 503
 * @param words one line on the state, or {@code ok}
 */
public record Health(boolean ok, boolean ready, String words) {
  public static final Health GOOD = new Health(true, true, "ok");

  public Health {
    if (ready && !ok) {
      throw new IllegalArgumentException("ready and not alive: " + words);
    }
  }

  /** It does its work, with a remark. */
  public static Health good(String words) {
    return new Health(true, true, "ok; " + words);
  }

  /** It starts or restores state: alive, and not ready. */
  public static Health starting(String words) {
    return new Health(true, false, words);
  }

  /** It does not do all its work until somebody acts, and a restart would not help. */
  public static Health needsSomebody(String words) {
    return new Health(true, false, words);
  }

  /** It does not do its work, and a restart may help. */
  public static Health bad(String words) {
    return new Health(false, false, words);
  }

  /** The same state, with a remark that does not change it. */
  public Health remark(String remark) {
    return new Health(ok, ready, words + "; " + remark);
  }
}
