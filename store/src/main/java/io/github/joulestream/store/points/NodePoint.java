// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.LabelText;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.Map;

/** A node as its agent reported it last on a day. */
public final class NodePoint {
  private static final long DAY_MILLIS = 86_400_000;

  private NodePoint() {}

  /** One point, at the start of the UTC day; every field, so that each report overwrites all. */
  public static StorePoint of(NodeRecord node) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("rack", node.labels().getOrDefault("rack", ""));
    fields.put("labels", LabelText.of(node.labels()));
    fields.put("agent_version", node.agentVersion());
    fields.put("reported_epoch_millis", node.epochMillis());
    fields.put("spooled_batches", node.spooledBatches());
    fields.put("dropped_batches", node.droppedBatches());
    fields.put("unavailable", String.join("; ", node.unavailable()));
    fields.put("not_understood", (long) node.notUnderstood());
    return new StorePoint(
        Measurement.NODE,
        Parts.tags("site", node.site(), "node", node.node()),
        fields,
        Parts.nanos(Math.floorDiv(node.epochMillis(), DAY_MILLIS) * DAY_MILLIS));
  }
}
