// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * Record keys: {@code site/node}, {@code site/job}, {@code site/budget}. A site's name holds no
 * slash.
 */
public final class Keys {
  private Keys() {}

  public static String node(String site, String node) {
    return site + "/" + node;
  }

  public static String job(String site, String job) {
    return site + "/" + job;
  }

  public static String budget(String site, String budget) {
    return site + "/" + budget;
  }

  /** The site of any key. */
  public static String site(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }

  /**
   * Refuses a name that cannot be a part of a key.
   *
   * @throws IllegalArgumentException if it is empty, too long, holds a control character, or is a
   *     site or node with a slash
   */
  public static void check(String name, String what) {
    if (name.isEmpty() || name.length() > 250) {
      throw new IllegalArgumentException(what + " must have 1 to 250 characters: '" + name + "'");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c == 0x7f || (c == '/' && !what.equals("job"))) {
        throw new IllegalArgumentException(what + " holds a character it may not: '" + name + "'");
      }
    }
  }
}
