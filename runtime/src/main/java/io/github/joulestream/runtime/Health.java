// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

/**
 * How a program is.
 *
 * @param ok false if starting it anew may help
 * @param words one line on what is the matter, or {@code ok}
 */
public record Health(boolean ok, String words) {
  public static final Health GOOD = new Health(true, "ok");

  /** It does its work, and something is to be said of it. */
  public static Health good(String words) {
    return new Health(true, "ok; " + words);
  }

  public static Health bad(String words) {
    return new Health(false, words);
  }
}
