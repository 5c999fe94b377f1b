// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens for machines, out of a file that has their hashes. A token is 256 random bits, so its
 * plain SHA-256 cannot be turned around by trying, and neither salt nor a slow function would add
 * to that. A line that is taken out of the file is a token that is not taken any more, within a
 * second.
 */
public final class StaticTokens {
  /** How a token begins, by which programs that search for secrets know it. */
  public static final String PREFIX = "joulestream_";

  private static final Logger log = LoggerFactory.getLogger(StaticTokens.class);
  private static final int MOST_LINES = 10_000;
  private static final Set<String> KEYS =
      new TreeSet<>(Set.of("sha256", "name", "role", "user", "projects", "expires"));

  /** A line of the file. */
  private record Line(String sha256, Viewer viewer, long untilEpochMillis) {}

  private final WatchedFile<List<Line>> file;
  private final EpochClock clock;

  /**
   * Reads the file.
   *
   * @throws UserError if it cannot be read, or a line is wrong
   */
  StaticTokens(Path path, EpochClock clock, NanoClock nanos) {
    // a line that is wrong later grants nothing, and the others hold
    this.file = new WatchedFile<>(path, StaticTokens::parse, _ -> List.of(), nanos);
    this.clock = clock;
    try {
      if (WatchedFile.permissions(path).contains(PosixFilePermission.OTHERS_READ)) {
        log.warn("{} can be read by everybody on this machine: chmod o-r", path);
      }
    } catch (IOException e) {
      throw new UserError("permissions of %s cannot be read".formatted(path), e);
    }
  }

  /** A new token: it is shown once, and kept nowhere. */
  public static String create() {
    byte[] bytes = new byte[Sha256.BYTES];
    new SecureRandom().nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * The line of a token, which grants what these words say.
   *
   * @param words as in the file, without the hash: {@code role=viewer}
   * @throws IllegalArgumentException if one of them is wrong
   */
  public static String line(String token, String words) {
    String line = words + " sha256=" + HexFormat.of().formatHex(Sha256.of(token));
    line(line);
    return line;
  }

  private static List<Line> parse(String text, List<String> wrong) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (!Words.isComment(line)) {
        try {
          Line read = line(line);
          if (lines.size() == MOST_LINES) {
            throw new IllegalArgumentException("there are more than 10,000 tokens");
          }
          if (find(lines, read.sha256()) != null) {
            throw new IllegalArgumentException("the token has a line already");
          }
          lines.add(read);
        } catch (IllegalArgumentException e) {
          wrong.add("line %d: %s".formatted(number, e.getMessage()));
        }
      }
    }
    return lines;
  }

  private static Line line(String text) {
    Words words = new Words(text, KEYS);
    String hash = words.require("sha256");
    if (!hash.matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException("sha256 takes 64 hexadecimal digits");
    }
    Viewer viewer =
        new Viewer(
            words.get("user", ""),
            Words.role(words.require("role")),
            new TreeSet<>(words.list("projects")));
    if (viewer.role().compareTo(Role.VIEWER) < 0
        && viewer.name().isEmpty()
        && viewer.projects().isEmpty()) {
      throw new IllegalArgumentException("a user and a manager need user= or projects=");
    }
    return new Line(hash.toLowerCase(Locale.ROOT), viewer, until(words.get("expires", "")));
  }

  private static long until(String text) {
    if (text.isEmpty()) {
      return Long.MAX_VALUE;
    }
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "expires takes a time such as 2027-01-31T12:00:00Z, not that", e);
    }
  }

  /** Compares with every line, each in the same time, so that time says nothing of the hashes. */
  private static @Nullable Line find(List<Line> lines, String sha256) {
    byte[] bytes = sha256.getBytes(US_ASCII);
    Line found = null;
    for (Line line : lines) {
      if (MessageDigest.isEqual(line.sha256().getBytes(US_ASCII), bytes)) {
        found = line;
      }
    }
    return found;
  }

  /** Whether a text has the form of a static token. */
  static boolean isOne(String token) {
    return token.startsWith(PREFIX);
  }

  /**
   * Who has this token.
   *
   * @throws Access.Refusal if nobody has
   */
  Identity identity(String token) throws Access.Refusal {
    String sha256 = HexFormat.of().formatHex(Sha256.of(token));
    Line line = find(file.current(), sha256);
    if (line == null) {
      throw new Access.Refusal("the token is not known");
    }
    if (line.untilEpochMillis() <= clock.epochMillis()) {
      throw new Access.Refusal("the token has expired");
    }
    return new Identity(line.viewer(), line.untilEpochMillis(), () -> holds(sha256, line));
  }

  private boolean holds(String sha256, Line before) {
    Line now = find(file.current(), sha256);
    return now != null && now.viewer().equals(before.viewer());
  }
}
