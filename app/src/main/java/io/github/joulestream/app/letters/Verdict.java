// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

/** Whether a dead letter can be written to its topic again. */
public sealed interface Verdict {
  /** The letter. */
  DeadLetter letter();

  /** It can. */
  record Replayable(DeadLetter letter) implements Verdict {}

  /** It was written already, or another letter about the same record is. */
  record Done(DeadLetter letter) implements Verdict {}

  /**
   * It cannot.
   *
   * @param why in words
   */
  record Unfit(DeadLetter letter, String why) implements Verdict {}
}
