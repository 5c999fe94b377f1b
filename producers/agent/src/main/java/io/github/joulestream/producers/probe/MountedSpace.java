// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of each drive the file systems use that are mounted from it: from {@code
 * /proc/self/mountinfo} (proc_pid_mountinfo(5)) and {@code /sys/dev/block}, which leads from a
 * mount to its partition, and over mappings and arrays ({@code slaves}) to the drives. A file
 * system on several drives counts on each in equal shares. One thread.
 */
final class MountedSpace {
  private static final int MAX_LAYERS = 8;

  private final Path mountinfo;
  private final Path devices;
  private final ToLongFunction<Path> usedBytes;
  private static final Logger log = LoggerFactory.getLogger(MountedSpace.class);
  private static final Pattern DEVICE = Pattern.compile("\\d{1,10}:\\d{1,10}");

  private final List<Mount> mounts = new ArrayList<>();

  /** A mounted file system and the drives below it. */
  private record Mount(Path point, Set<String> drives) {}

  MountedSpace(Path procRoot, Path sysRoot) {
    this(procRoot, sysRoot, MountedSpace::usedBytes);
  }

  MountedSpace(Path procRoot, Path sysRoot, ToLongFunction<Path> usedBytes) {
    this.mountinfo = procRoot.resolve("self").resolve("mountinfo");
    this.devices = sysRoot.resolve("dev").resolve("block");
    this.usedBytes = usedBytes;
  }

  /** By statvfs(3). */
  private static long usedBytes(Path mountPoint) {
    return mountPoint.toFile().getTotalSpace() - mountPoint.toFile().getFreeSpace();
  }

  /** Looks what is mounted now. */
  void look() throws IOException {
    mounts.clear();
    Set<String> seen = new HashSet<>();
    // containers have thousands of them, and paths hold what their owners chose: any bytes but NUL
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(Files.newInputStream(mountinfo), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", 6);
        // one file system may be mounted at many places
        if (words.length == 6 && DEVICE.matcher(words[2]).matches() && seen.add(words[2])) {
          add(devices.resolve(words[2]), words[4]);
        }
      }
    }
  }

  private void add(Path block, String mountPoint) throws IOException {
    if (Files.exists(block)) {
      Set<String> drives = new HashSet<>();
      collect(block.toRealPath(), drives, MAX_LAYERS);
      try {
        mounts.add(new Mount(Path.of(unescaped(mountPoint)), drives));
      } catch (InvalidPathException e) {
        log.debug("the space that is used at {} is not known", mountPoint, e);
      }
    }
  }

  private static void collect(Path block, Set<String> drives, int layers) throws IOException {
    boolean mapped = false;
    Path below = block.resolve("slaves");
    if (layers > 0 && Files.isDirectory(below)) {
      try (DirectoryStream<Path> slaves = Files.newDirectoryStream(below)) {
        for (Path slave : slaves) {
          mapped = true;
          collect(slave.toRealPath(), drives, layers - 1);
        }
      }
    }
    if (!mapped) {
      boolean partition = Files.exists(block.resolve("partition"));
      Path drive = partition ? requireNonNull(block.getParent()) : block;
      drives.add(String.valueOf(drive.getFileName()));
    }
  }

  /** Blanks and the like are written as {@code \040}. */
  private static String unescaped(String word) {
    StringBuilder text = new StringBuilder(word);
    for (int at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", at + 1)) {
      if (at + 4 <= text.length() && text.substring(at + 1, at + 4).matches("[0-7]{3}")) {
        char c = (char) Integer.parseInt(text.substring(at + 1, at + 4), 8);
        text.replace(at, at + 4, String.valueOf(c));
      }
    }
    return text.toString();
  }

  /** Bytes in use by drive, of those that something is mounted from. */
  Map<String, Long> used() {
    Map<String, Long> used = new HashMap<>();
    for (Mount mount : mounts) {
      long share = usedBytes.applyAsLong(mount.point()) / mount.drives().size();
      mount.drives().forEach(drive -> used.merge(drive, share, Long::sum));
    }
    return used;
  }
}
