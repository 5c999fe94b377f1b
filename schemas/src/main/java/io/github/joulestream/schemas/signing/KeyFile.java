// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files of keys, a line each:
 *
 * <pre>
 *   joulestream-site-key-1 BASE64 dc1
 *   joulestream-node-key-1 1a2b3c4d BASE64 dc1/n1
 * </pre>
 *
 * <p>The number is that of the format. Names come last, since they may hold blanks. Error messages
 * hold nothing of a file's content.
 */
public final class KeyFile {
  static final String SITE = "joulestream-site-key-1";
  static final String NODE = "joulestream-node-key-1";
  private static final int MAX_BYTES = 4_096;
  private static final String EXTENSION = ".key";

  private KeyFile() {}

  /**
   * The key in a file, with which a program signs: that of a node, or that which follows from the
   * key of a site.
   *
   * @throws UserError if there is no such file, or no key in it
   */
  public static SigningKey read(Path file) {
    String line = line(file);
    try {
      if (line.startsWith(SITE + " ")) {
        return siteKey(line).ofSite();
      }
      return nodeKey(line);
    } catch (IllegalArgumentException e) {
      throw notAKey(file, e);
    }
  }

  /**
   * The key of a site in a file.
   *
   * @throws UserError if there is no such file, or no key of a site in it
   */
  public static SiteKey readSite(Path file) {
    String line = line(file);
    try {
      if (line.startsWith(NODE + " ")) {
        throw new UserError(
            "%s holds the key of a node; the key of its site is needed here".formatted(file));
      }
      return siteKey(line);
    } catch (IllegalArgumentException e) {
      throw notAKey(file, e);
    }
  }

  /**
   * The keys of sites in a file, or in all files {@code *.key} of a folder.
   *
   * @throws UserError if there is none
   */
  public static List<SiteKey> readSites(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return List.of(readSite(fileOrFolder));
    }
    List<SiteKey> keys = new ArrayList<>();
    try (Stream<Path> files = Files.list(fileOrFolder)) {
      files
          .filter(file -> file.getFileName().toString().endsWith(EXTENSION))
          .sorted()
          .forEach(file -> keys.add(readSite(file)));
    } catch (IOException e) {
      throw new UserError("cannot read the folder %s: %s".formatted(fileOrFolder, e), e);
    }
    if (keys.isEmpty()) {
      throw new UserError("there is no file *%s in %s".formatted(EXTENSION, fileOrFolder));
    }
    return keys;
  }

  /**
   * Writes a new file that its owner alone may read.
   *
   * @throws UserError if there is such a file already, or it cannot be written
   */
  public static void write(Path file, SiteKey key) {
    write(file, key.line());
  }

  /**
   * Writes a new file that its owner alone may read; of a node's key.
   *
   * @throws UserError if there is such a file already, or it cannot be written
   */
  public static void write(Path file, SigningKey key) {
    write(file, key.line());
  }

  private static void write(Path file, String line) {
    try (FileChannel channel =
        PrivateFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (FileAlreadyExistsException e) {
      throw new UserError("%s exists; a key is never written over".formatted(file), e);
    } catch (NoSuchFileException e) {
      throw new UserError("there is no folder %s".formatted(file.toAbsolutePath().getParent()), e);
    } catch (IOException e) {
      throw new UserError("cannot write %s: %s".formatted(file, e), e);
    }
  }

  private static String line(Path file) {
    return SecretFile.text(file, "the key", MAX_BYTES).strip();
  }

  private static UserError notAKey(Path file, IllegalArgumentException e) {
    return new UserError(
        "%s holds no key; make one with: joulestream key new SITE, or joulestream key node SITE/NODE"
            .formatted(file),
        e);
  }

  private static SiteKey siteKey(String line) {
    String[] words = line.split(" ", 3);
    if (words.length != 3 || !words[0].equals(SITE)) {
      throw new IllegalArgumentException("no key of a site");
    }
    return new SiteKey(words[2], Base64.getDecoder().decode(words[1]));
  }

  private static SigningKey nodeKey(String line) {
    String[] words = line.split(" ", 4);
    if (words.length != 4 || !words[0].equals(NODE) || words[1].length() != 8) {
      throw new IllegalArgumentException("no key of a node");
    }
    String site = Keys.site(words[3]);
    if (site.length() == words[3].length()) {
      throw new IllegalArgumentException("no node");
    }
    return new SigningKey(
        site,
        words[3].substring(site.length() + 1),
        HexFormat.fromHexDigits(words[1]),
        Base64.getDecoder().decode(words[2]));
  }
}
