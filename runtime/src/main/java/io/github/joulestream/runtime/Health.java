// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/**
 * State of a program.
 *
 * @param ok false if a restart may help
 * @param words one line on what is the matter, or {@code ok}
 */
public record Health(boolean ok, String words) {
  public static final Health GOOD = new Health(true, "ok");

  /** It does its work, with a remark. */
  public static Health good(String words) {
    return new Health(true, "ok; " + words);
  }

  public static Health bad(String words) {
    return new Health(false, words);
  }
}
