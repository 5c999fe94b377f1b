// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.probe.nvme.NvmeAdmin;
import io.github.joulestream.producers.probe.nvme.NvmeController;
import io.github.joulestream.producers.probe.nvme.NvmeIoctl;
import io.github.joulestream.producers.probe.nvme.PowerState;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives, from {@code /proc/diskstats} and {@code /sys/block} (see the kernel's
 * admin-guide/iostats.rst: the tenth figure is the time with requests under way, ms; sectors are of
 * 512 bytes), and how much of them mounted file systems use. Drives may come and go.
 *
 * <p>Power is modelled: of NVMe drives by the power state they are in, which they are asked once in
 * ten seconds, see {@link PowerState}; of others, and of NVMe drives that may not be asked, by
 * their kind, see {@link DrivePower}. Where one NVMe controller has several namespaces, its power
 * is that of the first one. Temperature and wear: {@link DriveStatus}.
 */
public final class BlockProbe implements Probe {
  private static final Logger log = LoggerFactory.getLogger(BlockProbe.class);
  // not drives: memory, loops, mappings onto other devices; and a path of a multipath drive
  private static final Pattern VIRTUAL =
      Pattern.compile("(loop|ram|zram|dm-|md|nbd|sr|fd).*|nvme\\d+c\\d+n\\d+");
  private static final Pattern NVME = Pattern.compile("(nvme\\d+)n\\d+");
  private static final Pattern CONTROLLER = Pattern.compile("nvme\\d+");
  private static final int SECTOR = 512;
  // the kernel counts busy time in 32 bits
  private static final long BUSY_WRAP_MILLIS = 1L << 32;
  private static final long ASK_STATE_MILLIS = 10_000;
  private static final long ASK_SPACE_MILLIS = 10_000;
  private static final long LOOK_MOUNTS_MILLIS = 60_000;
  private static final long[] NONE = {};

  private final Path diskstats;
  private final Path sysRoot;
  private final Path block;
  private final Opener opener;
  private final MountedSpace space;
  private final Map<String, Drive> drives = new TreeMap<>();
  // what the lines of diskstats were about the last time: they seldom change
  private final List<Line> lines = new ArrayList<>();
  private final Set<String> controllers = new HashSet<>();
  private @Nullable SysFile file;
  private Map<String, Long> used = new HashMap<>();
  private long spaceMillis = Long.MIN_VALUE;
  private long mountsMillis = Long.MIN_VALUE;

  /** How to speak to an NVMe controller. */
  interface Opener {
    NvmeAdmin open(String controller) throws IOException;
  }

  /**
   * A line of diskstats.
   *
   * @param drive null if it is not about a drive
   */
  private record Line(String name, @Nullable Drive drive) {}

  /** What is known of a drive, and its last figures. */
  private static final class Drive {
    final String id;
    final Device device;
    final DrivePower otherwise;
    // null if it is no NVMe drive, or may not be asked
    final @Nullable NvmeAdmin admin;
    final @Nullable NvmeController controller;
    // false if another namespace of its controller has the power
    final boolean tellsPower;
    final DriveStatus status;
    @Nullable PowerState state;
    long askedMillis = Long.MIN_VALUE;
    boolean stateFails;
    long readBytes;
    long writtenBytes;
    long busyMillis;
    long lastMillis = MISSING;
    long lastBusyMillis;
    boolean seen;

    Drive(
        String id,
        Device device,
        DrivePower otherwise,
        @Nullable NvmeAdmin admin,
        @Nullable NvmeController controller,
        boolean tellsPower,
        @Nullable Path temperature) {
      this.id = id;
      this.status = new DriveStatus(device.id(), temperature, admin);
      this.device = device;
      this.otherwise = otherwise;
      this.admin = admin;
      this.controller = controller;
      this.tellsPower = tellsPower;
    }

