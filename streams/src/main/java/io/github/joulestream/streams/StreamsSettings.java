// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.energy.integrate.Calibration;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the topologies need to run.
 *
 * @param bootstrap brokers, {@code host:port,host:port}
 * @param stateDir where the state lives; kept over restarts, or restored from the brokers
 * @param threads stream threads of this instance
 * @param groupInstanceId if given, a restart within the session time-out takes its place in the
 *     group again at once; must differ between instances
 * @param commitInterval how often a transaction ends: the shorter, the fresher and the dearer
 * @param calibration what meters taught about the sensors
 * @param standbys other instances that keep a copy of each task's state, and go on with it at once
 *     when this one is gone
 */
public record StreamsSettings(
    String bootstrap,
    Path stateDir,
    int threads,
    @Nullable String groupInstanceId,
    Duration commitInterval,
    Calibration calibration,
    int standbys) {
  public StreamsSettings {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads);
    }
    if (standbys < 0) {
      throw new IllegalArgumentException("standbys is " + standbys);
    }
  }

  /** Without copies of the state. */
  public StreamsSettings(
      String bootstrap,
      Path stateDir,
      int threads,
      @Nullable String groupInstanceId,
      Duration commitInterval,
      Calibration calibration) {
    this(bootstrap, stateDir, threads, groupInstanceId, commitInterval, calibration, 0);
  }
}
