// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Keeps state from other users. Kafka Streams sets its state folder, and the one of the application
 * in it, to 0750 each time that it starts: the former gets the mode back that it had, the latter is
 * for the user alone.
 */
final class PrivateState {
  private static final Set<PosixFilePermission> USER = PosixFilePermissions.fromString("rwx------");

  private PrivateState() {}

  /**
   * Makes what makes these folders.
   *
   * @param config of Kafka Streams, with its state folder and the application's id
   */
  static <T> T in(Properties config, Supplier<T> made) {
    Path folder = Path.of(config.getProperty(StreamsConfig.STATE_DIR_CONFIG));
    Path ofApplication = folder.resolve(config.getProperty(StreamsConfig.APPLICATION_ID_CONFIG));
    try {
      PrivateFiles.folder(folder);
      if (!PrivateFiles.hasModes(folder)) {
        return made.get();
      }
      Set<PosixFilePermission> before = Files.getPosixFilePermissions(folder);
      T result = made.get();
      Files.setPosixFilePermissions(folder, before);
      if (Files.isDirectory(ofApplication)) {
        Files.setPosixFilePermissions(ofApplication, USER);
      }
      return result;
    } catch (IOException e) {
      throw new UserError(
          "cannot use %s for state: %s; give --state another folder".formatted(folder, e), e);
    }
  }
}
