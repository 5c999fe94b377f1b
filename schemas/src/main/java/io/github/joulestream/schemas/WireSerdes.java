// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.alerts.Budget;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Serdes of all values on the wire: Avro single-object encoding. Safe for use by many threads. */
public final class WireSerdes {
  private static final AvroSerde<TelemetryBatch> TELEMETRY = of(new TelemetryCodec());
  private static final Serde<AllocationEvent> ALLOCATIONS = of(new AllocationCodec());
  private static final Serde<JobRecord> JOBS = of(new JobCodec());
  private static final Serde<JobWindows> JOB_WINDOWS = of(new JobWindowCodec());
  private static final Serde<JobWindow> JOB_WINDOW = ofOne(JOB_WINDOWS);
  private static final Serde<SiteWindow> SITE_WINDOWS = of(new SiteWindowCodec());
  private static final Serde<JobSummary> JOB_SUMMARIES = of(new JobSummaryCodec());
  private static final Serde<Budget> BUDGETS = of(new BudgetCodec());
  private static final Serde<GridRecord> GRID = of(new GridCodec());
  private static final Serde<Alert> ALERTS = of(new AlertCodec());
  private static final Serde<CapAdvice> CAP_ADVICES = of(new CapAdviceCodec());

  private static final Serde<NodeWindows> NODE_WINDOWS = of(new NodeWindowCodec());
  private static final Serde<PowerSnapshot> POWER_SNAPSHOT = of(new PowerSnapshotCodec());
  private static final Serde<DeviceWindow> DEVICE_WINDOWS = of(new DeviceWindowCodec());
  private static final Serde<Placement> PLACEMENTS = of(new PlacementCodec());
  private static final Serde<JobQuarterHour> JOB_QUARTER_HOURS = of(new JobQuarterHourCodec());
  private static final Serde<Capacity> CAPACITIES = of(new CapacityCodec());
  private static final Serde<PoolPeaks> POOL_PEAKS = of(new PoolPeaksCodec());
  private static final Serde<NodeRecord> NODES = of(new NodeCodec());

  private WireSerdes() {}

  private static <T> AvroSerde<T> of(Codec<T> codec) {
    return new AvroSerde<>(codec, KnownSchemas.INSTANCE);
  }

  private static Serde<JobWindow> ofOne(Serde<JobWindows> records) {
    Serializer<JobWindows> serializer = records.serializer();
    Deserializer<JobWindows> deserializer = records.deserializer();
    return Serdes.serdeFrom(
        (topic, window) -> serializer.serialize(topic, JobWindows.of(window)),
        (topic, bytes) -> {
          List<JobWindow> windows = deserializer.deserialize(topic, bytes).windows();
          if (windows.size() != 1) {
            throw new SerializationException(
                "%d windows where there is one".formatted(windows.size()));
          }
          return windows.getFirst();
        });
  }

  public static Serde<TelemetryBatch> telemetry() {
    return TELEMETRY;
  }

  static AvroSerde<TelemetryBatch> telemetrySerde() {
    return TELEMETRY;
  }

  public static Serde<AllocationEvent> allocations() {
    return ALLOCATIONS;
  }

  public static Serde<JobRecord> jobs() {
    return JOBS;
  }

  public static Serde<JobWindows> jobWindows() {
    return JOB_WINDOWS;
  }

  /** One window of a job, as a record that has no other: for state. */
  public static Serde<JobWindow> jobWindow() {
    return JOB_WINDOW;
  }

  public static Serde<SiteWindow> siteWindows() {
    return SITE_WINDOWS;
  }

  public static Serde<JobSummary> jobSummaries() {
    return JOB_SUMMARIES;
  }

  public static Serde<NodeWindows> nodeWindows() {
    return NODE_WINDOWS;
  }

  public static Serde<DeviceWindow> deviceWindows() {
    return DEVICE_WINDOWS;
  }

  public static Serde<Placement> placements() {
    return PLACEMENTS;
  }

  public static Serde<JobQuarterHour> jobQuarterHours() {
    return JOB_QUARTER_HOURS;
  }

  public static Serde<PowerSnapshot> powerSnapshot() {
    return POWER_SNAPSHOT;
  }

  public static Serde<Capacity> capacities() {
    return CAPACITIES;
  }

  public static Serde<PoolPeaks> poolPeaks() {
    return POOL_PEAKS;
  }

  public static Serde<NodeRecord> nodes() {
    return NODES;
  }

  public static Serde<GridRecord> grid() {
    return GRID;
  }

  public static Serde<Budget> budgets() {
    return BUDGETS;
  }

  public static Serde<Alert> alerts() {
    return ALERTS;
  }

  public static Serde<CapAdvice> capAdvices() {
    return CAP_ADVICES;
  }
}
