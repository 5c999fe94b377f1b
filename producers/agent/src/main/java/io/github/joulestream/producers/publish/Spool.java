// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records on their way to Kafka, in a folder: each is written there before it is sent, and deleted
 * when Kafka has acknowledged it. So a crash of this process loses none, and the next start sends
 * what the last one left, in order. Safe for use by many threads.
 *
 * <pre>
 *   records       0 1 2 3 4 5 6 7 8 9 ...
 *   segments     [0 . . .][4 . . .][8 .        the last one grows
 *   head              ^ the first that Kafka does not have; stored in the file "sent"
 *   in memory                   [6 7 8 9]      the newest: the disk is read for a backlog only
 * </pre>
 *
 * A damaged segment is renamed to {@code *.damaged}, of which the newest few stay; records before
 * the damage are sent, the others are counted as dropped.
 *
 * <p>While the folder cannot be written to (full, read-only, gone) records stay in memory, the
 * newest ones as far as there is room. When the spool has its full size the oldest segment is
 * deleted. Both drop records: they are counted, and the first is logged.
 */
final class Spool implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Spool.class);
  private static final int MEMORY_BYTES = 512 << 10;
  private static final int SEGMENT_BYTES = 1 << 20;
  private static final int MIN_SEGMENTS = 8;
  // when all of a segment is sent, and it is at least so large, another one is begun
  private static final int WORN_BYTES = 256 << 10;

  private final NanoClock clock = NanoClock.system();
  private final Path folder;
  private long limitBytes;
  private final long segmentBytes;
  private final int memoryBytes;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private final Deque<Entry> recent = new ArrayDeque<>();
  private final SentMark sent;
  private final SegmentFolder files;
  private @Nullable FolderLock lock;
  private @Nullable Segment active;
  // the segment that was read last, while there is a backlog
  private @Nullable Segment loaded;
  private List<Message> loadedMessages = List.of();
  private long head;
  private long next;
  private long diskBytes;
  private long recentBytes;
  private long dropped;
  private @Nullable String trouble;
  private boolean full;
  private boolean finishing;
  private boolean closed;

  /**
   * A message and its place in the order.
   *
   * @param kept true if it is on disk too
   */
  record Entry(long number, Message message, boolean kept) {}

  private Spool(Path folder, long limitBytes, int memoryBytes) {
    this.folder = folder;
    this.limitBytes = limitBytes;
    this.segmentBytes = Math.min(SEGMENT_BYTES, limitBytes / MIN_SEGMENTS);
    this.memoryBytes = memoryBytes;
    sent = new SentMark(folder);
    files = new SegmentFolder(folder);
  }

  /**
   * Opens a folder, and takes over what is in it. A folder that cannot be used is no error: it is
   * logged, and tried again with every message.
   *
   * @param limitBytes size on disk that it never exceeds by more than a message
   * @throws UserError if another agent uses it
   */
  static Spool open(Path folder, long limitBytes) {
    return open(folder, limitBytes, MEMORY_BYTES);
  }

  static Spool open(Path folder, long limitBytes, int memoryBytes) {
    Spool spool = new Spool(folder, limitBytes, memoryBytes);
    try {
      PrivateFiles.folder(folder);
      spool.lock = FolderLock.take(folder);
    } catch (IOException e) {
      spool.fails(e);
    }
    try {
      spool.takeOver();
    } catch (IOException e) {
      spool.fails(e);
    }
    return spool;
  }

  private void takeOver() throws IOException {
    for (Segment segment : files.findAll()) {
      if (!segments.isEmpty()) {
        segments.getLast().endAt(segment.first());
      }
      segments.add(segment);
      diskBytes += segment.bytes();
    }
    if (!segments.isEmpty()) {
      Segment last = segments.getLast();
      diskBytes -= last.bytes();
      head = segments.getFirst().first();
      try {
        if (!last.cutTornTail()) {
          files.countTail(last);
        }
        if (last.end() == last.first()) {
          boolean _ = last.delete(); // the next message has its number, and so its name
          segments.removeLast();
        }
      } catch (IOException e) {
        fails(e); // records before the damage can be sent all the same
      }
      diskBytes += segments.contains(last) ? last.bytes() : 0;
      next = last.end();
    }
    head = Math.max(head, sent.read());
    next = Math.max(next, head);
    deleteSent();
    if (next > head) {
      log.info("Spool {} holds {} records of the last run to be sent", folder, next - head);
    }
  }

  /** From the next message on it has this size at most, where it was opened with more. */
  synchronized void limitTo(long bytes) {
    limitBytes = bytes;
  }

  // ---- in

  /** Adds a message; it is on disk when this returns, if the folder takes it. */
  synchronized void append(Message message) {
    if (closed) {
      throw new IllegalStateException("the spool is closed");
    }
    long number = next++;
    Entry entry = new Entry(number, message, write(number, message));
    recent.add(entry);
    recentBytes += message.size();
    while (recentBytes > memoryBytes && recent.size() > 1) {
      Entry oldest = recent.removeFirst();
      recentBytes -= oldest.message.size();
      if (!oldest.kept) {
        drop(1);
        if (oldest.number == head) {
          head++;
        }
      }
    }
    notifyAll();
  }

  /** False if the folder cannot be written to. */
  private boolean write(long number, Message message) {
    byte[] encoded = Segment.encode(message);
    if (encoded.length > Segment.MAX_BYTES - Segment.MAGIC_BYTES) {
      return false; // Kafka will refuse it too
    }
    try {
      makeRoom(encoded.length + Segment.MAGIC_BYTES);
      Segment segment = active;
      if (segment == null
          || segment.bytes() + encoded.length > segmentBytes
          || segment.end() != number) {
        segment = roll(number);
      }
      diskBytes -= segment.bytes();
      try {
        segment.append(encoded);
      } finally {
        diskBytes += segment.bytes();
      }
    } catch (IOException e) {
      fails(e);
      closeActive();
      return false;
    }
    if (trouble != null) {
      log.warn("Spool {} can be written to again", folder);
      trouble = null;
    }
    return true;
  }

  private Segment roll(long number) throws IOException {
    closeActive();
    PrivateFiles.folder(folder);
    Segment segment = Segment.create(folder, number);
    segments.add(segment);
    diskBytes += segment.bytes();
    active = segment;
    return segment;
  }

  private void closeActive() {
    Segment segment = active;
    active = null;
    if (segment != null) {
      try {
        segment.force();
        segment.close();
      } catch (IOException e) {
        fails(e);
      }
    }
  }

  private void makeRoom(int more) throws IOException {
    while (diskBytes + more > limitBytes && !segments.isEmpty()) {
      Segment oldest = segments.getFirst();
      long lost = Math.max(0, oldest.end() - Math.max(head, oldest.first()));
      // older records that are only in memory are dropped with it
      lost += recent.stream().filter(entry -> entry.number < oldest.first()).count();
      if (lost > 0) {
        if (!full) {
          full = true;
          log.warn(
              "Spool {} is full ({} MiB): the oldest records are dropped",
              folder,
              limitBytes >> 20);
        }
        drop(lost);
        advanceTo(oldest.end());
      }
      delete(oldest);
    }
  }

  private void drop(long count) {
    if (dropped == 0) {
      log.warn(
          "Spool {} dropped {} records; see joulestream_agent_dropped_records_total",
          folder,
          count);
    }
    dropped += count;
  }

  private void fails(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (trouble == null) {
      log.warn(
          "Spool {} cannot be written to ({}); free or repair it, or give --spool DIR; until then"
              + " the newest {} KiB stay in memory",
          folder,
          why,
          memoryBytes >> 10);
    }
    trouble = why;
  }

  // ---- out

  /**
   * Waits until there are messages, and returns the oldest: up to so many bytes and messages, but
   * at least one. Empty only after {@link #finish}, when none is left.
   */
  synchronized List<Entry> await(int maxBytes, int maxCount) throws InterruptedException {
    while (head >= next && !finishing) {
      wait();
    }
    return oldest(maxBytes, maxCount);
  }

  /** From now on {@link #await} returns at once. */
  synchronized void finish() {
    finishing = true;
    notifyAll();
  }

  synchronized List<Entry> oldest(int maxBytes, int maxCount) {
    while (head < next) {
      Segment segment = backlogSegment();
      if (segment == null && recent.isEmpty()) {
        // files that were there are gone
        drop(next - head);
        acknowledge(next);
        break;
      }
      if (segment == null) {
        return upTo(maxBytes, maxCount, recent.iterator());
      }
      long from = Math.max(head, segment.first());
      List<Message> messages = load(segment);
      int skip = (int) (from - segment.first());
      if (skip < messages.size()) {
        List<Entry> entries = new ArrayList<>();
        for (int i = skip; i < messages.size(); i++) {
          entries.add(new Entry(segment.first() + i, messages.get(i), true));
        }
        return upTo(maxBytes, maxCount, entries.iterator());
      }
      // records that should be there are damaged
      drop(segment.end() - from);
      files.countDropped(segment, segment.end() - from);
      acknowledge(segment.end());
    }
    return List.of();
  }

  /** Where the oldest message is, if not in memory. */
  private @Nullable Segment backlogSegment() {
    long inMemory = recent.isEmpty() ? next : recent.getFirst().number;
    for (Segment segment : segments) {
      if (segment.end() > head) {
        return Math.max(head, segment.first()) < inMemory ? segment : null;
      }
    }
    return null;
  }

  private List<Message> load(Segment segment) {
    if (loaded != segment || loadedMessages.size() < segment.end() - segment.first()) {
      loaded = segment;
      try {
        loadedMessages = segment.read();
      } catch (IOException e) {
        fails(e);
        loadedMessages = List.of();
      }
    }
    return loadedMessages;
  }

  private static List<Entry> upTo(int maxBytes, int maxCount, Iterator<Entry> from) {
    List<Entry> entries = new ArrayList<>();
    int bytes = 0;
    while (from.hasNext() && entries.size() < maxCount) {
      Entry entry = from.next();
      bytes += entry.message.size();
      if (bytes > maxBytes && !entries.isEmpty()) {
        break;
      }
      entries.add(entry);
    }
    return entries;
  }

  /** Kafka has all messages before this number. */
  synchronized void acknowledge(long number) {
    if (number <= head) {
      return; // they were dropped meanwhile
    }
    advanceTo(number);
    try {
      sent.write(head);
    } catch (IOException e) {
      fails(e);
    }
    deleteSent();
    if (head == next) {
      full = false;
      loaded = null;
      loadedMessages = List.of();
    }
    notifyAll();
  }

  private void advanceTo(long number) {
    head = Math.max(head, number);
    while (!recent.isEmpty() && recent.getFirst().number < head) {
      recentBytes -= recent.removeFirst().message.size();
    }
  }

  /** Deletes the segments that were sent. */
  private void deleteSent() {
    try {
      while (!segments.isEmpty() && segments.getFirst().end() <= head) {
        Segment oldest = segments.getFirst();
        if (oldest == active && oldest.bytes() < WORN_BYTES) {
          return;
        }
        delete(oldest);
      }
    } catch (IOException e) {
      fails(e);
    }
  }

  private void delete(Segment segment) throws IOException {
    if (segment == active) {
      active = null;
    }
    if (segment == loaded) {
      loaded = null;
      loadedMessages = List.of();
    }
    boolean aside = segment.delete();
    segments.remove(segment);
    diskBytes -= segment.bytes();
    if (aside) {
      files.removeOldestDamaged();
    }
  }

  /** Waits until Kafka has everything; false if it has not within the time. */
  synchronized boolean awaitEmpty(Duration limit) throws InterruptedException {
    long end = clock.nanos() + limit.toNanos();
    long goal = next;
    while (head < goal) {
      long millis = (end - clock.nanos()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  // ---- figures

  /** The number of the first message that Kafka does not have. */
  synchronized long head() {
    return head;
  }

  /** Messages that Kafka does not have yet. */
  synchronized long waiting() {
    return next - head;
  }

  synchronized long diskBytes() {
    return diskBytes;
  }

  /** Segments that were damaged. */
  synchronized long damaged() {
    return files.damaged();
  }

  /** Messages that were dropped. */
  synchronized long dropped() {
    return dropped;
  }

  /** Why the folder cannot be written to, if so. */
  synchronized Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Writes to the disk what a power failure would lose. */
  synchronized void force() {
    Segment segment = active;
    if (segment != null) {
      try {
        segment.force();
      } catch (IOException e) {
        fails(e);
      }
    }
  }

  /** What is not sent stays in the folder, for the next start. */
  @Override
  public synchronized void close() {
    closed = true;
    closeActive();
    try {
      sent.close();
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      log.debug("the spool was not closed in order", e);
    }
    notifyAll();
  }
}
