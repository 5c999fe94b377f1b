// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.TelemetryReader.Described;
import io.github.joulestream.streams.failure.RecordRefusals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
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
 * The nodes of a task. Accounts live in memory and change with every batch; what changed them goes
 * into the {@link Journal}, and so into the commit. Now and then, a few nodes at each commit, an
 * account is written down with the batches since it was written last, and their entries in the
 * journal are done with. So the cost of a commit follows from the news, not from the size of the
 * accounts.
 *
 * <pre>
 *   journal   ...  [n1 n7 n3] [n1 n3 n9] [n7 n1]      what is new
 *   accounts  n1 n3 n7 n9 ..                          as of when each was written down
 *   history   n1: block block ..   n3: block ..       the batches until then
 * </pre>
 */
public final class NodeStateCache implements AutoCloseable {
  // of the nodes with news this part is written down at each commit
  private static final int PART = 32;
  // an entry of the journal is done with after so long, or so many bytes
  private static final long MAX_MILLIS = 60_000;
  private static final long MAX_BYTES = 48L << 20;
  // of an account as it is written, packed; a changelog takes no larger record
  static final int MAX_ACCOUNT_BYTES = Journal.MAX_RECORD - (64 << 10);
  // of an account as objects, for each byte of it as it is written before it is compressed
  private static final int BYTES_PER_WRITTEN_BYTE = 3;

  private final Journal journal;
  private final KeyValueStore<String, byte[]> accounts;
  private final NodeHistory history;
  private final ZstdCodec packer;
  private final Supplier<NodeAccount> newAccount;
  private final Reader reader;
  private final Taker taker;
  private final Aside aside;
  private final CacheBudget.Share share;

  private final LinkedHashMap<String, NodeState> live = new LinkedHashMap<>(64, 0.75f, true);
  // nodes with news that is only in the journal, in the order of their first such news
  private final LinkedHashMap<String, Since> dirty = new LinkedHashMap<>();
  // news found in the journal at the start, of nodes that are not in memory yet
  private final Map<String, List<Journal.Entry>> pending = new HashMap<>();

  // up to here all that follows from the journal's entries was told, when the task began
  private long toldPosition;

  // of accounts in memory, about
  private long liveBytes;
  // nodes of which nothing was known before
  private long made;
  // of all nodes, what was taken in last
  private long telemetryOffset = -1;
  private long allocationOffset = -1;

  private record Since(long position, long arrivalEpochMillis) {}

  /** Reads an account. */
  public interface Reader {
    NodeAccount read(DataInput in) throws IOException;
  }

  /** Lets a node take in again what it had taken in. */
  public interface Taker {
    void take(NodeState node, Journal.Entry entry, boolean told);
  }

