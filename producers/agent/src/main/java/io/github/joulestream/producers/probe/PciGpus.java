// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * GPUs that are plugged in, whether or not there is software that can read them: {@code
 * /sys/bus/pci/devices} by maker and class (03h: display, 12h: accelerator).
 */
public final class PciGpus {
  /** NVIDIA's number on the bus. */
  public static final String NVIDIA = "0x10de";

  /** AMD's number on the bus. */
  public static final String AMD = "0x1002";

  private static final Pattern CLASS = Pattern.compile("0x(03|12)\\p{XDigit}{4}");

  private PciGpus() {}

  /** Addresses of a maker's GPUs. */
  public static List<String> in(Path sysRoot, String maker) {
    List<String> addresses = new ArrayList<>();
    try {
      Path devices = sysRoot.resolve("bus").resolve("pci").resolve("devices");
      for (Path device : SysfsProbe.folders(devices)) {
        if (text(device.resolve("vendor")).equals(maker)
            && CLASS.matcher(text(device.resolve("class"))).matches()) {
          addresses.add(SysfsProbe.nameOf(device));
        }
      }
    } catch (IOException _) {
      return List.of(); // whoever may not look at the bus knows of none
    }
    return addresses;
  }

  private static String text(Path file) throws IOException {
    return Files.isReadable(file) ? SysFile.text(file) : "";
  }

  /** How many, and where: {@code 8 GPUs of NVIDIA (0000:17:00.0, ...)}. */
  public static String words(List<String> addresses, String maker) {
    return "%d GPU%s of %s (%s%s)"
        .formatted(
            addresses.size(),
            addresses.size() == 1 ? "" : "s",
            maker,
            addresses.getFirst(),
            addresses.size() == 1 ? "" : ", ...");
  }
}
