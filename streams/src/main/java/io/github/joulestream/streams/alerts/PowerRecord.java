// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import java.util.HexFormat;

/** A stored power snapshot: kept while it is the latest of at least one of its nodes. */
final class PowerRecord {
  /** Position in the order of arrival. */
  final long number;

  /** Nodes in the snapshot. */
  final int nodesInSnapshot;

  /** Nodes whose latest power it holds. */
  int latestOf;

  PowerRecord(long number, int nodesInSnapshot) {
    this.number = number;
    this.nodesInSnapshot = nodesInSnapshot;
  }

  /** Its name in the store; names sort in the order of arrival. */
  String name() {
    return HexFormat.of().toHexDigits(number);
  }
}
