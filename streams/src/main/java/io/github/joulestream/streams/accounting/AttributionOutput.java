// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import org.jspecify.annotations.Nullable;

/** What {@link AttributeEnergy} forwards, each to the child node that is for it. */
public sealed interface AttributionOutput {
  /** The child node that takes it. */
  String child();

  /** Increments to windows of one job; the record's key is the job's. */
  record ToJob(JobWindows increments) implements AttributionOutput {
    public static final String CHILD = "emit-job-increments";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** An increment to a site's window; the record's key is the site. */
  record ToSite(SiteWindow increment) implements AttributionOutput {
    public static final String CHILD = "emit-site-increments";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** Increments to windows of nodes; the record's key is that of the first. */
  record ToNodes(NodeWindows increments) implements AttributionOutput {
    public static final String CHILD = "emit-node-increments";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** What a job holds of a node, or held; the record's key is the node's. */
  record ToPlacement(Placement placement) implements AttributionOutput {
    public static final String CHILD = "emit-placements";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** Windows of a node's devices; the record's key is the node's. */
  record ToDevices(DeviceWindow window) implements AttributionOutput {
    public static final String CHILD = "emit-device-windows";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** The power of nodes; the record's key is the site. */
  record Power(PowerSnapshot snapshot) implements AttributionOutput {
    public static final String CHILD = "emit-power-snapshots";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** A refused record, with its bytes as they were read; the reason is in its headers. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Refused(byte @Nullable [] value) implements AttributionOutput {
    public static final String CHILD = "refuse-node-records";

    @Override
    public String child() {
      return CHILD;
    }
  }
}