    long milliwatts(double busy) {
      PowerState now = state;
      return now == null
          ? otherwise.milliwatts(busy)
          : now.milliwatts(busy, otherwise.idleMilliwatts());
    }

    void close() {
      try {
        status.close();
      } catch (IOException e) {
        log.debug("a temperature of {} was not closed in order", id, e);
      }
      if (admin != null) {
        admin.close();
      }
    }
  }

  /**
   * @param procRoot {@code /proc}
   * @param sysRoot {@code /sys}
   */
  public BlockProbe(Path procRoot, Path sysRoot) {
    this(
        procRoot,
        sysRoot,
        controller -> NvmeIoctl.open(Path.of("/dev").resolve(controller)),
        new MountedSpace(procRoot, sysRoot));
  }

  BlockProbe(Path procRoot, Path sysRoot, Opener opener, ToLongFunction<Path> usedBytes) {
    this(procRoot, sysRoot, opener, new MountedSpace(procRoot, sysRoot, usedBytes));
  }

  private BlockProbe(Path procRoot, Path sysRoot, Opener opener, MountedSpace space) {
    this.diskstats = procRoot.resolve("diskstats");
    this.sysRoot = sysRoot;
    this.block = sysRoot.resolve("block");
    this.opener = opener;
    this.space = space;
  }

  @Override
  public String name() {
    return "drives";
  }

  @Override
  public void open() throws ProbeUnavailable {
    close();
    try {
      SysFile opened = SysFile.open(diskstats);
      file = opened;
      follow(opened);
    } catch (IOException e) {
      close();
      throw new ProbeUnavailable(
          "%s or %s cannot be read (%s)".formatted(block, diskstats, e.getMessage()));
    }
    if (drives.isEmpty()) {
      close();
      throw new ProbeUnavailable("%s shows no drive".formatted(block));
    }
  }

  /** Goes through the lines and takes notice of drives that came, and of those that are gone. */
  private void follow(SysFile file) throws IOException {
    file.read();
    drives.values().forEach(drive -> drive.seen = false);
    List<Line> found = new ArrayList<>();
    while (file.nextLine()) {
      if (file.skipWords(3)) {
        String name = file.word();
        Drive drive = drives.get(name);
        if (drive == null) {
          drive = find(name);
        }
        if (drive != null) {
          drive.seen = true;
          drives.put(name, drive);
        }
        found.add(new Line(name, drive));
      }
    }
    lines.clear();
    lines.addAll(found);
    for (Iterator<Drive> all = drives.values().iterator(); all.hasNext(); ) {
      Drive drive = all.next();
      if (!drive.seen) {
        log.info("drive {} is gone", drive.id);
        all.remove();
        forget(drive);
      }
    }
  }

  private void forget(Drive drive) {
    drive.close();
    if (drive.tellsPower) {
      controllers.remove(controllerOf(drive.id));
    }
  }

  private @Nullable Drive find(String id) throws IOException {
    Path folder = block.resolve(id);
    // partitions are in their drive's folder
    if (VIRTUAL.matcher(id).matches() || !Files.isReadable(folder.resolve("size"))) {
      return null;
    }
    long sectors = number(folder.resolve("size"));
    if (sectors == 0) {
      return null;
    }
    long bytes = sectors > Device.MAX_BYTES / SECTOR ? 0 : sectors * SECTOR;
    Path rotational = folder.resolve("queue").resolve("rotational");
    boolean spins = Files.isReadable(rotational) && number(rotational) == 1;
    Path modelFile = folder.resolve("device").resolve("model");
    String model = Files.isReadable(modelFile) ? SysFile.text(modelFile) : "";
    String name = controllerOf(id);
    boolean tellsPower = name.isEmpty() || controllers.add(name);
    NvmeAdmin admin = null;
    NvmeController controller = null;
    if (!name.isEmpty() && tellsPower) {
      try {
        admin = opener.open(name);
        controller = NvmeController.identify(admin);
        model = controller.model().isEmpty() ? model : controller.model();
      } catch (IOException e) {
        log.info("{}; its power is modelled by its kind", e.getMessage());
        if (admin != null) {
          admin.close();
          admin = null;
        }
      }
    }
    Device device =
        Device.sensor(Names.id(id), DeviceKind.STORAGE)
            .withSource(PowerSource.MODELLED)
            .withModel(
                Bounds.cutText(model), Plausible.limitMilliwatts(limitMilliwatts(controller)))
            .withCapacityBytes(Plausible.capacityBytes(bytes));
    DrivePower otherwise = DrivePower.of(id, model, spins, bytes);
    Path temperature =
        name.isEmpty()
            ? (spins ? null : DriveStatus.ofSata(folder))
            : DriveStatus.ofNvme(sysRoot, name);
    return new Drive(id, device, otherwise, admin, controller, tellsPower, temperature);
  }

