// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

import java.util.regex.Pattern;

/**
 * What to do about a refused record, by its reason: the rows of docs/dead-letter.md, in their
 * order. The first that applies is meant.
 */
public enum RefusalAdvice {
  FORGED(
      "forged|signature",
      "somebody else wrote it, or its key is not the one that is known here: see SECURITY.md. Once"
          + " the key is right: dead-letter replay"),
  NO_SINGLE_OBJECT(
      "not an Avro single object",
      "another program writes to the topic: find it by the key and Kafka's ACLs"),
  UNKNOWN_SCHEMA(
      "written with a schema .* that is not known here",
      "a newer release wrote it: joulestream topics create of that release, then dead-letter"
          + " replay"),
  SET_ASIDE(
      "its node is set aside",
      "joulestream node list --set-aside says why; joulestream node restore, then dead-letter"
          + " replay"),
  TOO_MANY(
      "a new (node|site), and this task has the maximum",
      "more partitions, or fewer names: docs/records.md; then dead-letter replay"),
  BOUND(
      "not a readable|not readable|a (key|value) of [0-9,]+|longer than|at most",
      "it breaks a bound or is damaged, as the reason says: correct its sender; written again it is"
          + " refused again"),
  KEY(
      "the key|a key|without a key|no key",
      "its key does not say what its value says: correct its sender; written again it is refused"
          + " again"),
  EMPTY("empty record", "nothing, if it was intended"),
  TARGET(
      "refuses it",
      "correct what the store or the target names; its result is written again by a later one, or"
          + " docs/store.md"),
  DEFECT(
      "Exception|Error|the program failed at it",
      "a defect: please report it, with this text; after the upgrade: dead-letter replay"),
  OTHER("", "the reason says what is wrong; if it no longer applies: dead-letter replay");

  private final Pattern reason;
  private final String advice;

  RefusalAdvice(String reason, String advice) {
    this.reason = Pattern.compile(reason);
    this.advice = advice;
  }

  /** The row for this reason. */
  public static RefusalAdvice of(String reason) {
    for (RefusalAdvice one : values()) {
      if (one.reason.matcher(reason).find()) {
        return one;
      }
    }
    return OTHER;
  }

  /** What to do, in words. */
  public String words() {
    return advice;
  }
}
