// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.attribute.NodeAccount;
import java.util.List;

/**
 * The formats of the state that the accounting writes into its stores. Every value begins with the
 * header of its format; {@link FormatRecord} keeps with each store which formats it was written in.
 */
final class Formats {
  /** Entries of nodes, in the order in which they were taken in; see {@link Journal}. */
  static final StateFormat JOURNAL = new StateFormat("a chunk of the journal", 'J', 1);

  /** Offsets and, compressed, the account of a node; see {@link NodeStateCache}. */
  static final StateFormat NODE = new StateFormat("the record of a node", 'R', 1);

  /** Batches of one node, compressed; see {@link NodeHistory}. */
  static final StateFormat HISTORY = new StateFormat("a block of a node's history", 'H', 1);

  /** See {@link SetAsideNode}. */
  static final StateFormat SET_ASIDE = new StateFormat("the record of a node set aside", 'A', 1);

  /** Entries of one node that is set aside; see {@link SetAside}. */
  static final StateFormat SET_ASIDE_ENTRIES =
      new StateFormat("the entries of a node set aside", 'E', 1);

  /** See {@link ExpiringAggregate}. */
  static final StateFormat AGGREGATE = new StateFormat("a total of a job or a site", 'W', 1);

  /** See {@link PendingDevices}. */
  static final StateFormat DEVICES = new StateFormat("the windows of a node's devices", 'D', 1);

  /** See {@link FormatRecord}; its version is raised too when a format is added. */
  static final StateFormat RECORD = new StateFormat("the record of state formats", 'F', 1);

  /** What the stores of nodes are written in. */
  static final List<StateFormat> OF_NODES =
      List.of(JOURNAL, NODE, NodeAccount.format(), HISTORY, SET_ASIDE, SET_ASIDE_ENTRIES);

  /** What the stores of jobs and sites are written in. */
  static final List<StateFormat> OF_TOTALS = List.of(AGGREGATE);

  /** What the store of windows of devices is written in. */
  static final List<StateFormat> OF_DEVICES = List.of(DEVICES);

  private Formats() {}
}
