// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

/** Fields of {@link Measurement#NODE_WINDOW}. */
final class NodeWindowFields {
  private NodeWindowFields() {}

  static Definition definition() {
    Definition.Builder definition =
        Definition.of("node_window", Retention.WEEKS, "site", "node", Measurement.WINDOW).powers();
    for (NodeField field : NodeField.values()) {
      definition.longs(field.fieldName());
    }
    return definition.build();
  }
}
