// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import org.jspecify.annotations.Nullable;

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

  /** One issue of an interval of a series of a site's supply; times are Unix epoch, ms. */
  public static String grid(String site, String series, long from, long issued) {
    return site + "/" + series + "/" + from + "/" + issued;
  }

  /**
   * Refuses a record whose key is not that of its value: it would be in another partition than the
   * other records of its node or job, and whoever may write for one site could write for another.
   *
   * @param ofValue the key that the value has
   * @throws IllegalArgumentException if the keys differ
   */
  public static void requireSame(String ofValue, @Nullable String key) {
    if (!ofValue.equals(key)) {
      throw new IllegalArgumentException(
          "a record of %s has %s"
              .formatted(
                  Bounds.shown(ofValue), key == null ? "no key" : "the key " + Bounds.shown(key)));
    }
  }

  /** The site of any key. */
  public static String site(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }

  /**
   * Refuses a name that cannot be in a key.
   *
   * @throws IllegalArgumentException if it is empty or longer than {@link Bounds#NAME_CHARACTERS},
   *     holds a character that cannot be shown, or is a site, node or budget with a slash
   */
  public static void check(String name, String what) {
    Bounds.name(name, what);
    if (name.indexOf('/') >= 0 && !what.equals("job")) {
      throw new IllegalArgumentException(what + " holds a slash: " + Bounds.shown(name));
    }
  }
}
