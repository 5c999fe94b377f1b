// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import org.jspecify.annotations.Nullable;

/** What the attribution gives on. */
public sealed interface AttributionOutput {
  /** An increment to a job's window; the record's key is the job's. */
  record ToJob(JobWindow increment) implements AttributionOutput {}

  /** An increment to a site's window; the record's key is the site. */
  record ToSite(SiteWindow increment) implements AttributionOutput {}

  /** An increment to a node's window; the record's key is the node's. */
  record ToNode(NodeWindow increment) implements AttributionOutput {}

  /** What nodes draw now; the record's key is the site. */
  record Now(PowerSnapshot power) implements AttributionOutput {}

  /** Something unusable, as it came; the reason is in the record's headers. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Refused(byte @Nullable [] value) implements AttributionOutput {}
}
