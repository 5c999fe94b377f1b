// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A power sensor of {@code /sys/class/hwmon}, of a driver that measures nodes, and what it is the
 * power of.
 *
 * <p>Name and values are in {@code hwmonN}, or in {@code hwmonN/device}: there drivers have them
 * that register the older way (acpi_power_meter before Linux 6.16, ibmaem).
 *
 * @param chip {@code hwmon2}: another one after the next boot
 * @param unit the device behind it ({@code ACPI000D:00}), the same after each boot where it is
 *     given
 * @param driver {@code power_meter}
 * @param number of the sensor on the chip
 * @param words what it measures by the firmware, or empty
 * @param role what it measures
 * @param socket of a component, as the firmware counts; -1 if it is not given
 * @param power the file with its power, or null
 * @param energy the file with its counter, or null
 * @param folder with its other files
 */
record HwmonMeter(
    String chip,
    String unit,
    String driver,
    int number,
    String words,
    Role role,
    int socket,
    @Nullable Path power,
    @Nullable Path energy,
    Path folder) {

  /** What a sensor measures. */
  enum Role {
    /** All of it, at the supply. */
    NODE,
    /** Processor, memory and GPUs of a module of NVIDIA; no drive, no network, no fan. */
    MODULE,
    /** The cores of a processor. */
    CPU,
    /** Some of the above. */
    PART,
    /** A battery. */
    BATTERY
  }

  private static final Pattern METER = Pattern.compile("power_meter|aem\\d*");
  private static final Pattern LABELLED = Pattern.compile("ibmpowernv");
  private static final String NODE_LABEL = "System";
  private static final Pattern SENSOR =
      Pattern.compile("(?:power(\\d+)_(?:average|input)|energy(\\d+)_input)");
  private static final Pattern CHIP = Pattern.compile("hwmon(\\d+)");
  // NVIDIA Grace: "Module Power Socket 0"
  private static final Pattern SOCKET = Pattern.compile("(\\w+) Power Socket (\\d+)");
  private static final Pattern PART_WORDS =
      Pattern.compile(
          "\\b(cpu|processor|socket|core|memory|mem|dimm|dram|gpu|accelerator|fan|fans|disk|drive"
              + "|storage|pci|pcie|nic|io|battery)\\b");
  // what an ACPI meter measures by its name, where that is a processor or a memory
  private static final Pattern PART_DEVICE = Pattern.compile("(LNXCPU|ACPI0007|PNP0C80):.*");

  /** The sensors of all chips, in the order of the chips' numbers. */
  static List<HwmonMeter> find(Path hwmon) throws IOException {
    List<HwmonMeter> meters = new ArrayList<>();
    List<Path> chips = new ArrayList<>(SysfsProbe.folders(hwmon));
    chips.sort(Comparator.comparingLong(HwmonMeter::numberOf).thenComparing(SysfsProbe::nameOf));
    for (Path chip : chips) {
      Path device = chip.resolve("device");
      Path named = Files.isReadable(chip.resolve("name")) ? chip : device;
      String driver = SysfsProbe.textOf(named.resolve("name"));
      boolean meter = METER.matcher(driver).matches();
      if (meter || LABELLED.matcher(driver).matches()) {
        Map<Integer, Path> sensors = new TreeMap<>();
        addSensors(device, sensors);
        addSensors(chip, sensors);
        for (Map.Entry<Integer, Path> sensor : sensors.entrySet()) {
          HwmonMeter found = meter(chip, driver, sensor.getKey(), sensor.getValue());
          if (meter || found.words.equals(NODE_LABEL)) {
            meters.add(found);
          }
        }
      }
    }
    return meters;
  }

  private static long numberOf(Path chip) {
    Matcher matcher = CHIP.matcher(SysfsProbe.nameOf(chip));
    return matcher.matches() && matcher.group(1).length() < 10
        ? Long.parseLong(matcher.group(1))
        : Long.MAX_VALUE;
  }

  private static void addSensors(Path folder, Map<Integer, Path> sensors) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Matcher matcher = SENSOR.matcher(SysfsProbe.nameOf(file));
        if (matcher.matches()) {
          String digits = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
          if (digits.length() < 5) {
            sensors.put(Integer.parseInt(digits), folder);
          }
        }
      }
    }
  }

  private static HwmonMeter meter(Path chip, String driver, int number, Path folder)
      throws IOException {
    String power = "power" + number;
    String words = SysfsProbe.textOf(folder.resolve(power + "_label"));
    if (words.isEmpty()) {
      words = SysfsProbe.textOf(folder.resolve(power + "_oem_info"));
    }
    Matcher socket = SOCKET.matcher(words);
    boolean battery = SysfsDevice.number(folder.resolve(power + "_is_battery"), 0) == 1;
    return new HwmonMeter(
        SysfsProbe.nameOf(chip),
        unit(chip),
        driver,
        number,
        words,
        battery ? Role.BATTERY : role(words, folder.resolve("measures")),
        socket.matches() && socket.group(2).length() < 5 ? Integer.parseInt(socket.group(2)) : -1,
        answering(folder, power + "_average", power + "_input"),
        SysfsDevice.firstOf(folder, "energy" + number + "_input"),
        folder);
  }

  private static String unit(Path chip) throws IOException {
    Path device = chip.resolve("device");
    String name = Files.exists(device) ? SysfsProbe.nameOf(device.toRealPath()) : "device";
    return name.equals("device") ? SysfsProbe.nameOf(chip) : name;
  }

  private static Role role(String words, Path measures) throws IOException {
    Matcher socket = SOCKET.matcher(words);
    if (socket.matches()) {
      return switch (socket.group(1)) {
        case "Module" -> Role.MODULE;
        case "CPU" -> Role.CPU;
        default -> Role.PART;
      };
    }
    List<Path> measured = SysfsProbe.folders(measures);
    boolean components =
        !measured.isEmpty()
            && measured.stream()
                .allMatch(device -> PART_DEVICE.matcher(SysfsProbe.nameOf(device)).matches());
    return components || PART_WORDS.matcher(words.toLowerCase(Locale.ROOT)).find()
        ? Role.PART
        : Role.NODE;
  }

  /** The first of these files that gives a reading now; else the first that is there, or null. */
  private static @Nullable Path answering(Path folder, String... names) {
    for (String name : names) {
      if (!ErrorValue.is(SysfsDevice.number(folder.resolve(name), -1))) {
        return folder.resolve(name);
      }
    }
    return SysfsDevice.firstOf(folder, names);
  }

  /** {@code hwmon3 power_meter 'SysIO Power Socket 0'}. */
  String name() {
    return "%s %s%s%s"
        .formatted(
            chip,
            driver,
            number == 1 ? "" : ", sensor " + number,
            words.isEmpty() ? "" : " '" + words + "'");
  }

  /** Its own id, as a component: {@code sysio-0}, {@code node-power_meter-1}. */
  String partId() {
    Matcher component = SOCKET.matcher(words);
    return component.matches()
        ? component.group(1).toLowerCase(Locale.ROOT) + "-" + component.group(2)
        : "node-%s-%d".formatted(driver, number);
  }

  /** The window of its mean in ms; 0 if it is not given, or if this is no mean. */
  int averagingMillis() {
    String average = "power" + number + "_average";
    long interval = SysfsDevice.number(folder.resolve(average + "_interval"), 0);
    return power == null || ErrorValue.is(interval) || !SysfsProbe.nameOf(power).equals(average)
        ? 0
        : (int) Math.min(interval, 60_000);
  }

  /** The most that it can measure, by the hardware; 0 if it is not given. Never a cap. */
  long mostMilliwatts() {
    for (String name : List.of("_rated_max", "_cap_max")) {
      long most = SysfsDevice.number(folder.resolve("power" + number + name), 0);
      if (most > 0 && !ErrorValue.is(most)) {
        return most / 1000;
      }
    }
    return 0;
  }
}
