// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which GPU is behind which device file, from NVIDIA's kernel driver: {@code
 * /proc/driver/nvidia/gpus} has a folder for each GPU, and in it a file {@code information} with
 * lines such as {@code GPU UUID: GPU-604ac76c-...} and {@code Device Minor: 3} (the driver's
 * README, "The /proc filesystem interface"). The driver counts device files in another order than
 * tools count GPUs, and Slurm goes by the files.
 */
public final class NvidiaDriver {
  private static final Logger log = LoggerFactory.getLogger(NvidiaDriver.class);

  private NvidiaDriver() {}

  /**
   * UUIDs by device file; none if there is no such driver.
   *
   * @param procRoot {@code /proc}
   */
  public static Map<String, String> names(Path procRoot) {
    Map<String, String> names = new HashMap<>();
    Path gpus = procRoot.resolve("driver").resolve("nvidia").resolve("gpus");
    if (Files.isDirectory(gpus)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(gpus)) {
        for (Path folder : folders) {
          String uuid = "";
          String minor = "";
          for (String line : Files.readAllLines(folder.resolve("information"))) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("GPU UUID:")) {
              uuid = value;
            } else if (line.startsWith("Device Minor:")) {
              minor = value;
            }
          }
          if (!uuid.isEmpty() && !minor.isEmpty()) {
            names.put("/dev/nvidia" + minor, uuid);
          }
        }
      } catch (IOException e) {
        log.warn("{} cannot be read: {}", gpus, e.toString());
      }
    }
    return names;
  }
}
