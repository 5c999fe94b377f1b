// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.EpochClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Native libraries that store, topologies and Kafka's clients unpack into the temporary folder, up
 * to 24 MB for each start, and delete when they end in order. A killed process would leave them.
 *
 * <p>A library that is loaded needs its file no more, so its file goes as soon as it is loaded.
 * What a process left that was killed before that goes after an hour, when whoever else may have
 * unpacked it has loaded it too. Linux only; elsewhere nothing is deleted.
 */
public final class NativeLibraries {
  private static final Logger log = LoggerFactory.getLogger(NativeLibraries.class);
  private static final Path MAPS = Path.of("/proc/self/maps");

  /** As the libraries name what they unpack; the digits are those of a temporary file. */
  private static final Pattern UNPACKED =
      Pattern.compile(
          "lib(questdbr?|rocksdbjni|lz4-java-|zstd-jni-[0-9.]+-\\d+)\\d{6,}\\.so(\\.lck)?");

  private static final Duration LEFT = Duration.ofHours(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(10);

  private NativeLibraries() {}

  /** From now on files of libraries go when they are loaded. */
  public static void leaveNoFiles() {
    if (Files.isReadable(MAPS)) {
      Thread.ofPlatform().name("native-libraries").daemon().start(NativeLibraries::watch);
    }
  }

  private static void watch() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    deleteLeft(temporary, Instant.ofEpochMilli(EpochClock.system().epochMillis()).minus(LEFT));
    Duration pause = FIRST_PAUSE;
    try {
      while (true) {
        // some are loaded when they are first needed: hours later
        Thread.sleep(pause);
        deleteLoaded(temporary, Files.readAllLines(MAPS));
        pause = pause.compareTo(MAX_PAUSE) < 0 ? pause.multipliedBy(2) : MAX_PAUSE;
      }
    } catch (IOException e) {
      log.debug("{} cannot be read", MAPS, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Deletes the files of libraries that this process has loaded.
   *
   * @param maps lines of proc_pid_maps(5)
   */
  static void deleteLoaded(Path temporary, List<String> maps) {
    maps.stream()
        .map(line -> line.substring(line.indexOf('/') < 0 ? line.length() : line.indexOf('/')))
        .distinct()
        .map(Path::of)
        .filter(file -> temporary.equals(file.getParent()) && isUnpacked(file))
        .forEach(file -> {
          delete(file);
          delete(file.resolveSibling(file.getFileName() + ".lck")); // LZ4 keeps one beside it
        });
  }

  /** Deletes what was unpacked before a time, by whomever. */
  static void deleteLeft(Path temporary, Instant before) {
    try (Stream<Path> files = Files.list(temporary)) {
      files
          .filter(NativeLibraries::isUnpacked)
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> isOlder(file, before))
          .forEach(NativeLibraries::delete);
    } catch (IOException e) {
      log.debug("{} cannot be tidied", temporary, e);
    }
  }

  private static boolean isUnpacked(Path file) {
    return UNPACKED.matcher(String.valueOf(file.getFileName())).matches();
  }

  private static boolean isOlder(Path file, Instant before) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(before);
    } catch (IOException e) {
      log.debug("{} is gone", file, e);
      return false;
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("{} cannot be deleted", file, e); // another user's
    }
  }
}
