// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the name that someone probably meant. */
public final class Spelling {
  private Spelling() {}

  /**
   * The known name with the fewest edits from {@code name}; null if even that one needs more than a
   * third of the name's characters.
   */
  public static @Nullable String nearest(String name, Collection<String> known) {
    String nearest = null;
    int fewest = Math.max(1, name.length() / 3) + 1;
    for (String candidate : known) {
      int edits = edits(name, candidate);
      if (edits < fewest) {
        fewest = edits;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** Characters to insert, delete or replace to get from one to the other (Levenshtein). */
  public static int edits(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
