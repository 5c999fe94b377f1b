// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Files that appear under their names whole, or not at all. Each is written beside its place under
 * another name; when all of them are complete, they are moved. What was not moved is deleted at the
 * end, also at that of the process by Ctrl-C.
 */
public final class WholeFiles implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final List<Pending> pending = new ArrayList<>();
  private final Thread atExit = Thread.ofPlatform().unstarted(this::discard);
  private boolean ended;

  /** What a file holds. */
  public interface Content {
    /** Writes it; does not close the stream. */
    void write(OutputStream out) throws IOException;
  }

  /**
   * A file that is complete.
   *
   * @param bytes its size
   */
  public record Written(Path file, long bytes) {}

  /**
   * @param now under which name it is; the same as its final one for what cannot be replaced
   */
  private record Pending(Path now, Path file, long bytes) {}

  public WholeFiles() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Writes a file under another name. What exists and is no file, as {@code /dev/stdout}, is
   * written to at once.
   */
  public void write(Path file, Content content) throws IOException {
    Path place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    if (Files.exists(place) && !Files.isRegularFile(place)) {
      try (Counted out = new Counted(Files.newOutputStream(place, StandardOpenOption.WRITE))) {
        content.write(out);
        out.flush();
        synchronized (this) {
          pending.add(new Pending(place, place, out.bytes));
        }
      }
      return;
    }
    Path unfinished =
        place.resolveSibling(
            ".%s.%d.unfinished".formatted(place.getFileName(), ProcessHandle.current().pid()));
    try (Counted out = new Counted(open(unfinished, place))) {
      content.write(out);
      out.flush();
      complete(unfinished, out.bytes);
    }
  }

  private synchronized OutputStream open(Path unfinished, Path place) throws IOException {
    if (ended) {
      throw new IOException("the process ends");
    }
    pending.add(new Pending(unfinished, place, 0));
    return Files.newOutputStream(unfinished);
  }

  private synchronized void complete(Path unfinished, long bytes) {
    pending.replaceAll(
        file -> file.now.equals(unfinished) ? new Pending(file.now, file.file, bytes) : file);
  }

  /** Moves all to their places; returns them in the order in which they were written. */
  public synchronized List<Written> commit() throws IOException {
    List<Written> written = new ArrayList<>();
    while (!pending.isEmpty()) {
      Pending next = pending.getFirst();
      if (!next.now.equals(next.file)) {
        Files.move(next.now, next.file, StandardCopyOption.ATOMIC_MOVE);
      }
      pending.removeFirst();
      written.add(new Written(next.file, next.bytes));
    }
    return written;
  }

  private synchronized void discard() {
    ended = true;
    for (Pending file : pending) {
      if (!file.now.equals(file.file)) {
        try {
          Files.deleteIfExists(file.now);
        } catch (IOException e) {
          System.err.printf("joulestream: %s is left and can be deleted: %s%n", file.now, e);
        }
      }
    }
    pending.clear();
  }

  @Override
  public void close() {
    discard();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the process ends already, and the hook finds nothing left
    }
  }

  /** Counts and buffers. */
  private static final class Counted extends OutputStream {
    private final OutputStream out;
    private long bytes;

    Counted(OutputStream out) {
      this.out = new BufferedOutputStream(out, BUFFER);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
      bytes += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
