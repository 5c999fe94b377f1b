// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * How many nodes a task knows, and which are to be forgotten: looks at a few accounts at a time,
 * again and again. One thread.
 */
public final class NodeCensus {
  /** Nodes of a task; new ones are refused when there are as many. */
  public static final int MAX_NODES = 200_000;

  /** Accounts looked at in one turn. */
  static final int TURN = 50;

  private final KeyValueStore<String, byte[]> accounts;
  private final NodeStateCache nodes;
  private final int most;
  // the next key to look at; "" at the beginning of a round
  private String next = "";
  private int counted;
  // nodes at the end of the last round, and how many had been made when it began
  private long known;
  private long madeBefore;
  private long madeAtBegin;

  public NodeCensus(KeyValueStore<String, byte[]> accounts, NodeStateCache nodes, int most) {
    this.accounts = accounts;
    this.nodes = nodes;
    this.most = most;
  }

  /** True if there may be one node more. */
  public boolean hasRoom() {
    return known + nodes.made() - madeBefore < most;
  }

  /**
   * Looks at the next few.
   *
   * @param nowMillis time of arrival
   */
  public void turn(long nowMillis) {
    List<String> over = new ArrayList<>();
    String from = next;
    int looked = 0;
    try (KeyValueIterator<String, byte[]> range = accounts.range(from, null)) {
      while (range.hasNext() && looked < TURN) {
        KeyValue<String, byte[]> entry = range.next();
        looked++;
        next = entry.key + "\0"; // the smallest that is larger
        if (nodes.isForgettable(entry.key, entry.value, nowMillis)) {
          over.add(entry.key);
        }
      }
    }
    over.forEach(nodes::forget);
    counted += looked - over.size();
    if (looked < TURN) {
      known = counted;
      madeBefore = madeAtBegin;
      counted = 0;
      madeAtBegin = nodes.made();
      next = "";
    }
  }
}
