// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

/**
 * When alerts of a budget fire and resolve.
 *
 * @param holdMillis how long a threshold must be passed before an alert fires; 0: at once
 * @param resolveAfterMillis how long the value must be below before the alert resolves
 * @param cooldownMillis how long after that no alert fires
 * @param forecastMillis how far ahead passing the limit is forecast; 0: not at all. Of energy, any
 *     other value means to the period's end
 */
public record AlertTiming(
    long holdMillis, long resolveAfterMillis, long cooldownMillis, long forecastMillis) {
  public static final AlertTiming DEFAULT = new AlertTiming(0, 300_000, 60_000, 600_000);

  private static final long MAX_MILLIS = 7 * 86_400_000L;
  private static final long MIN_MILLIS = 10_000;

  /**
   * Timing of a budget's alerts.
   *
   * @throws IllegalArgumentException with one line for a person that names what is wrong with it
   */
  public AlertTiming {
    check("hold", holdMillis);
    check("resolve-after", resolveAfterMillis);
    check("cooldown", cooldownMillis);
    check("forecast", forecastMillis);
    if (resolveAfterMillis + cooldownMillis < MIN_MILLIS) {
      throw new IllegalArgumentException(
          "resolve-after and cooldown are %d ms together, and must be at least %d: that bounds the number of alerts"
              .formatted(resolveAfterMillis + cooldownMillis, MIN_MILLIS));
    }
  }

  private static void check(String what, long millis) {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException(
          "%s is %d ms, and must be 0 to seven days".formatted(what, millis));
    }
  }
}
