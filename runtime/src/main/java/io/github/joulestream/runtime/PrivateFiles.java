// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders and files of a program that nobody but its user may read: names of jobs and users are in
 * them. They are made with mode 0700 and 0600, whatever the umask, and a link in the place of a
 * file is not followed. What was there before keeps its mode, because it may be a person's own: a
 * folder that others can enter is named once, in the log. Safe for many threads.
 *
 * <p>On a file system without such modes files are made as it makes them.
 */
public final class PrivateFiles {
  private static final Logger log = LoggerFactory.getLogger(PrivateFiles.class);
  private static final FileAttribute<?> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?>[] NONE = {};
  private static final Set<Path> NAMED = ConcurrentHashMap.newKeySet();

  private PrivateFiles() {}

  /**
   * Makes a folder, and those above it that are missing. One that is there, or a link to one, is
   * taken as it is.
   *
   * @return the folder
   * @throws FileAlreadyExistsException if something else is there
   */
  public static Path folder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      warnIfOthersEnter(folder);
    } else {
      makeFolder(folder.toAbsolutePath());
    }
    return folder;
  }

  private static void makeFolder(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      makeFolder(parent);
    }
    try {
      Files.createDirectory(folder, onPosix(folder, FOLDER));
    } catch (FileAlreadyExistsException e) {
      // made by another process just now
      if (!Files.isDirectory(folder)) {
        throw new FileAlreadyExistsException(folder.toString(), null, "it is no folder");
      }
    }
  }

  /**
   * Makes an empty file.
   *
   * @throws FileAlreadyExistsException if there is one, or anything else
   */
  public static void create(Path file) throws IOException {
    Files.createFile(file, onPosix(file, FILE));
  }

  /**
   * Makes an empty file unless there is one: for what opens it by its name afterwards.
   *
   * @throws SmallFile.Unusable if there is something else, such as a link
   */
  public static void ensure(Path file) throws IOException {
    try {
      create(file);
    } catch (FileAlreadyExistsException e) {
      SmallFile.requireFile(file, SmallFile.look(file));
    }
  }

  /**
   * Opens a file, and makes it if the options say so.
   *
   * @throws IOException also if there is a link
   */
  public static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, all, onPosix(file, FILE));
  }

  /**
   * Writes a text as UTF-8 into a new file, which then replaces the one of this name, or the link:
   * no reader sees half of it.
   */
  public static void replace(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is no file");
    }
    // made exclusively, under a name that nobody can guess, with mode 0600
    Path draft = Files.createTempFile(folder, "." + file.getFileName() + "-", "");
    try {
      Files.write(draft, text.getBytes(StandardCharsets.UTF_8));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static FileAttribute<?>[] onPosix(Path path, FileAttribute<?> attribute) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {attribute}
        : NONE;
  }

  private static void warnIfOthersEnter(Path folder) {
    Permissions permissions = Permissions.of(folder);
    if ((permissions.ofGroup() || permissions.ofOthers())
        && !isWithinAClosedFolder(folder)
        && NAMED.add(folder.toAbsolutePath().normalize())) {
      if (permissions.isOwner()) {
        log.warn(
            "others on this machine can enter {}, where names of jobs and users are kept; run: chmod -R go= {}",
            folder,
            Permissions.quoted(folder));
      } else {
        log.warn(
            "{} is another user's, and others can enter it; use a folder of your own: names of jobs and users are kept there",
            folder);
      }
    }
  }

  /** Whether a folder above keeps others out, as a home folder mostly does. */
  private static boolean isWithinAClosedFolder(Path folder) {
    for (Path above = folder.toAbsolutePath().normalize().getParent();
        above != null;
        above = above.getParent()) {
      Permissions permissions = Permissions.of(above);
      if (permissions.known() && !permissions.ofGroup() && !permissions.ofOthers()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the file system has modes of user, group and others; false also if that cannot be found
   * out.
   */
  public static boolean hasModes(Path path) {
    return Permissions.of(path).known();
  }

  /**
   * Who may do anything with a file or folder.
   *
   * @param known false where the file system has no such modes, or they cannot be read
   * @param readOnly whether the file system is mounted so
   */
  record Permissions(boolean known, Set<PosixFilePermission> all, String owner, boolean readOnly) {
    private static final Permissions UNKNOWN = new Permissions(false, Set.of(), "", false);

    /** Of what a link leads to. Nothing is wrong with a file whose mode cannot be read. */
    static Permissions of(Path path) {
      try {
        FileStore store = Files.getFileStore(path);
        return store.supportsFileAttributeView("posix")
            ? new Permissions(
                true,
                Files.getPosixFilePermissions(path),
                Files.getOwner(path).getName(),
                store.isReadOnly())
            : UNKNOWN;
      } catch (IOException e) {
        log.debug("the mode of {} cannot be read", path, e);
        return UNKNOWN;
      }
    }

    boolean isOwner() {
      return owner.equals(user());
    }

    static String user() {
      return System.getProperty("user.name", "");
    }

    boolean ofGroup() {
      return all.contains(PosixFilePermission.GROUP_READ)
          || all.contains(PosixFilePermission.GROUP_WRITE)
          || all.contains(PosixFilePermission.GROUP_EXECUTE);
    }

    boolean ofOthers() {
      return all.contains(PosixFilePermission.OTHERS_READ)
          || all.contains(PosixFilePermission.OTHERS_WRITE)
          || all.contains(PosixFilePermission.OTHERS_EXECUTE);
    }

    /** A path as a shell takes it. */
    static String quoted(Path path) {
      String text = path.toString();
      return text.matches("[\\w/.@%+=:,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
  }
}
