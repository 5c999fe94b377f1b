// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a device is on the PCI buses. Makers' tools and schedulers count devices in this order. */
public record PciAddress(int domain, int bus, int device, int function)
    implements Comparable<PciAddress> {
  // 0000:3b:00.0 in /sys, 00000000:3B:00.0 in nvidia-smi, 3b:00.0 in lspci
  private static final Pattern TEXT =
      Pattern.compile(
          "(?:(\\p{XDigit}{4}|\\p{XDigit}{8}):)?(\\p{XDigit}{2}):(\\p{XDigit}{2})\\.([0-7])");
  private static final int HEX = 16;

  /** The address that a text is, or null if it is none. */
  public static @Nullable PciAddress parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    String domain = matcher.group(1);
    return new PciAddress(
        domain == null ? 0 : Integer.parseUnsignedInt(domain, HEX),
        Integer.parseInt(matcher.group(2), HEX),
        Integer.parseInt(matcher.group(3), HEX),
        Integer.parseInt(matcher.group(4)));
  }

  @Override
  public int compareTo(PciAddress other) {
    int byDomain = Integer.compareUnsigned(domain, other.domain);
    return byDomain != 0 ? byDomain : Integer.compare(inDomain(), other.inDomain());
  }

  /** Bus, device and function in 16 bits, as the kernel's drivers write them. */
  int inDomain() {
    return bus << 8 | device << 3 | function;
  }
}
