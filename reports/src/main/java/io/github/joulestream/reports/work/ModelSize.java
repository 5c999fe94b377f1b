// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of parameters as people write them. */
public final class ModelSize {
  // 46.7B, 340M, 1.2 T, 7e9, 46_700_000_000
  private static final Pattern NUMBER =
      Pattern.compile("([0-9][0-9_]{0,20}(?:\\.[0-9]{1,12})?(?:[eE]\\+?[0-9]{1,2})?) ?([KMBGT]?)");
  // 1e15 parameters are more than any model has; a larger number is a mistake
  private static final BigDecimal MOST_BILLIONS = BigDecimal.valueOf(1_000_000);
  private static final Map<String, Integer> EXPONENTS =
      Map.of("", 0, "K", 3, "M", 6, "B", 9, "G", 9, "T", 12);
  private static final int BILLION = 9;

  private ModelSize() {}

  /**
   * Billions of parameters.
   *
   * @param text {@code 46.7B}, {@code 340M}, {@code 7e9}, {@code 70_000_000_000}
   * @return empty if it is not a number over 0, or no plausible one
   */
  public static Optional<BigDecimal> billions(String text) {
    Matcher matcher = NUMBER.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int exponent = EXPONENTS.getOrDefault(matcher.group(2), 0);
    BigDecimal billions =
        new BigDecimal(matcher.group(1).replace("_", "")).scaleByPowerOfTen(exponent - BILLION);
    return billions.signum() <= 0 || billions.compareTo(MOST_BILLIONS) > 0
        ? Optional.empty()
        : Optional.of(new BigDecimal(billions.stripTrailingZeros().toPlainString()));
  }
}
