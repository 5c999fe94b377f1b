// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import org.apache.kafka.common.serialization.Serde;

/** Serdes of all values on the wire: Avro single-object encoding. */
public final class WireSerdes {
  private WireSerdes() {}

  public static Serde<TelemetryBatch> telemetry() {
    throw new UnsupportedOperationException();
  }

  public static Serde<AllocationEvent> allocations() {
    throw new UnsupportedOperationException();
  }

  public static Serde<JobRecord> jobs() {
    throw new UnsupportedOperationException();
  }

  public static Serde<JobWindow> jobWindows() {
    throw new UnsupportedOperationException();
  }

  public static Serde<SiteWindow> siteWindows() {
    throw new UnsupportedOperationException();
  }

  public static Serde<JobSummary> jobSummaries() {
    throw new UnsupportedOperationException();
  }
}
