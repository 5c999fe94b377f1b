// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.StateBytes;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.TelemetryReader.DeviceBlock;
import io.github.joulestream.streams.failure.RecordRefusals;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a task. Accounts are in memory and change with every batch; the batches go into the
 * {@link Journal}, and so into the commit. A few nodes at each commit are written: the account into
 * its store and the batches since it was last written into the history, so that their entries in
 * the journal can be deleted. So the cost of a commit grows with its input, not with the size of
 * the accounts.
 *
 * <pre>
 *   journal   ...  [n1 n7 n3] [n1 n3 n9] [n7 n1]      the latest batches and allocations
 *   accounts  n1 n3 n7 n9 ..                          as of when each was last written
 *   history   n1: block block ..   n3: block ..       the batches until then
 * </pre>
 */
public final class NodeStateCache implements AutoCloseable {
  // of the nodes in the journal, one in so many is written at each commit that emits to jobs: twice
  // as many would keep entries in the journal for twice as long
  private static final int COMMITS_PER_NODE = 32;
  // a node is written when its first entry in the journal is older, or more was appended since
  private static final long MAX_MILLIS = 60_000;
  private static final long MAX_BYTES = 48L << 20;
  // of an account as it is written; a changelog takes no larger record
  static final int MAX_ACCOUNT_BYTES = Journal.MAX_RECORD - (64 << 10);
  // of an account as objects, for each byte of it as it is written before it is compressed
  private static final int BYTES_PER_WRITTEN_BYTE = 3;

  private final Journal journal;
  private final KeyValueStore<String, byte[]> accounts;
  private final NodeHistory history;
  private final ZstdCodec codec;
  private final Supplier<NodeAccount> newAccount;
  private final Reader reader;
  private final Replay replay;
  private final Aside aside;
  private final CacheBudget.Share share;
  // of the node that is being written
  private final StateBytes out = new StateBytes();

  private final LinkedHashMap<String, NodeState> live = new LinkedHashMap<>(64, 0.75f, true);
  // nodes with entries in the journal that are not written yet, in the order of the first of them
  private final LinkedHashMap<String, Since> dirty = new LinkedHashMap<>();
  // entries found in the journal at the start, of nodes that are not in memory yet
  private final Map<String, List<Journal.Entry>> pending = new HashMap<>();

  // when the task began, increments of entries up to here had been emitted to jobs
  private long emittedPosition;

  // estimate for the nodes in memory
  private long liveBytes;
  // new nodes since the task began
  private long made;
  // latest record of any node
  private long telemetryOffset = -1;
  private long allocationOffset = -1;

  private record Since(long position, long arrivalEpochMillis) {}

  /** Reads an account. */
  public interface Reader {
    NodeAccount read(DataInput in) throws IOException;
  }

  /** Lets a node take in again what it had taken in. */
  public interface Replay {
    void take(NodeState node, Journal.Entry entry, boolean emitted);
  }

  /** Sets aside a node whose account cannot be read, rebuilt or written. */
  public interface Aside {
    /**
     * Takes the node, which is no longer in the cache.
     *
     * @param entries what it had taken in since it was last written, oldest first
     * @param emitted by their index, those whose increments were emitted to jobs, or will be at
     *     this commit
     */
    void set(String key, List<Journal.Entry> entries, IntPredicate emitted, Throwable why);

    /** True if it has this node. */
    boolean holds(String key);
  }

  /**
   * Nodes in these stores.
   *
   * @param budget bounds the nodes in memory, together with other caches; given back by {@link
   *     #close}
   */
  public NodeStateCache(
      Journal journal,
      KeyValueStore<String, byte[]> accounts,
      NodeHistory history,
      ZstdCodec codec,
      Supplier<NodeAccount> newAccount,
      Reader reader,
      Replay replay,
      Aside aside,
      CacheBudget budget) {
    this.journal = journal;
    this.accounts = accounts;
    this.history = history;
    this.codec = codec;
    this.newAccount = newAccount;
    this.reader = reader;
    this.replay = replay;
    this.aside = aside;
    this.share = budget.open();
  }

  /**
   * Begins with what the stores hold: nodes with entries whose increments were not emitted take
   * them in at once.
   */
  public void open() {
    journal.open(entry -> {
      if (entry.kind() == Journal.Kind.EMITTED) {
        emittedPosition = entry.position();
        return;
      }
      noteOffset(entry.kind(), entry.offset());
      if (aside.holds(entry.node())) {
        return; // it has these
      }
      pending.computeIfAbsent(entry.node(), _ -> new ArrayList<>()).add(entry);
      // the entry ends there, and begins before; so the journal keeps it
      dirty.putIfAbsent(entry.node(), new Since(entry.position() - 1, entry.arrivalEpochMillis()));
    });
    for (Map.Entry<String, List<Journal.Entry>> node : List.copyOf(pending.entrySet())) {
      if (node.getValue().getLast().position() > emittedPosition) {
        var _ = get(node.getKey());
      }
    }
  }

  /** The node if it is in memory. */
  public @Nullable NodeState live(String key) {
    return live.get(key);
  }