  /** Sets aside a node whose account cannot be read, rebuilt or written down. */
  public interface Aside {
    /**
     * Takes the node, which is no longer known here.
     *
     * @param entries what it had taken in since it was written down, oldest first
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
      ZstdCodec packer,
      Supplier<NodeAccount> newAccount,
      Reader reader,
      Taker taker,
      Aside aside,
      CacheBudget budget) {
    this.journal = journal;
    this.accounts = accounts;
    this.history = history;
    this.packer = packer;
    this.newAccount = newAccount;
    this.reader = reader;
    this.taker = taker;
    this.aside = aside;
    this.share = budget.open();
  }

  /** Begins with what the stores hold: nodes whose news were not told yet take them in at once. */
  public void open() {
    journal.open(entry -> {
      if (entry.kind() == Journal.Kind.TOLD) {
        toldPosition = entry.position();
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
      if (node.getValue().getLast().position() > toldPosition) {
        var _ = get(node.getKey());
      }
    }
  }

  /** The node if it is in memory. */
  public @Nullable NodeState live(String key) {
    return live.get(key);
  }

  /** Nodes of which nothing was known before, since the task began. */
  long made() {
    return made;
  }

  /** True if something is known of this node, in memory or in a store. */
  public boolean isKnown(String key) {
    return live.containsKey(key) || pending.containsKey(key) || accounts.get(key) != null;
  }

  /**
   * The node; a new one if nothing is known of it. Null if what is known of it cannot be read: then
   * it has been set aside just now.
   */
  public @Nullable NodeState get(String key) {
    NodeState node = live.get(key);
    if (node == null) {
      List<Journal.Entry> news = pending.remove(key);
      node = begin(key, news == null ? List.of() : news, toldPosition);
    }
    return node;
  }

  /**
   * The node as it was before the record in hand: what its account took in half way is gone. Null
   * if that cannot be done: then it has been set aside just now.
   */
  public @Nullable NodeState rebuild(NodeState failed) {
    drop(failed.key);
    // all that it has taken in is booked, and emitted with this commit at the latest
    return begin(failed.key, news(failed.key), journal.position());
  }

  /**
   * Puts a node back that was set aside.
   *
   * @param entries as they were given to {@link Aside}
   * @return null if it had to be set aside again
   */
  public @Nullable NodeState restore(
      String key, List<Journal.Entry> entries, long entriesToldPosition) {
    NodeState node = begin(key, entries, entriesToldPosition);
    // what it took in is not in the journal
    return node == null || !write(node, entries) ? null : node;
  }

  /** A node begins anew: nothing of it is known any more, and what is in the journal is over. */
  public void reset(String key) {
    drop(key);
    dirty.remove(key);
    pending.remove(key);
    history.forget(key);
    NodeState node = new NodeState(key, newAccount.get());
    node.telemetryOffset = telemetryOffset;
    node.allocationOffset = allocationOffset;
    live.put(key, node);
    liveBytes += node.bytes;
    var _ = write(node, List.of());
  }

  /**
   * True if a node is to be forgotten, as its account says. Of one that cannot be read it is false:
   * that is found out when something is heard of it.
   *
   * @param written its account, as it is in the store
   */
  boolean isForgettable(String key, byte[] written, long nowMillis) {
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

  /** Forgets a node of which nothing is new. */
  void forget(String key) {
    drop(key);
    accounts.delete(key);
    history.forget(key);
  }

  /** What a node has taken in since it was last written down. */
  private List<Journal.Entry> news(String key) {
    Since since = dirty.get(key);
    return since == null ? List.of() : journal.entriesOf(key.getBytes(UTF_8), since.position);
  }

  private @Nullable NodeState begin(String key, List<Journal.Entry> news, long newsToldPosition) {
    int taken = 0;
    try {
      byte[] written = accounts.get(key);
      NodeState node = written == null ? new NodeState(key, newAccount.get()) : read(key, written);
      for (Journal.Entry entry : news) {
        // a chunk also holds what was written down since
        if (node.isNews(entry)) {
          taker.take(node, entry, entry.position() <= newsToldPosition);
          node.took(entry.kind(), entry.offset());
        }
        taken++;
      }
      live.put(key, node);
      liveBytes += node.bytes;
      made += written == null ? 1 : 0;
      return node;
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      // what was taken again is emitted to jobs with this commit
      int booked = taken;
      setAside(key, news, i -> i < booked || news.get(i).position() <= newsToldPosition, e);
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
   * Up to where the journal is told with the commit in hand; no two commits that tell say the same.
   */
  public long told() {
    return journal.position();
  }

  /** Notes that a node took in an allocation. */
  public void taken(NodeState node, long arrivalEpochMillis, long offset, byte[] allocation) {
    noteNews(node, Journal.Kind.ALLOCATION, arrivalEpochMillis, offset);
    journal.append(
        node.keyBytes, Journal.Kind.ALLOCATION, arrivalEpochMillis, offset, allocation, null, 0, 0);
  }

  /**
   * Notes that a node took in a batch; where it lies now.
   *
   * @param reader that has just read it from all of {@code batch}
   */
  public Journal.Slice taken(
      NodeState node, long arrivalEpochMillis, long offset, byte[] batch, TelemetryReader reader) {
    noteNews(node, Journal.Kind.TELEMETRY, arrivalEpochMillis, offset);
    Described described = reader.described();
    boolean bare = reader.describedFrom() >= 0 && described.equals(node.inJournal);
    node.inJournal = described;
    return bare
        ? journal.append(
            node.keyBytes,
            Journal.Kind.BARE,
            arrivalEpochMillis,
            offset,
            batch,
            described,
            reader.describedFrom(),
            reader.describedTo())
        : journal.append(
            node.keyBytes, Journal.Kind.TELEMETRY, arrivalEpochMillis, offset, batch, null, 0, 0);
  }

  private void noteNews(NodeState node, Journal.Kind kind, long arrivalEpochMillis, long offset) {
    node.took(kind, offset);
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
   * Writes down what is to be written at this commit, in which all is told that follows from what
   * the nodes have taken in.
   */
  public void commit(long nowMillis) {
    int inTurn = dirty.size() / PART;
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
    due.forEach(this::writeDown);
    dropSurplus();
    journal.appendTold();
    journal.forgetBefore(
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

  private void writeDown(String key) {
    NodeState node = get(key);
    if (node != null) {
      var _ = write(node, null);
    }
  }

  /**
   * Writes down a node.
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
      setAside(node.key, entries == null ? news(node.key) : entries, _ -> true, e);
      return false;
    }
    accounts.put(node.key, account);
    node.inJournal = null;
    dirty.remove(node.key);
    return true;
  }

  private byte[] written(NodeState node) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(node.telemetryOffset);
      out.writeLong(node.allocationOffset);
      node.account.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("its account cannot be written: " + e, e);
    }
    liveBytes -= node.bytes;
    node.bytes = memoryOf(bytes.size());
    liveBytes += node.bytes;
    return packer.packed(bytes.toByteArray());
  }

  private static long memoryOf(int writtenBytes) {
    return NodeState.MIN_BYTES + (long) BYTES_PER_WRITTEN_BYTE * writtenBytes;
  }

  private NodeState read(String key, byte[] written) {
    byte[] account = packer.unpacked(written);
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
