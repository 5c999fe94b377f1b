// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import java.util.Properties;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyConfig;

/** Builders of topologies in which every store and every internal topic has a name. */
final class NamedTopologies {
  private NamedTopologies() {}

  /**
   * The one way to make a builder: only so does {@code ensure.explicit.internal.resource.naming}
   * refuse a store or a repartition without a name, which an upgrade would not find again.
   */
  static StreamsBuilder builder(Properties config) {
    return new StreamsBuilder(new TopologyConfig(new StreamsConfig(config)));
  }
}
