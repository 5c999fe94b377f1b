// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.TelemetryReader.Described;
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
import java.util.function.Supplier;
import org.apache.kafka.streams.state.KeyValueStore;

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
final class LiveNodes {
  // of the nodes with news this part is written down at each commit
  private static final int PART = 32;
  // an entry of the journal is done with after so long, or so many bytes
  private static final long MOST_MILLIS = 60_000;
  private static final long MOST_BYTES = 48L << 20;

  private final Journal journal;
  private final KeyValueStore<String, byte[]> accounts;
  private final NodeHistory history;
  private final Packer packer;
  private final Supplier<NodeAccount> newAccount;
  private final Reader reader;
  private final Taker taker;
  private final int capacity;

  private final LinkedHashMap<String, LiveNode> live = new LinkedHashMap<>(64, 0.75f, true);
  // nodes with news that is only in the journal, in the order of their first such news
  private final LinkedHashMap<String, Since> dirty = new LinkedHashMap<>();
  // news found in the journal at the start, of nodes that are not in memory yet
  private final Map<String, List<Journal.Entry>> pending = new HashMap<>();

  // up to here all that follows from the journal's entries was told, when the task began
  private long toldPosition;

  private record Since(long position, long arrivalEpochMillis) {}

  /** Reads an account. */
  interface Reader {
    NodeAccount read(DataInput in) throws IOException;
  }

  /** Lets a node take in again what it had taken in. */
  interface Taker {
    void take(LiveNode node, Journal.Entry entry, boolean told);
  }

  /**
   * Nodes in these stores.
   *
   * @param capacity nodes that are kept in memory though nothing about them is new
   */
  LiveNodes(
      Journal journal,
      KeyValueStore<String, byte[]> accounts,
      NodeHistory history,
      Packer packer,
      Supplier<NodeAccount> newAccount,
      Reader reader,
      Taker taker,
      int capacity) {
    this.journal = journal;
    this.accounts = accounts;
    this.history = history;
    this.packer = packer;
    this.newAccount = newAccount;
    this.reader = reader;
    this.taker = taker;
    this.capacity = capacity;
  }

  /** Begins with what the stores hold: nodes whose news were not told yet take them in at once. */
  void open() {
    journal.open(entry -> {
      if (entry.kind() == Journal.Kind.TOLD) {
        toldPosition = entry.position();
        return;
      }
      pending.computeIfAbsent(entry.node(), _ -> new ArrayList<>()).add(entry);
      // the entry ends there, and begins before; so the journal keeps it
      dirty.putIfAbsent(entry.node(), new Since(entry.position() - 1, entry.arrivalEpochMillis()));
    });
    for (Map.Entry<String, List<Journal.Entry>> node : List.copyOf(pending.entrySet())) {
      if (node.getValue().getLast().position() > toldPosition) {
        get(node.getKey());
      }
    }
  }

  /** The node; a new one if nothing is known of it. */
  LiveNode get(String key) {
    LiveNode node = live.get(key);
    if (node == null) {
      byte[] written = accounts.get(key);
      node = written == null ? new LiveNode(key, newAccount.get()) : read(key, written);
      List<Journal.Entry> news = pending.remove(key);
      if (news != null) {
        for (Journal.Entry entry : news) {
          // a chunk also holds what was written down since
          if (node.isNews(entry)) {
            taker.take(node, entry, entry.position() <= toldPosition);
            node.took(entry.kind(), entry.offset());
          }
        }
      }
      live.put(key, node);
    }
    return node;
  }

  /**
   * Up to where the journal is told with the commit in hand; no two commits that tell say the same.
   */
  long told() {
    return journal.position();
  }

  /** Notes that a node took in an allocation. */
  void taken(LiveNode node, long arrivalEpochMillis, long offset, byte[] allocation) {
    noteNews(node, Journal.Kind.ALLOCATION, arrivalEpochMillis, offset);
    journal.append(
        node.keyBytes, Journal.Kind.ALLOCATION, arrivalEpochMillis, offset, allocation, null, 0, 0);
  }

  /**
   * Notes that a node took in a batch; where it lies now.
   *
   * @param reader that has just read it from all of {@code batch}
   */
  Journal.Slice taken(
      LiveNode node, long arrivalEpochMillis, long offset, byte[] batch, TelemetryReader reader) {
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

  private void noteNews(LiveNode node, Journal.Kind kind, long arrivalEpochMillis, long offset) {
    node.took(kind, offset);
    if (!dirty.containsKey(node.key)) {
      dirty.put(node.key, new Since(journal.position(), arrivalEpochMillis));
    }
  }

  /**
   * Writes down what is to be written at this commit, in which all is told that follows from what
   * the nodes have taken in.
   */
  void commit(long nowMillis) {
    int inTurn = dirty.size() / PART;
    ArrayDeque<String> due = new ArrayDeque<>();
    for (Map.Entry<String, Since> entry : dirty.entrySet()) {
      Since since = entry.getValue();
      if (due.size() >= inTurn
          && since.arrivalEpochMillis > nowMillis - MOST_MILLIS
          && journal.position() - since.position <= MOST_BYTES) {
        break;
      }
      due.add(entry.getKey());
    }
    due.forEach(this::writeDown);
    journal.appendTold();
    journal.forgetBefore(
        dirty.isEmpty() ? journal.position() : dirty.firstEntry().getValue().position);
    var eldest = live.entrySet().iterator();
    for (int surplus = live.size() - capacity; surplus > 0; surplus--) {
      String key = eldest.next().getKey();
      if (!dirty.containsKey(key)) {
        eldest.remove();
      }
    }
  }

  private void writeDown(String key) {
    LiveNode node = get(key);
    history.write(node);
    accounts.put(key, written(node));
    node.inJournal = null;
    dirty.remove(key);
  }

  private byte[] written(LiveNode node) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(node.telemetryOffset);
      out.writeLong(node.allocationOffset);
      node.account.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an account", e);
    }
    return packer.packed(bytes.toByteArray());
  }

  private LiveNode read(String key, byte[] written) {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(packer.unpacked(written)))) {
      long telemetryOffset = in.readLong();
      long allocationOffset = in.readLong();
      LiveNode node = new LiveNode(key, reader.read(in));
      node.telemetryOffset = telemetryOffset;
      node.allocationOffset = allocationOffset;
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("an account", e);
    }
  }
}
