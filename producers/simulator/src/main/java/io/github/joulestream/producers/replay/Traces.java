// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds power traces of public benchmarks and tools under a folder, at any depth:
 *
 * <ul>
 *   <li>MLPerf Training power logs: {@code <run>.txt} or {@code <run>.lifecycle.txt}, and beside it
 *       {@code power/<run>/node_N.txt}
 *   <li>MLPerf Inference logs of SPEC PTDaemon: {@code spl.txt} and {@code mlperf_log_detail*.txt}
 *   <li>CSV of nvidia-smi: {@code timestamp, ..., power.draw [W], ...}, with {@code timestamps.csv}
 *       of load marks beside it
 * </ul>
 */
public final class Traces {
  private Traces() {}

  /**
   * Reads all traces under a folder.
   *
   * @throws UserError if there are none, or if one cannot be understood without an option
   */
  public static TraceSet find(Path folder, ReplayOptions options) {
    if (!Files.isDirectory(folder)) {
      throw new UserError(folder + " is not a folder; --replay wants a folder with power traces");
    }
    Path root = folder.toAbsolutePath().normalize();
    String site = options.site() != null ? options.site() : String.valueOf(root.getFileName());
    Found found = new Found();
    try {
      Keys.check(site, "site");
      List<Path> files;
      try (Stream<Path> walk = Files.walk(root)) {
        files = walk.filter(Files::isRegularFile).sorted().toList();
      }
      new MlperfTraining(root, site, options).read(files, found);
      new MlperfInference(root, site, options).read(files, found);
      new NvidiaSmi(root, site, options).read(files, found);
    } catch (IOException | UncheckedIOException e) {
      throw new UserError("cannot read the traces in " + folder + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "the traces in %s cannot be used: %s".formatted(folder, e.getMessage()), e);
    }
    if (found.nothing()) {
      throw new UserError(
          ("no power traces under %s; known are MLPerf Training (power/*/node_*.txt),"
                  + " MLPerf Inference (spl.txt) and nvidia-smi CSV")
              .formatted(folder));
    }
    found.settle();
    return new TraceSet(site, found);
  }
}
