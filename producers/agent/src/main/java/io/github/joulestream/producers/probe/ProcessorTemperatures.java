// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * Temperatures of processor packages, from {@code /sys/class/hwmon}, in m°C:
 *
 * <ul>
 *   <li>Intel, {@code coretemp} (the kernel's hwmon/coretemp.rst): the sensor labelled {@code
 *       Package id N}. Several dies of one package are several sensors with one label: which is
 *       whose is not given, and the package has none here.
 *   <li>AMD, {@code k10temp} (hwmon/k10temp.rst): {@code Tdie} where it is shown, else {@code
 *       Tctl}, which some processors offset. Its chips are PCI devices by node, 0000:00:18.3,
 *       0000:00:19.3 and so on; where there are as many as packages, they are the packages in their
 *       order. Else (four dies of a package, first EPYC) which is whose is not known.
 * </ul>
 *
 * <p>Name and sensors are in {@code hwmonN}, or in {@code hwmonN/device} of older drivers.
 */
final class ProcessorTemperatures {
  private static final Pattern PACKAGE_LABEL =
      Pattern.compile("(?:Package|Physical) id (\\d{1,6})");
  private static final Pattern PACKAGE_ZONE = Pattern.compile("package-(\\d{1,6})");
  private static final Pattern LABEL = Pattern.compile("temp(\\d{1,4})_label");

  private ProcessorTemperatures() {}

  /** Files with temperatures, by the name of RAPL's zone of the package: {@code package-0}. */
  static Map<String, Path> byPackage(Path sysRoot) throws IOException {
    Map<String, Path> found = new HashMap<>();
    Set<String> several = new HashSet<>();
    Map<PciAddress, Path> nodes = new TreeMap<>();
    for (Path chip : SysfsProbe.folders(sysRoot.resolve("class").resolve("hwmon"))) {
      Path device = chip.resolve("device");
      Path folder = Files.isReadable(chip.resolve("name")) ? chip : device;
      switch (SysfsProbe.textOf(folder.resolve("name"))) {
        case "coretemp" ->
            labels(folder)
                .forEach((label, input) -> {
                  Matcher matcher = PACKAGE_LABEL.matcher(label);
                  if (matcher.matches()
                      && found.put("package-" + matcher.group(1), input) != null) {
                    several.add("package-" + matcher.group(1));
                  }
                });
        case "k10temp" -> {
          PciAddress address =
              Files.exists(device)
                  ? PciAddress.parse(SysfsProbe.nameOf(device.toRealPath()))
                  : null;
          Path input = ofAmd(folder);
          if (address != null && input != null) {
            nodes.put(address, input);
          }
        }
        default -> {
          // no processor's
        }
      }
    }
    found.keySet().removeAll(several);
    found.putAll(inOrder(packages(sysRoot), new ArrayList<>(nodes.values())));
    return found;
  }

  private static Map<String, Path> inOrder(List<String> packages, List<Path> nodes) {
    Map<String, Path> found = new HashMap<>();
    for (int i = 0; i < packages.size() && nodes.size() == packages.size(); i++) {
      found.put(packages.get(i), nodes.get(i));
    }
    return found;
  }

  private static @Nullable Path ofAmd(Path folder) throws IOException {
    Map<String, Path> labels = labels(folder);
    Path die = labels.get("Tdie");
    Path control = labels.get("Tctl");
    return die != null
        ? die
        : control != null ? control : SysfsDevice.firstOf(folder, "temp1_input");
  }

  /** Files of a chip's sensors, by their labels. */
  private static Map<String, Path> labels(Path folder) throws IOException {
    Map<String, Path> inputs = new HashMap<>();
    for (Path file : SysfsProbe.files(folder)) {
      Matcher matcher = LABEL.matcher(SysfsProbe.nameOf(file));
      Path input =
          matcher.matches()
              ? SysfsDevice.firstOf(folder, "temp" + matcher.group(1) + "_input")
              : null;
      if (input != null) {
        inputs.put(SysfsProbe.textOf(file), input);
      }
    }
    return inputs;
  }

  /** Packages by their number, as RAPL has them. */
  private static List<String> packages(Path sysRoot) throws IOException {
    Map<Integer, String> packages = new TreeMap<>();
    for (Path zone : SysfsProbe.folders(sysRoot.resolve("class").resolve("powercap"))) {
      String name = SysfsProbe.textOf(zone.resolve("name"));
      Matcher matcher = PACKAGE_ZONE.matcher(name);
      if (matcher.matches()) {
        packages.put(Integer.parseInt(matcher.group(1)), name);
      }
    }
    return List.copyOf(packages.values());
  }
}
