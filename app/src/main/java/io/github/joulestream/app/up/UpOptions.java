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
 * @param simulatedNodes nodes of the simulated site, 0 for none
 * @param replay folder with traces to replay, or null
 * @param untilDone end when the replay is in the store
 * @param summary file for one line per job, or null
 * @param duration end after this time, or null
 * @param agent whether to sample this machine too
 * @param truth file for the true energy of each simulated job, or null
 * @param kafkaPort of the broker
 * @param storePort of the store, for HTTP
 * @param past simulate so much time up to now as fast as it goes, and end; null: in real time
 * @param simulation what the simulated site is like; its nodes are {@code simulatedNodes}
 * @param calibration corrections of the sensors
 * @param alertTargets where alerts are delivered
 */
public record UpOptions(
    @Nullable Path data,
    int simulatedNodes,
    @Nullable Path replay,
    ReplayOptions replayOptions,
    boolean untilDone,
    @Nullable Path summary,
    @Nullable Duration duration,
    boolean agent,
    @Nullable Path truth,
    FreePorts.Choice kafkaPort,
    FreePorts.Choice storePort,
    @Nullable Duration past,
    SimulationOptions simulation,
    Calibration calibration,
    AlertSender.Targets alertTargets) {}
