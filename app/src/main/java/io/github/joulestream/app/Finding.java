// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.ShownText;

/**
 * What {@code doctor} found of one thing.
 *
 * @param what one word
 * @param text what is the matter, and what to do
 */
record Finding(Level level, String what, String text) {
  /** How it is. */
  enum Level {
    OK("ok"),
    /** Somebody should look at it; nothing is lost yet. */
    WARN("warn"),
    /** It does not work. */
    FAIL("FAIL");

    final String word;

    Level(String word) {
      this.word = word;
    }
  }

  static Finding ok(String what, String text) {
    return new Finding(Level.OK, what, text);
  }

  static Finding warn(String what, String text) {
    return new Finding(Level.WARN, what, text);
  }

  static Finding fail(String what, String text) {
    return new Finding(Level.FAIL, what, text);
  }

  /** For people. */
  String line() {
    return "%-4s %-13s %s".formatted(level.word, what, ShownText.of(text));
  }
}