  /** New nodes since the task began. */
  long made() {
    return made;
  }

  /** True if this node is in memory or in a store. */
  public boolean isKnown(String key) {
    return live.containsKey(key) || pending.containsKey(key) || accounts.get(key) != null;
  }

  /** The node, or a new one. Null if its state cannot be read: then it has been set aside now. */
  public @Nullable NodeState get(String key) {
    NodeState node = live.get(key);
    if (node == null) {
      List<Journal.Entry> entries = pending.remove(key);
      node = begin(key, entries == null ? List.of() : entries, emittedPosition);
    }
    return node;
  }

  /**
   * The node as it was before the current record, of which its account may have taken in a share.
   * Null if its state cannot be read: then it has been set aside now.
   */
  public @Nullable NodeState rebuild(NodeState failed) {
    drop(failed.key);
    // the increments of all entries are emitted with this commit at the latest
    return begin(failed.key, unwritten(failed.key), journal.position());
  }

  /**
   * Puts a node back that was set aside.
   *
   * @param entries as they were given to {@link Aside}
   * @return null if it had to be set aside again
   */
  public @Nullable NodeState restore(
      String key, List<Journal.Entry> entries, long entriesEmittedPosition) {
    NodeState node = begin(key, entries, entriesEmittedPosition);
    // what it took in is not in the journal
    return node == null || !write(node, entries) ? null : node;
  }

  /** Begins a node anew: its account, its history and its entries in the journal are dropped. */
  public void reset(String key) {
    drop(key);
    dirty.remove(key);
    pending.remove(key);
    history.delete(key);
    NodeState node = new NodeState(key, newAccount.get());
    node.telemetryOffset = telemetryOffset;
    node.allocationOffset = allocationOffset;
    live.put(key, node);
    liveBytes += node.bytes;
    var _ = write(node, List.of());
  }

  /**
   * True if a node has expired, by its account. False if the account cannot be read: the node is
   * set aside when its next record arrives.
   *
   * @param written its account, as it is in the store
   */
  boolean isExpired(String key, byte[] written, long nowMillis) {
    if (dirty.containsKey(key) || aside.holds(key)) {
      return false;
    }
    NodeState node = live.get(key);
    try {
      return (node == null ? read(key, written) : node).account.isForgettable(nowMillis);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      return false;
    }
  }

  /** Deletes a node that has no entries in the journal. */
  void delete(String key) {
    drop(key);
    accounts.delete(key);
    history.delete(key);
  }

  /** What a node has taken in since it was last written. */
  private List<Journal.Entry> unwritten(String key) {
    Since since = dirty.get(key);
    return since == null ? List.of() : journal.entriesOf(key.getBytes(UTF_8), since.position);
  }

  private @Nullable NodeState begin(
      String key, List<Journal.Entry> entries, long entriesEmittedPosition) {
    int taken = 0;
    try {
      byte[] written = accounts.get(key);
      NodeState node = written == null ? new NodeState(key, newAccount.get()) : read(key, written);
      for (Journal.Entry entry : entries) {
        // a chunk also holds entries from before the account was written
        if (node.isNew(entry)) {
          replay.take(node, entry, entry.position() <= entriesEmittedPosition);
          node.noteOffset(entry.kind(), entry.offset());
        }
        taken++;
      }
      live.put(key, node);
      liveBytes += node.bytes;
      made += written == null ? 1 : 0;
      return node;
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      // increments of what was taken in again are emitted to jobs with this commit
      int booked = taken;
      setAside(
          key, entries, i -> i < booked || entries.get(i).position() <= entriesEmittedPosition, e);
      return null;
    }
  }

  private void setAside(
      String key, List<Journal.Entry> entries, IntPredicate emitted, Throwable why) {
    drop(key);
    dirty.remove(key);
    pending.remove(key);
    aside.set(key, entries, emitted, why);
  }

  private void drop(String key) {
    NodeState node = live.remove(key);
    if (node != null) {
      liveBytes -= node.bytes;
    }
  }

  /**
   * The position of the journal. Every commit that emits to jobs appends to the journal, so no two
   * of them have the same, over restarts too: it distinguishes fragments of node windows.
   */
  public long fragment() {
    return journal.position();
  }

  /** Appends an allocation that a node took in. */
  public void taken(NodeState node, long arrivalEpochMillis, long offset, byte[] allocation) {
    noteEntry(node, Journal.Kind.ALLOCATION, arrivalEpochMillis, offset);
    journal.append(
        node.keyBytes, Journal.Kind.ALLOCATION, arrivalEpochMillis, offset, allocation, null, 0, 0);
  }

