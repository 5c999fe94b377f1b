// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.FolderContent;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder that keeps the data of reports, numbered: {@code director-dc1-2026-10.001.json}. While
 * one is open, other processes wait, so that no number is given out twice.
 */
public final class ReportArchive implements AutoCloseable {
  private static final int MOST_CHARACTERS = 120;
  private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._=,+-]");

  private final Path folder;
  private final String name;
  private final TreeMap<Integer, Path> kept = new TreeMap<>();
  private final FileChannel lock;

  /**
   * Opens the reports of one kind, sites, period and scope.
   *
   * @param name of them, which is made safe for a file
   * @throws UserError if the folder cannot be used
   */
  public static ReportArchive open(Path folder, String name) {
    try {
      return new ReportArchive(folder, safe(name));
    } catch (IOException e) {
      throw new UserError("the archive %s cannot be used: %s".formatted(folder, e), e);
    }
  }

  private ReportArchive(Path folder, String name) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.name = name;
    lock =
        FileChannel.open(
            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      lock.lock(); // until it is closed
      Pattern file = Pattern.compile(Pattern.quote(name) + "\\.(\\d{3,9})\\.json");
      try (Stream<Path> files = FolderContent.list(folder)) {
        files.forEach(path -> {
          Matcher matcher = file.matcher(path.getFileName().toString());
          if (matcher.matches()) {
            kept.put(Integer.parseInt(matcher.group(1)), path);
          }
        });
      }
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** A name as part of a file's: whatever is replaced or cut in it, its hash is at the end. */
  static String safe(String name) {
    String replaced = UNSAFE.matcher(name).replaceAll("_");
    if (replaced.equals(name) && name.length() <= MOST_CHARACTERS && !name.startsWith(".")) {
      return name;
    }
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return "%s-%s"
          .formatted(
              replaced
                  .substring(0, Math.min(replaced.length(), MOST_CHARACTERS))
                  .replaceFirst("^\\.+", "_"),
              HexFormat.of().formatHex(hash, 0, 6));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Number of the next report, from 1. */
  public int nextNumber() {
    return kept.isEmpty() ? 1 : kept.lastKey() + 1;
  }

  /** Where the next report is kept. */
  public Path nextFile() {
    return folder.resolve(String.format(Locale.ROOT, "%s.%03d.json", name, nextNumber()));
  }

  /** The report with the highest number; empty if none is kept. */
  public Optional<Path> latest() {
    return kept.isEmpty() ? Optional.empty() : Optional.of(kept.lastEntry().getValue());
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UserError("the archive %s: %s".formatted(folder, e), e);
    }
  }
}