  private static long limitMilliwatts(@Nullable NvmeController controller) {
    return controller == null
        ? 0
        : controller.states().stream().mapToLong(PowerState::maxMilliwatts).max().orElse(0);
  }

  /** The controller of an NVMe namespace, empty for other drives. */
  private String controllerOf(String id) {
    Matcher nvme = NVME.matcher(id);
    if (!nvme.matches()) {
      return "";
    }
    Path parent = block.resolve(id).resolve("device");
    try {
      if (Files.isDirectory(parent)) {
        Path real = parent.toRealPath();
        String name = String.valueOf(real.getFileName());
        if (CONTROLLER.matcher(name).matches()) {
          return name;
        }
        // a multipath drive hangs below its subsystem, beside its controllers
        try (DirectoryStream<Path> children = Files.newDirectoryStream(real, "nvme*")) {
          for (Path child : children) {
            String childName = String.valueOf(child.getFileName());
            if (CONTROLLER.matcher(childName).matches()) {
              return childName;
            }
          }
        }
      }
    } catch (IOException e) {
      log.debug("the controller of {} is not to be found", id, e);
    }
    return nvme.group(1);
  }

  private static long number(Path file) throws IOException {
    try {
      return Long.parseLong(SysFile.text(file));
    } catch (NumberFormatException e) {
      throw new IOException("%s does not hold a number".formatted(file), e);
    }
  }

  @Override
  public String describe() {
    double bytes = drives.values().stream().mapToLong(d -> d.device.capacityBytes()).sum();
    long asked = drives.values().stream().filter(drive -> drive.controller != null).count();
    long virtual = drives.values().stream().filter(drive -> drive.otherwise.virtual()).count();
    long milliwatts =
        drives.values().stream()
            .filter(drive -> drive.tellsPower)
            .mapToLong(drive -> {
              ask(drive);
              return drive.milliwatts(0);
            })
            .sum();
    return String.format(
        Locale.ROOT,
        "%d drive%s of %.2f TB, modelled as %.2f W while idle%s%s",
        drives.size(),
        drives.size() == 1 ? "" : "s",
        bytes / 1e12,
        milliwatts / 1000.0,
        asked == 0 ? "" : " (%d by NVMe power states)".formatted(asked),
        virtual == 0 ? "" : " (%d virtual: on other drives, by size)".formatted(virtual));
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    SysFile opened = file;
    if (opened == null) {
      throw new IOException("it is not open");
    }
    look(epochMillis);
    if (!parse(opened)) {
      follow(opened);
      if (!parse(opened)) {
        throw new IOException(diskstats + " changes while it is read");
      }
    }
    List<DeviceSeries> series = new ArrayList<>(drives.size());
    for (Line line : lines) {
      Drive drive = line.drive;
      if (drive != null) {
        if (drive.askedMillis == Long.MIN_VALUE
            || Math.abs(epochMillis - drive.askedMillis) >= ASK_STATE_MILLIS) {
          drive.askedMillis = epochMillis;
          ask(drive);
        }
        series.add(series(drive, epochMillis));
      }
    }
    return series;
  }

