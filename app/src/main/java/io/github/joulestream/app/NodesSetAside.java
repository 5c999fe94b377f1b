// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.state.SetAsideNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Nodes that the accounting has set aside.
 *
 * @param nodes by key
 */
record NodesSetAside(SortedMap<String, SetAsideNode> nodes) {
  private static final int MAX_NAMED = 5;

  static NodesSetAside read(KafkaOptions kafka) {
    return new NodesSetAside(
        LatestRecords.of(
            StreamsApplication.setAsideTopic(),
            // beside each node lies what it had taken in
            key -> key.indexOf('\0') < 0,
            (_, bytes) -> SetAsideNode.of(bytes),
            kafka.clients()));
  }

  /** The line of {@code doctor}. */
  Finding finding() {
    return nodes.isEmpty()
        ? Finding.ok("accounts", "no node is set aside")
        : Finding.fail(
            "accounts",
            "nodes set aside, whose records are not booked: %d (%s%s) -> joulestream node list --set-aside"
                .formatted(
                    nodes.size(),
                    nodes.keySet().stream().limit(MAX_NAMED).collect(Collectors.joining(", ")),
                    nodes.size() > MAX_NAMED ? ", ..." : ""));
  }

  /** One line of a node, for a person. */
  static String line(String key, SetAsideNode node) {
    Instant since = Instant.ofEpochMilli(node.sinceEpochMillis()).truncatedTo(ChronoUnit.SECONDS);
    return "%s  since %s, at %s: %s".formatted(key, since, node.place(), node.reason());
  }
}
