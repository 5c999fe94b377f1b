// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.schemas.SiteWindow;
import org.jspecify.annotations.Nullable;

/** What {@link TotalSites} forwards, each to the child node that is for it. */
public sealed interface SiteOutput {
  /** The child node that takes it. */
  String child();

  /** The totals of a window of a site. */
  record Window(SiteWindow window) implements SiteOutput {
    public static final String CHILD = "emit-site-windows";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** A refused increment, with its bytes as they were read; the reason is in its headers. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Refused(byte @Nullable [] value) implements SiteOutput {
    public static final String CHILD = "refuse-site-records";

    @Override
    public String child() {
      return CHILD;
    }
  }
}
