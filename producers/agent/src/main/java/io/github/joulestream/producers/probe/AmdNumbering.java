// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What AMD's GPUs, their dies and their partitions are called:
 *
 * <table>
 * <caption>Names</caption>
 * <tr><td>{@code 1}</td><td>index, as rocm-smi and amd-smi count: by bus address, each die and each
 *     partition</td></tr>
 * <tr><td>{@code 0000:22:00.0}</td><td>bus address; of a GPU in partitions its first, as AMD's
 *     device plugin means it</td></tr>
 * <tr><td>{@code amdgpu_xcp_3}</td><td>a further partition</td></tr>
 * <tr><td>{@code GPU-8d6a3b1f0c2e4d51}</td><td>ROCr's, from the GPU's own number; of a GPU in
 *     partitions all of it</td></tr>
 * <tr><td>{@code card9}, {@code /dev/dri/renderD136}</td><td>device file</td></tr>
 * <tr><td>{@code gpu.amd.com/gpu-9-136}</td><td>the DRA driver's: numbers of both device
 *     files</td></tr>
 * </table>
 */
final class AmdNumbering implements GpuNumbering {
  private static final Pattern CARD = Pattern.compile("(?:/dev/dri/)?card(\\d{1,6})");
  private static final Pattern RENDER = Pattern.compile("(?:/dev/dri/)?renderD(\\d{1,6})");
  private static final Pattern CLAIMED =
      Pattern.compile("gpu\\.amd\\.com/gpu-(\\d{1,6})-(\\d{1,6})");
  private static final String UNIQUE = "GPU-";

  private final List<Entry> row;

  /**
   * What is counted: a GPU, a die, a partition.
   *
   * @param id of its device
   * @param gpu id of the device that it is a partition of; its own if it is none
   * @param address or null if it has none of its own
   * @param platform its name as a platform device, or empty
   * @param unique the number of the GPU or die, hexadecimal, or empty
   */
  record Entry(
      String id,
      String gpu,
      @Nullable PciAddress address,
      String platform,
      String unique,
      int card,
      int render) {}

  /**
   * @param row in the order in which they are counted
   */
  AmdNumbering(List<Entry> row) {
    this.row = List.copyOf(row);
  }

  @Override
  public boolean any() {
    return !row.isEmpty();
  }

  @Override
  public @Nullable String find(String counted) {
    // whoever counts, counts dies and partitions
    String name = counted.startsWith(COUNTED) ? counted.substring(COUNTED.length()) : counted;
    if (name.matches("\\d{1,4}")) {
      int index = Integer.parseInt(name);
      return index < row.size() ? row.get(index).id : null;
    }
    Matcher matcher = CARD.matcher(name);
    if (matcher.matches()) {
      int card = Integer.parseInt(matcher.group(1));
      return one(entry -> entry.card == card);
    }
    matcher = RENDER.matcher(name);
    if (matcher.matches()) {
      int render = Integer.parseInt(matcher.group(1));
      return one(entry -> entry.render == render);
    }
    matcher = CLAIMED.matcher(name);
    if (matcher.matches()) {
      int card = Integer.parseInt(matcher.group(1));
      int render = Integer.parseInt(matcher.group(2));
      return one(entry -> entry.card == card && entry.render == render);
    }
    PciAddress address = PciAddress.parse(name);
    if (address != null) {
      return one(entry -> address.equals(entry.address));
    }
    if (name.startsWith(UNIQUE)) {
      String unique = name.substring(UNIQUE.length()).toLowerCase(Locale.ROOT);
      return row.stream()
          .filter(entry -> !unique.isEmpty() && same(entry.unique, unique))
          .findFirst()
          .map(Entry::gpu)
          .orElse(null);
    }
    return one(entry -> name.equals(entry.platform) || name.equals(entry.id));
  }

  /** Some tools leave leading zeros out. */
  private static boolean same(String a, String b) {
    return a.toLowerCase(Locale.ROOT)
        .replaceFirst("^(?:0x)?0*", "")
        .equals(b.replaceFirst("^(?:0x)?0*", ""));
  }

  private @Nullable String one(Predicate<Entry> wanted) {
    return row.stream().filter(wanted).findFirst().map(Entry::id).orElse(null);
  }
}
