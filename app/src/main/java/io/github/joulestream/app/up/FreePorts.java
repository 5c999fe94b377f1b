// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Free ports of this machine's loopback address. A port is taken and kept, never probed first: what
 * was free a moment ago may be another's now.
 */
public final class FreePorts {
  private static final Logger log = LoggerFactory.getLogger(FreePorts.class);
  private static final int MOST = 65_535;
  private static final String LISTENING = "0A";

  private FreePorts() {}

  /**
   * Which port to take.
   *
   * @param port 0: any free one
   * @param option the option that named it; empty if nobody did, and another will do
   */
  public record Choice(int port, String option) {
    public Choice {
      if (port < 0 || port > MOST) {
        throw UserError.usage(
            "%s must be 0 (any free port) to %d, not %d".formatted(option, MOST, port));
      }
    }

    /** This port if it is free, else another. */
    public static Choice preferred(int port) {
      return new Choice(port, "");
    }

    /** This port and no other. */
    public static Choice named(int port, String option) {
      return new Choice(port, option);
    }

    boolean isNamed() {
      return !option.isEmpty();
    }
  }

  /** Something that listens on a port from then on. */
  interface Opening<T> {
    /**
     * Takes the port.
     *
     * @param port 0: any free one
     * @throws BindException if another has it
     */
    T on(int port) throws IOException;
  }

  /**
   * Opens something on the chosen port, or on another if the choice allows.
   *
   * @throws UserError if the port was named and is in use
   */
  static <T> T open(Choice choice, Opening<T> opening) throws IOException {
    try {
      return opening.on(choice.port());
    } catch (BindException e) {
      if (!choice.isNamed()) {
        return opening.on(0);
      }
      throw new UserError(
          "port %d is in use by %s; end it, or choose another with %s PORT (0: any free port)"
              .formatted(
                  choice.port(), holder(choice.port()).orElse("another program"), choice.option()),
          e);
    }
  }

  /** Takes the port and keeps it: connections wait until somebody accepts them. */
  static ServerSocketChannel listen(int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      // a port whose last connections have not yet timed out is free for a new listener
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Who listens on a port, as far as this user may see it (proc(5)). */
  static Optional<String> holder(int port) {
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> socketInode(Path.of("/proc/net", table), port).stream())
        .flatMap(inode -> process("socket:[" + inode + "]").stream())
        .findFirst();
  }

  private static Optional<String> socketInode(Path table, int port) {
    if (!Files.isReadable(table)) {
      return Optional.empty();
    }
    String local = ":%04X".formatted(port);
    try {
      for (String line : Files.readAllLines(table)) {
        List<String> columns = List.of(line.strip().split("\\s+"));
        if (columns.size() > 9
            && columns.get(1).endsWith(local)
            && columns.get(3).equals(LISTENING)) {
          return Optional.of(columns.get(9));
        }
      }
    } catch (IOException e) {
      log.debug("{} cannot be read", table, e);
    }
    return Optional.empty();
  }

  private static Optional<String> process(String socket) {
    return ProcessHandle.allProcesses()
        .filter(process -> has(process, socket))
        .map(process ->
            process
                .info()
                .command()
                .map(command ->
                    "process %d (%s)".formatted(process.pid(), Path.of(command).getFileName()))
                .orElse("process " + process.pid()))
        .findFirst();
  }

  private static boolean has(ProcessHandle process, String socket) {
    Path descriptors = Path.of("/proc", Long.toString(process.pid()), "fd");
    if (!Files.isReadable(descriptors)) {
      return false;
    }
    try (Stream<Path> links = Files.list(descriptors)) {
      return links.anyMatch(link -> pointsTo(link, socket));
    } catch (IOException e) {
      log.debug("{} cannot be read", descriptors, e); // it has ended, or is another user's
      return false;
    }
  }

  private static boolean pointsTo(Path link, String target) {
    try {
      return Files.readSymbolicLink(link).toString().equals(target);
    } catch (IOException e) {
      log.debug("{} is gone", link, e);
      return false;
    }
  }
}
