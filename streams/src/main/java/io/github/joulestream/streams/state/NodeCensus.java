// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Counts the nodes of a task and deletes those that have expired: it looks at a few accounts at a
 * time, round after round. One thread.
 */
public final class NodeCensus {
  /** Nodes of a task; new ones are refused when there are as many. */
  public static final int MAX_NODES = 200_000;

  /** Accounts looked at in one turn. */
  static final int TURN = 50;

  private final KeyValueStore<String, byte[]> accounts;
  private final NodeStateCache nodes;
  private final int maxNodes;
  // the next key to look at; "" at the beginning of a round
  private String next = "";
  private int counted;
  // nodes at the end of the last round, and how many had been made when it began
  private long known;
  private long madeBefore;
  private long madeAtBegin;

  public NodeCensus(KeyValueStore<String, byte[]> accounts, NodeStateCache nodes, int maxNodes) {
    this.accounts = accounts;
    this.nodes = nodes;
    this.maxNodes = maxNodes;
  }

  /** True if the task may have one node more. */
  public boolean hasRoom() {
    return known + nodes.made() - madeBefore < maxNodes;
  }

  /**
   * Looks at the next few.
   *
   * @param nowMillis time of arrival
   */
  public void turn(long nowMillis) {
    List<String> expired = new ArrayList<>();
    String from = next;
    int looked = 0;
    try (KeyValueIterator<String, byte[]> range = accounts.range(from, null)) {
      while (range.hasNext() && looked < TURN) {
        KeyValue<String, byte[]> entry = range.next();
        looked++;
        next = entry.key + "\0"; // the smallest that is larger
        if (nodes.isExpired(entry.key, entry.value, nowMillis)) {
          expired.add(entry.key);
        }
      }
    }
    expired.forEach(nodes::delete);
    counted += looked - expired.size();
    if (looked < TURN) {
      known = counted;
      madeBefore = madeAtBegin;
      counted = 0;
      madeAtBegin = nodes.made();
      next = "";
    }
  }
}
