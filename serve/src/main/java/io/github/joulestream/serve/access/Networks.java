// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Ranges of addresses: {@code 10.0.0.0/8}, {@code fd00::/8}, {@code 192.0.2.7}. */
public final class Networks {
  private final List<Network> networks;

  private record Network(InetAddress first, int bits, String text) {
    boolean contains(byte[] other) {
      byte[] address = first.getAddress();
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit & 7);
        if ((address[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private Networks(List<Network> networks) {
    this.networks = networks;
  }

  /**
   * Ranges.
   *
   * @param texts each an address, or the first address of a range, a slash, and the number of its
   *     fixed bits
   * @throws IllegalArgumentException if one is neither; the message says which
   */
  public static Networks of(Collection<String> texts) {
    return new Networks(texts.stream().map(Networks::network).toList());
  }

  private static Network network(String text) {
    String stripped = text.strip();
    int slash = stripped.indexOf('/');
    String host = slash < 0 ? stripped : stripped.substring(0, slash);
    InetAddress first;
    try {
      first = InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s' is not an address or a range such as 10.0.0.0/8".formatted(text), e);
    }
    int most = 8 * first.getAddress().length;
    String bits = slash < 0 ? Integer.toString(most) : stripped.substring(slash + 1);
    if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > most) {
      throw new IllegalArgumentException(
          "'%s': after the slash comes a number of bits up to %d".formatted(text, most));
    }
    return new Network(first, Integer.parseInt(bits), stripped);
  }

  /** Whether one of them holds the address. An IPv4 address mapped to IPv6 is the IPv4 address. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return networks.stream().anyMatch(network -> network.contains(bytes));
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return networks.isEmpty();
  }

  @Override
  public String toString() {
    return networks.stream().map(Network::text).collect(Collectors.joining(", "));
  }
}
