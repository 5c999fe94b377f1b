// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.PrivateFiles.Permissions;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads secrets out of files: tokens, passwords, keys. A link is followed, as mounted secrets are
 * links. A file that others on the machine can read is used, and named once in the log with the
 * command that mends it. One on a file system that is mounted read-only is not named: Kubernetes,
 * Docker and systemd mount secrets so, with modes of their own, where nobody else sees them.
 */
public final class SecretFile {
  private static final Logger log = LoggerFactory.getLogger(SecretFile.class);
  private static final Set<Path> NAMED = ConcurrentHashMap.newKeySet();

  private SecretFile() {}

  /**
   * The text of a file, UTF-8, without the line break at its end.
   *
   * @param what the secret's name in errors: {@code the store's token}
   * @param mostBytes its greatest length
   * @throws UserError if there is no such file, it cannot be read, is empty, too long, or no file
   */
  public static String text(Path file, String what, int mostBytes) {
    String text = new String(bytes(file, what, mostBytes), UTF_8).replaceFirst("\\r?\\n\\z", "");
    if (text.isBlank()) {
      throw new UserError("%s: %s is empty".formatted(what, file));
    }
    return text;
  }

  /** The bytes of a file. As {@link #text}, with the line break. */
  public static byte[] bytes(Path file, String what, int mostBytes) {
    byte[] bytes;
    try {
      bytes = SmallFile.named(file, mostBytes);
      warnIfOthersRead(file);
    } catch (NoSuchFileException e) {
      throw new UserError("%s: there is no file %s".formatted(what, file), e);
    } catch (AccessDeniedException e) {
      throw new UserError(
          "%s: %s may not be read by user %s".formatted(what, file, Permissions.user()), e);
    } catch (SmallFile.Unusable e) {
      throw new UserError("%s: %s".formatted(what, e.getMessage()), e);
    } catch (IOException e) {
      throw new UserError("%s: %s cannot be read: %s".formatted(what, file, e.getMessage()), e);
    }
    if (bytes.length == 0) {
      throw new UserError("%s: %s is empty".formatted(what, file));
    }
    return bytes;
  }

  /**
   * Logs, once for each file, that others can read it and what to do. A group that reads is right
   * where the owner is another user, as root is of a service's settings.
   */
  public static void warnIfOthersRead(Path file) {
    Permissions permissions = Permissions.of(file);
    // root may read whatever it is
    boolean owner = permissions.isOwner() || Permissions.user().equals("root");
    if ((permissions.ofOthers() || (owner && permissions.ofGroup()))
        && !permissions.readOnly()
        && NAMED.add(file.toAbsolutePath().normalize())) {
      log.warn(
          "others on this machine can read the secret in {}; run: {}",
          file,
          owner
              ? "chmod go= " + Permissions.quoted(file)
              : "chown %s %s && chmod 600 %2$s"
                  .formatted(Permissions.user(), Permissions.quoted(file)));
    }
  }
}
