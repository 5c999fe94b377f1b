// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.PoolPeaks;
import org.jspecify.annotations.Nullable;

/** Output of the alerts of all sites, each forwarded to the child node that is for it. */
public sealed interface AlertsOutput {
  /** The child node that takes it. */
  String child();

  /** An alert that fires, changes or resolves; the record's key is its id. */
  record AlertChange(Alert alert) implements AlertsOutput {
    public static final String CHILD = "emit-alerts";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** Caps that would bring a scope under its limit; the record's key is the site. */
  record Advice(CapAdvice advice) implements AlertsOutput {
    public static final String CHILD = "emit-cap-advice";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** Memory and storage of a site; the record's key is the site. */
  record CapacityOfSite(Capacity capacity) implements AlertsOutput {
    public static final String CHILD = "emit-capacity";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** Peaks of groups of nodes; the record's key is the site. */
  record PeaksOfPools(PoolPeaks peaks) implements AlertsOutput {
    public static final String CHILD = "emit-pool-peak";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** A record that was refused, as it came; the reason is in the record's headers. */
  @SuppressWarnings("ArrayRecordComponent") // handed on as it came
  record Refused(byte @Nullable [] value) implements AlertsOutput {
    public static final String CHILD = "refuse-site-events";

    @Override
    public String child() {
      return CHILD;
    }
  }
}
