// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.joulestream.producers.input.SmallFile;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages on their way to Kafka, in a folder: each is written there before it is sent, and goes
 * when Kafka has it. So a crash of this process loses none, and what one life left the next one
 * sends, in order. Safe for use by many threads.
 *
 * <pre>
 *   messages      0 1 2 3 4 5 6 7 8 9 ...
 *   segments     [0 . . .][4 . . .][8 .        the last one grows
 *   head              ^ the first that Kafka does not have yet; kept in the file "sent"
 *   in memory                   [6 7 8 9]      the newest, so that nothing is read while all is well
 * </pre>
 *
 * A segment that is damaged is set aside, under its name with {@code .damaged}, of which the newest
 * few stay; what is whole before the damage is sent, and the rest counted.
 *
 * <p>What the folder does not take (it is full, read-only, gone) stays in memory as long as there
 * is room; then the oldest goes. When the spool has its full size the oldest segment goes. Both are
 * counted, and said once.
 */
final class Spool implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Spool.class);
  private static final int MEMORY_BYTES = 512 << 10;
  private static final int SEGMENT_BYTES = 1 << 20;
  private static final int SEGMENTS_AT_LEAST = 8;
  // when all of a segment is sent, and it is at least so large, another one is begun
  private static final int WORN_BYTES = 256 << 10;
  private static final int SENT_BYTES = 12;
  private static final int SET_ASIDE_AT_MOST = 4;

  private final NanoClock clock = NanoClock.system();
  private final Path folder;
  private final long limitBytes;
  private final long segmentBytes;
  private final int memoryBytes;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private final Deque<Entry> recent = new ArrayDeque<>();
  private @Nullable FileChannel lock;
  private @Nullable RandomAccessFile sent;
  private @Nullable Segment active;
  // the segment that was read last, while there is a backlog
  private @Nullable Segment loaded;
  private List<Message> loadedMessages = List.of();
  private long head;
  private long next;
  private long diskBytes;
  private long recentBytes;
  private long dropped;
  private long damaged;
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
    this.segmentBytes = Math.min(SEGMENT_BYTES, limitBytes / SEGMENTS_AT_LEAST);
    this.memoryBytes = memoryBytes;
  }

  /**
   * Opens a folder, and takes over what is in it. A folder that cannot be used is no error: it is
   * said, and asked again with every message.
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
      Files.createDirectories(folder);
      spool.lock();
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

  private void lock() throws IOException {
    FileChannel channel = FileChannel.open(folder.resolve("lock"), CREATE, WRITE);
    try {
      if (channel.tryLock() != null) {
        lock = channel;
        return;
      }
    } catch (OverlappingFileLockException e) {
      log.debug("locked by this very process", e);
    }
    channel.close();
    throw new UserError(
        "another agent uses the spool %s; give each its own: --spool DIR".formatted(folder));
  }

  private void takeOver() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted().toList();
    } catch (NoSuchFileException e) {
      return; // there is no folder yet
    }
    for (Path file : files) {
      Segment segment = find(file);
      if (segment != null) {
        if (!segments.isEmpty()) {
          segments.getLast().endAt(segment.first());
        }
        segments.add(segment);
        diskBytes += segment.bytes();
      }
    }
    if (!segments.isEmpty()) {
      Segment last = segments.getLast();
      diskBytes -= last.bytes();
      head = segments.getFirst().first();
      try {
        if (!last.cutTornTail()) {
          damaged++;
          log.warn(
              "{} is damaged after its first {} records; it is set aside when they are sent",
              last,
              last.end() - last.first());
        }
        if (last.end() == last.first()) {
          boolean _ = last.delete(); // the next message has its number, and so its name
          segments.removeLast();
        }
      } catch (IOException e) {
        fails(e); // what is whole can be sent all the same
      }
      diskBytes += segments.contains(last) ? last.bytes() : 0;
      next = last.end();
    }
    long sentBefore = readSent();
    head = Math.max(head, sentBefore);
    next = Math.max(next, head);
    deleteSent();
    if (next > head) {
      log.info("{} records of an earlier life wait in {}", next - head, folder);
    }
  }

  /** The segment that a file is; null if it is none, or damaged. */
  private @Nullable Segment find(Path file) throws IOException {
    try {
      return Segment.find(file);
    } catch (Segment.Damaged e) {
      log.warn("{}; it is set aside", e.getMessage());
      damaged++;
      Segment.setAside(file);
      removeOldestSetAside();
      return null;
    }
  }

  /** They are there to be looked at, not to fill the disk. */
  private void removeOldestSetAside() throws IOException {
    List<Path> aside;
    try (Stream<Path> all = Files.list(folder)) {
      aside = all.filter(Segment::isSetAside).sorted().toList();
    }
    for (Path file : aside.subList(0, Math.max(0, aside.size() - SET_ASIDE_AT_MOST))) {
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        continue; // whoever made it may remove it
      }
      Files.deleteIfExists(file);
    }
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

  /** False if the folder does not take it. */
  private boolean write(long number, Message message) {
    byte[] encoded = Segment.encode(message);
    if (encoded.length > Segment.MAX_BYTES - Segment.MAGIC_BYTES) {
      return false; // Kafka will not take it either
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
      log.warn("the spool {} works again", folder);
      trouble = null;
    }
    return true;
  }

  private Segment roll(long number) throws IOException {
    closeActive();
    Files.createDirectories(folder);
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
      // what was only in memory, and is older still, goes with it
      lost += recent.stream().filter(entry -> entry.number < oldest.first()).count();
      if (lost > 0) {
        if (!full) {
          full = true;
          log.warn(
              "the spool {} is full ({} MiB): the oldest records go first",
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
      log.warn("records are lost; their number is told among the figures of this agent");
    }
    dropped += count;
  }

  private void fails(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (trouble == null) {
      log.warn(
          "the spool {} takes nothing ({}); mend it or give --spool DIR; until then the newest"
              + " {} KiB are kept in memory",
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

  /** From now on nobody waits for more. */
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
      // what should be there is damaged
      drop(segment.end() - from);
      log.warn("{} is damaged and set aside: {} records are lost", segment, segment.end() - from);
      damaged++;
      segment.markDamaged();
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
    writeSent();
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
      removeOldestSetAside();
    }
  }

  // ---- how far it was sent: a hint, without which a few records would be sent again

  private long readSent() throws IOException {
    Path file = folder.resolve("sent");
    if (!Files.isReadable(file)) {
      return 0;
    }
    byte[] bytes;
    try {
      bytes = SmallFile.bytes(file, SENT_BYTES);
    } catch (SmallFile.Unusable e) {
      log.warn("{}; some records may be sent again", e.getMessage());
      return 0;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean right = bytes.length == SENT_BYTES && in.getInt(8) == crc(bytes);
    return right && Segment.isNumber(in.getLong(0)) ? in.getLong(0) : 0;
  }

  private void writeSent() {
    byte[] bytes = new byte[SENT_BYTES];
    ByteBuffer.wrap(bytes).putLong(0, head);
    ByteBuffer.wrap(bytes).putInt(8, crc(bytes));
    try {
      RandomAccessFile file = sent;
      if (file == null) {
        file = new RandomAccessFile(folder.resolve("sent").toFile(), "rw");
        sent = file;
      }
      file.seek(0);
      file.write(bytes);
    } catch (IOException e) {
      fails(e);
    }
  }

  private static int crc(byte[] sent) {
    CRC32C crc = new CRC32C();
    crc.update(sent, 0, 8);
    return (int) crc.getValue();
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
    return damaged;
  }

  /** Messages that were lost. */
  synchronized long dropped() {
    return dropped;
  }

  /** Why the folder takes nothing, if it does not. */
  synchronized Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Makes sure that a power failure does not take what waits. */
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

  /** What waits stays in the folder, for the next life. */
  @Override
  public synchronized void close() {
    closed = true;
    closeActive();
    try {
      if (sent != null) {
        sent.close();
      }
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      log.debug("the spool was not closed in order", e);
    }
    notifyAll();
  }
}