  @Override
  public List<DeviceStatus> statuses(long epochMillis) throws IOException {
    List<DeviceStatus> all = new ArrayList<>(drives.size());
    IOException failure = null;
    for (Drive drive : drives.values()) {
      try {
        drive.status.add(epochMillis, all);
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null && all.isEmpty()) {
      throw failure;
    }
    return all;
  }

  /** Reads all figures; false if the lines are not about what they were about the last time. */
  private boolean parse(SysFile file) throws IOException {
    file.read();
    int at = 0;
    while (file.nextLine()) {
      if (!file.skipWords(3)) {
        continue;
      }
      if (at == lines.size() || !file.wordIs(lines.get(at).name)) {
        return false;
      }
      Drive drive = lines.get(at++).drive;
      if (drive != null) {
        file.skipWords(2);
        drive.readBytes = file.nextNumber() * SECTOR;
        file.skipWords(3);
        drive.writtenBytes = file.nextNumber() * SECTOR;
        file.skipWords(2);
        drive.busyMillis = file.nextNumber();
      }
    }
    return at == lines.size();
  }

  private static void ask(Drive drive) {
    NvmeAdmin admin = drive.admin;
    NvmeController controller = drive.controller;
    if (admin == null || controller == null) {
      return;
    }
    try {
      drive.state = controller.current(admin);
      drive.stateFails = false;
    } catch (IOException e) {
      // state 0 is the one without restraint; drives that nobody restrains are in it
      drive.state = controller.states().getFirst();
      if (!drive.stateFails) {
        drive.stateFails = true;
        log.info("{}; power state 0 is assumed", e.getMessage());
      }
    }
  }

  private void look(long epochMillis) {
    if (mountsMillis == Long.MIN_VALUE
        || Math.abs(epochMillis - mountsMillis) >= LOOK_MOUNTS_MILLIS) {
      mountsMillis = epochMillis;
      spaceMillis = Long.MIN_VALUE;
      try {
        space.look();
      } catch (IOException e) {
        log.debug("what is mounted cannot be read", e);
      }
    }
    if (spaceMillis == Long.MIN_VALUE || Math.abs(epochMillis - spaceMillis) >= ASK_SPACE_MILLIS) {
      spaceMillis = epochMillis;
      used = space.used();
    }
  }

  private DeviceSeries series(Drive drive, long epochMillis) {
    long busyBasisPoints = MISSING;
    double busy = 0;
    // a counter that falls from its lower half did not wrap: another drive was plugged in
    boolean same =
        drive.busyMillis >= drive.lastBusyMillis || drive.lastBusyMillis > BUSY_WRAP_MILLIS / 2;
    if (drive.lastMillis != MISSING && epochMillis > drive.lastMillis && same) {
      long spent = Math.floorMod(drive.busyMillis - drive.lastBusyMillis, BUSY_WRAP_MILLIS);
      busy = Math.clamp((double) spent / (epochMillis - drive.lastMillis), 0, 1);
      busyBasisPoints = Math.round(busy * 10_000);
    }
    drive.lastMillis = epochMillis;
    drive.lastBusyMillis = drive.busyMillis;
    Long inUse = used.get(drive.id);
    return new DeviceSeries(
        drive.device,
        new Readings(
            new long[] {epochMillis},
            drive.tellsPower ? new long[] {drive.milliwatts(busy)} : NONE,
            NONE,
            new long[] {busyBasisPoints},
            inUse == null ? NONE : new long[] {inUse},
            new long[] {drive.readBytes},
            new long[] {drive.writtenBytes}));
  }

  @Override
  public void close() {
    drives.values().forEach(Drive::close);
    drives.clear();
    controllers.clear();
    lines.clear();
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        log.debug("{} was not closed in order", diskstats, e);
      }
      file = null;
    }
  }
}
