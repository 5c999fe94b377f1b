// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: {@code 64K}, {@code 512M}, {@code 2G}; powers of 1,024 bytes. */
public final class Sizes implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})([KMG])");

  @Override
  public Long convert(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'%s' is not a size such as 64K, 512M or 2G".formatted(text));
    }
    int power = "KMG".indexOf(matcher.group(2)) + 1;
    return Long.parseLong(matcher.group(1)) << (10 * power);
  }
}