  /**
   * Appends a batch that a node took in; returns where it is now.
   *
   * @param reader that has just read it from all of {@code batch}
   */
  public Journal.Slice taken(
      NodeState node, long arrivalEpochMillis, long offset, byte[] batch, TelemetryReader reader) {
    noteEntry(node, Journal.Kind.TELEMETRY, arrivalEpochMillis, offset);
    DeviceBlock deviceBlock = reader.deviceBlock();
    boolean sameDevices = reader.deviceBlockFrom() >= 0 && deviceBlock.equals(node.inJournal);
    node.inJournal = deviceBlock;
    return sameDevices
        ? journal.append(
            node.keyBytes,
            Journal.Kind.WITHOUT_DEVICES,
            arrivalEpochMillis,
            offset,
            batch,
            deviceBlock,
            reader.deviceBlockFrom(),
            reader.deviceBlockTo())
        : journal.append(
            node.keyBytes, Journal.Kind.TELEMETRY, arrivalEpochMillis, offset, batch, null, 0, 0);
  }

  private void noteEntry(NodeState node, Journal.Kind kind, long arrivalEpochMillis, long offset) {
    node.noteOffset(kind, offset);
    noteOffset(kind, offset);
    if (!dirty.containsKey(node.key)) {
      dirty.put(node.key, new Since(journal.position(), arrivalEpochMillis));
    }
  }

  private void noteOffset(Journal.Kind kind, long offset) {
    if (kind == Journal.Kind.ALLOCATION) {
      allocationOffset = Math.max(allocationOffset, offset);
    } else {
      telemetryOffset = Math.max(telemetryOffset, offset);
    }
  }

  /**
   * Writes the nodes that are due. To be called at a commit that emits the increments of all that
   * the nodes have taken in.
   */
  public void commit(long nowMillis) {
    int inTurn = dirty.size() / COMMITS_PER_NODE;
    ArrayDeque<String> due = new ArrayDeque<>();
    for (Map.Entry<String, Since> entry : dirty.entrySet()) {
      Since since = entry.getValue();
      if (due.size() >= inTurn
          && since.arrivalEpochMillis > nowMillis - MAX_MILLIS
          && journal.position() - since.position <= MAX_BYTES) {
        break;
      }
      due.add(entry.getKey());
    }
    due.forEach(this::writeIfReadable);
    dropSurplus();
    journal.appendEmitted();
    journal.deleteBefore(
        dirty.isEmpty() ? journal.position() : dirty.firstEntry().getValue().position);
  }

  /** True if a commit has to write and drop nodes, so that the instance stays in its budget. */
  public boolean isOverBudget() {
    share.report(liveBytes);
    return share.surplus() > 0;
  }

  /** Writes and drops the nodes that were not used for longest, while the budget is exceeded. */
  private void dropSurplus() {
    share.report(liveBytes);
    long surplus = share.surplus();
    List<NodeState> dropped = new ArrayList<>();
    for (NodeState node : live.values()) {
      if (surplus <= 0) {
        break;
      }
      surplus -= node.bytes;
      dropped.add(node);
    }
    for (NodeState node : dropped) {
      // one that cannot be written is set aside, and no longer in memory either
      if (!dirty.containsKey(node.key) || write(node, null)) {
        drop(node.key);
      }
      share.evicted();
    }
    share.report(liveBytes);
  }

  /** Nodes in memory. */
  int cached() {
    return live.size();
  }

  @Override
  public void close() {
    share.close();
  }

  private void writeIfReadable(String key) {
    NodeState node = get(key);
    if (node != null) {
      var _ = write(node, null);
    }
  }

  /**
   * Writes a node.
   *
   * @param entries what it has taken in since it was written last, or null if that is in the
   *     journal
   * @return false if that cannot be done: then it has been set aside
   */
  private boolean write(NodeState node, @Nullable List<Journal.Entry> entries) {
    byte[] account;
    try {
      account = written(node);
      if (account.length > MAX_ACCOUNT_BYTES) {
        throw new IllegalStateException(
            "its account has %,d bytes; %,d at most".formatted(account.length, MAX_ACCOUNT_BYTES));
      }
      history.write(node);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      setAside(node.key, entries == null ? unwritten(node.key) : entries, _ -> true, e);
      return false;
    }
    accounts.put(node.key, account);
    node.inJournal = null;
    dirty.remove(node.key);
    return true;
  }

  private byte[] written(NodeState node) {
    out.clear();
    try {
      out.writeLong(node.telemetryOffset);
      out.writeLong(node.allocationOffset);
      node.account.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("its account cannot be written: " + e, e);
    }
    liveBytes -= node.bytes;
    node.bytes = memoryOf(out.size());
    liveBytes += node.bytes;
    return codec.compress(Formats.NODE, out.array(), out.size());
  }

  private static long memoryOf(int writtenBytes) {
    return NodeState.MIN_BYTES + (long) BYTES_PER_WRITTEN_BYTE * writtenBytes;
  }

  private NodeState read(String key, byte[] written) {
    byte[] account = codec.decompress(Formats.NODE, written);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(account))) {
      long telemetryOffset = in.readLong();
      long allocationOffset = in.readLong();
      NodeState node = new NodeState(key, reader.read(in));
      node.telemetryOffset = telemetryOffset;
      node.allocationOffset = allocationOffset;
      node.bytes = memoryOf(account.length);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("its account cannot be read: " + e, e);
    }
  }
}
