// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.alerting.AlertSender;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.producers.replay.ReplayOptions;
import io.github.joulestream.producers.simulate.SimulationOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@code up} is to do.
 *
 * @param data folder to keep everything in; null: a temporary one
 * @param agent whether to sample this machine too
 * @param deviceWindows length of the windows of devices; zero if there are none
 * @param calibration corrections of the sensors
 * @param alertTargets where alerts are delivered
 */
public record UpOptions(
    @Nullable Path data,
    Simulated simulated,
    Replay replay,
    boolean agent,
    End end,
    Ports ports,
    Duration deviceWindows,
    Calibration calibration,
    AlertSender.Targets alertTargets) {

  /**
   * The simulated site.
   *
   * @param nodes its nodes, 0 for none
   * @param past simulate this length of time up to now as fast as it goes, and end; null: in real
   *     time
   * @param truth file for the true energy of the simulated jobs, or null
   * @param options what the site is like, also where it has no nodes
   */
  public record Simulated(
      int nodes, @Nullable Duration past, @Nullable Path truth, SimulationOptions options) {}

  /**
   * The traces to replay.
   *
   * @param folder with the traces, or null for none
   * @param options how they are read
   */
  public record Replay(@Nullable Path folder, ReplayOptions options) {}

  /**
   * When the run ends, and what it leaves.
   *
   * @param untilDone end when all readings of the replay or of the past are in the store
   * @param duration end after this time, or null
   * @param summary file for one line per job, or null
   */
  public record End(boolean untilDone, @Nullable Duration duration, @Nullable Path summary) {}

  /**
   * Ports of 127.0.0.1.
   *
   * @param kafka of the broker
   * @param store of the store, for HTTP
   * @param page of the page; null: there is none
   */
  public record Ports(
      FreePorts.Choice kafka, FreePorts.Choice store, FreePorts.@Nullable Choice page) {}
}
