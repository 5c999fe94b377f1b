// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs of the amdgpu driver in {@code /sys}, by bus address: so do AMD's tools count them
 * (rocm_smi_lib sorts by it), and with them Slurm. The driver's own numbers are no order: an MI300
 * takes eight of them.
 *
 * <p>A GPU in compute partitions is one PCI device; its further partitions are platform devices
 * {@code amdgpu_xcp_N}, of which those count that the compute driver knows ({@code
 * /sys/class/kfd/kfd/topology/nodes/N/properties}: {@code drm_render_minor}, {@code domain}, {@code
 * location_id} with the partition's number above the bus address).
 *
 * <p>Of an MI250 each of the two dies of a module is a PCI device, and only one of them shows the
 * power, which is that of both. Which two are together is not given; they are neighbours by bus
 * address.
 */
final class AmdCards {
  static final int UNKNOWN = -1;
  private static final Pattern CARD = Pattern.compile("card(\\d{1,6})");
  private static final Pattern RENDER = Pattern.compile("renderD(\\d{1,6})");
  private static final Pattern PARTITION = Pattern.compile("amdgpu_xcp_\\d+");
  private static final String AMD = "0x1002";
  // MI250X, MI250
  private static final Set<String> OF_TWO_DIES = Set.of("0x7408", "0x740c");
  private static final Comparator<Card> BY_ADDRESS =
      Comparator.comparing(Card::address, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparingInt(Card::number);

  private AmdCards() {}

  /**
   * A GPU's PCI device.
   *
   * @param id as which it is sent
   * @param address or null if its folder is not called so
   * @param number of {@code /dev/dri/cardN}
   * @param render number of {@code /dev/dri/renderDN}, or {@link #UNKNOWN}
   * @param unique its own number, hexadecimal, or empty
   * @param sensors the folder with its power sensor, or null
   * @param partitions all but the first, in their order
   */
  record Card(
      String id,
      @Nullable PciAddress address,
      int number,
      int render,
      String unique,
      Path folder,
      @Nullable Path sensors,
      List<Partition> partitions) {}

  /**
   * A further partition of a GPU.
   *
   * @param name {@code amdgpu_xcp_3}
   */
  record Partition(String name, int number, int render) {}

  /** Properties of a GPU or a partition by the compute driver. */
  private record Compute(int node, int domain, int location) {}

  /** All of them, in the order in which they are counted. */
  static List<Card> in(Path sysRoot) throws IOException {
    Path drm = sysRoot.resolve("class").resolve("drm");
    Map<String, Partition> partitions = new HashMap<>();
    List<Card> cards = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Path card : SysfsProbe.folders(drm)) {
      Matcher matcher = CARD.matcher(SysfsProbe.nameOf(card));
      Path folder = card.resolve("device");
      if (!matcher.matches() || !Files.isDirectory(folder)) {
        continue;
      }
      int number = Integer.parseInt(matcher.group(1));
      String name = SysfsProbe.nameOf(folder.toRealPath());
      if (PARTITION.matcher(name).matches()) {
        partitions.put(name, new Partition(name, number, render(folder)));
      } else if (text(folder.resolve("vendor")).equals(AMD)) {
        String unique = text(folder.resolve("unique_id"));
        // its own number if it has one: the bus address changes when a card is moved
        boolean hasNone = unique.isEmpty() || unique.matches("0+");
        String id = "amdgpu-" + (hasNone ? name : unique);
        if (ids.add(id)) {
          cards.add(
              new Card(
                  id,
                  PciAddress.parse(name),
                  number,
                  render(folder),
                  hasNone ? "" : unique,
                  folder,
                  sensors(folder),
                  List.of()));
        }
      }
    }
    Map<Integer, Compute> compute = partitions.isEmpty() ? Map.of() : compute(sysRoot);
    return cards.stream()
        .map(card -> withPartitions(card, partitions.values(), compute))
        .sorted(BY_ADDRESS)
        .toList();
  }

  private static Card withPartitions(
      Card card, Iterable<Partition> partitions, Map<Integer, Compute> compute) {
    Map<Integer, Partition> byNode = new TreeMap<>();
    for (Partition partition : partitions) {
      Compute known = compute.get(partition.render);
      PciAddress address = card.address;
      if (known != null
          && address != null
          && known.domain == address.domain()
          && known.location == address.inDomain()) {
        byNode.put(known.node, partition);
      }
    }
    return new Card(
        card.id,
        card.address,
        card.number,
        card.render,
        card.unique,
        card.folder,
        card.sensors,
        List.copyOf(byNode.values()));
  }

  /** By the number of the device file. */
  private static Map<Integer, Compute> compute(Path sysRoot) throws IOException {
    Path nodes =
        sysRoot.resolve("class").resolve("kfd").resolve("kfd").resolve("topology").resolve("nodes");
    Map<Integer, Compute> byRender = new HashMap<>();
    for (Path node : SysfsProbe.folders(nodes)) {
      Map<String, Long> values = new HashMap<>();
      for (String line : Files.readAllLines(node.resolve("properties"))) {
        String[] words = line.strip().split(" ", 2);
        if (words.length == 2 && words[1].matches("\\d{1,18}")) {
          values.put(words[0], Long.parseLong(words[1]));
        }
      }
      int render = values.getOrDefault("drm_render_minor", 0L).intValue();
      if (render > 0 && SysfsProbe.nameOf(node).matches("\\d{1,6}")) {
        // bits 28 and up are the partition's number
        int location = values.getOrDefault("location_id", -1L).intValue() & 0xffff;
        int domain = values.getOrDefault("domain", 0L).intValue();
        byRender.put(
            render, new Compute(Integer.parseInt(SysfsProbe.nameOf(node)), domain, location));
      }
    }
    return byRender;
  }

  /**
   * By the place in {@code cards} of each die of a module with two of them, the place of the die
   * that shows the module's power; of all others their own place; or {@link #UNKNOWN} if nobody
   * shows it.
   */
  static int[] metered(List<Card> cards) throws IOException {
    int[] by = new int[cards.size()];
    List<Integer> dies = new ArrayList<>();
    for (int i = 0; i < by.length; i++) {
      Card card = cards.get(i);
      by[i] = card.sensors == null ? UNKNOWN : i;
      if (OF_TWO_DIES.contains(text(card.folder.resolve("device")))) {
        dies.add(i);
        by[i] = shows(card) ? i : UNKNOWN;
      }
    }
    // the die with the sensor comes first in its pair, or second: so that fewest are left alone
    List<int[]> pairs = pairs(dies, by, true);
    List<int[]> others = pairs(dies, by, false);
    for (int[] pair : pairs.size() >= others.size() ? pairs : others) {
      int shown = by[pair[0]] != UNKNOWN ? pair[0] : pair[1];
      by[pair[0]] = shown;
      by[pair[1]] = shown;
    }
    return by;
  }

  private static List<int[]> pairs(List<Integer> dies, int[] by, boolean sensorFirst) {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < dies.size(); i++) {
      int first = dies.get(i);
      int second = dies.get(i + 1);
      if ((by[first] != UNKNOWN) == sensorFirst && (by[second] != UNKNOWN) != sensorFirst) {
        pairs.add(new int[] {first, second});
        i++;
      }
    }
    return pairs;
  }

  /** True if a die shows power: older kernels show 0 for one that has none. */
  private static boolean shows(Card card) {
    Path sensors = card.sensors;
    Path power = sensors == null ? null : power(sensors);
    return power == null
        ? sensors != null // a counter alone
        : SysfsDevice.number(power, 0) > 0;
  }

  /** The file with a GPU's power, or null. */
  static @Nullable Path power(Path sensors) {
    return SysfsDevice.firstOf(sensors, "power1_average", "power1_input");
  }

  private static int render(Path folder) throws IOException {
    for (Path file : SysfsProbe.folders(folder.resolve("drm"))) {
      Matcher matcher = RENDER.matcher(SysfsProbe.nameOf(file));
      if (matcher.matches()) {
        return Integer.parseInt(matcher.group(1));
      }
    }
    return UNKNOWN;
  }

  /** The folder with the power sensor, or null. */
  private static @Nullable Path sensors(Path folder) throws IOException {
    for (Path chip : SysfsProbe.folders(folder.resolve("hwmon"))) {
      if (SysfsDevice.firstOf(chip, "power1_average", "power1_input", "energy1_input") != null) {
        return chip;
      }
    }
    return null;
  }

  /** A file's text; empty if it is not there. */
  static String text(Path file) throws IOException {
    return Files.isReadable(file) ? SysFile.text(file) : "";
  }
}
