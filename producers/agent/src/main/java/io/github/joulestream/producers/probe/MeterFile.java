// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.producers.input.Decimals;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a program has written of a meter of the site: lines of {@code key=value}, each ended by a
 * newline. Lines without {@code =}, lines that begin with {@code #}, and unknown keys mean nothing;
 * of a key that comes twice the last counts.
 *
 * <table>
 * <caption>Keys; kind, and one of watts, joules and kilowatt_hours, are required</caption>
 * <tr><td>{@code kind}</td><td>facility, ups, pdu, generation or export</td></tr>
 * <tr><td>{@code watts}</td><td>power</td></tr>
 * <tr><td>{@code joules}, {@code kilowatt_hours}</td><td>a cumulative counter of energy</td></tr>
 * <tr><td>{@code litres}</td><td>a cumulative counter of water</td></tr>
 * <tr><td>{@code time}</td><td>of the values, Unix time in seconds, with a fraction if need be, or
 *     in milliseconds (13 digits); else the file's time of modification</td></tr>
 * </table>
 *
 * @param epochMillis or {@code MISSING}
 * @param milliwatts or {@code MISSING}
 * @param microjoules less than {@link #MODULUS_MICROJOULES}, or {@code MISSING}
 * @param millilitres or {@code MISSING}
 */
record MeterFile(
    DeviceKind kind, long epochMillis, long milliwatts, long microjoules, long millilitres) {
  /**
   * Counters of sites reach more microjoules than a long holds, 2.5 GWh, so they wrap here, at 1
   * GWh: what is consumed in three days at 13 MW.
   */
  static final long MODULUS_MICROJOULES = 3_600_000_000_000_000_000L;

  private static final BigDecimal MIN_MILLIS = new BigDecimal("1e11"); // as seconds: year 5138
  private static final BigInteger MODULUS = BigInteger.valueOf(MODULUS_MICROJOULES);
  private static final int JOULES_TO_MICROJOULES = 6;
  private static final BigDecimal MICROJOULES_PER_KILOWATT_HOUR = new BigDecimal("3.6e12");
  private static final String KINDS =
      Arrays.stream(DeviceKind.values())
          .filter(DeviceKind::isSiteMeter)
          .map(MeterFile::name)
          .collect(Collectors.joining(", "));

  private static String name(DeviceKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a file's text.
   *
   * @throws IllegalArgumentException with one line for a person if a value cannot be
   */
  static MeterFile parse(String text) {
    Map<String, String> values = new HashMap<>();
    text.lines()
        .forEach(line -> {
          int equals = line.indexOf('=');
          if (equals > 0 && line.charAt(0) != '#') {
            values.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
          }
        });
    if (values.containsKey("joules") && values.containsKey("kilowatt_hours")) {
      throw new IllegalArgumentException("it has both joules and kilowatt_hours");
    }
    @Nullable BigDecimal watts = number(values, "watts");
    @Nullable BigDecimal joules = number(values, "joules");
    @Nullable BigDecimal kilowattHours = number(values, "kilowatt_hours");
    @Nullable BigDecimal litres = number(values, "litres");
    long microjoules = MISSING;
    if (joules != null) {
      microjoules = wrapped(joules.scaleByPowerOfTen(JOULES_TO_MICROJOULES));
    } else if (kilowattHours != null) {
      microjoules = wrapped(kilowattHours.multiply(MICROJOULES_PER_KILOWATT_HOUR));
    }
    long milliwatts = watts == null ? MISSING : thousandths(watts, "watts");
    if (milliwatts == MISSING && microjoules == MISSING) {
      throw new IllegalArgumentException("it has neither watts, joules nor kilowatt_hours");
    }
    @Nullable BigDecimal time = number(values, "time");
    return new MeterFile(
        kind(values.getOrDefault("kind", "")),
        time == null
            ? MISSING
            : (time.compareTo(MIN_MILLIS) > 0 ? time : time.scaleByPowerOfTen(3)).longValue(),
        milliwatts,
        microjoules,
        litres == null ? MISSING : thousandths(litres, "litres"));
  }

  private static DeviceKind kind(String name) {
    return Arrays.stream(DeviceKind.values())
        .filter(kind -> kind.isSiteMeter() && name(kind).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "kind is %s: it is one of %s".formatted(Bounds.shown(name), KINDS)));
  }

  private static @Nullable BigDecimal number(Map<String, String> values, String key) {
    String text = values.getOrDefault(key, "");
    if (text.isEmpty()) {
      return null;
    }
    BigDecimal number = Decimals.exact(text, key);
    if (number.signum() < 0 || number.precision() - number.scale() > 18) {
      throw new IllegalArgumentException("%s is %s".formatted(key, Bounds.shown(text)));
    }
    return number;
  }

  private static long thousandths(BigDecimal number, String key) {
    try {
      return number.scaleByPowerOfTen(3).setScale(0, RoundingMode.HALF_UP).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("%s is %s".formatted(key, number), e);
    }
  }

  private static long wrapped(BigDecimal microjoules) {
    return microjoules.setScale(0, RoundingMode.DOWN).toBigInteger().mod(MODULUS).longValueExact();
  }
}
