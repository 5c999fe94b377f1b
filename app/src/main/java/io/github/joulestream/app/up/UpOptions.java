// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.producers.replay.ReplayOptions;
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
 * @param truth file for what the simulated jobs really drew, or null
 */
public record UpOptions(
    @Nullable Path data,
    int simulatedNodes,
    long seed,
    @Nullable Path replay,
    ReplayOptions replayOptions,
    boolean untilDone,
    @Nullable Path summary,
    @Nullable Duration duration,
    boolean agent,
    @Nullable Path truth,
    int kafkaPort,
    int storePort) {}
