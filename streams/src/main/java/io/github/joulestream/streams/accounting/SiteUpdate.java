// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.schemas.SiteWindow;
import org.jspecify.annotations.Nullable;

/** What is emitted of a site. */
public sealed interface SiteUpdate {
  /** A window of it, as it stands. */
  record Window(SiteWindow window) implements SiteUpdate {}

  /** An increment that could not be used; the reason is in the record's headers. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Refused(byte @Nullable [] value) implements SiteUpdate {}
}
