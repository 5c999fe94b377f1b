// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.energy.integrate.Calibration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
 * @param kafka further configuration of Kafka's clients, as {@code --kafka-config} has it: TLS,
 *     SASL and the like; see {@link ClientSettings}
 */
public record StreamsSettings(
    String bootstrap,
    Path stateDir,
    int threads,
    @Nullable String groupInstanceId,
    Duration commitInterval,
    Calibration calibration,
    int standbys,
    Map<String, Object> kafka) {
  public StreamsSettings {
    kafka = Map.copyOf(kafka);
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads);
    }
    if (standbys < 0) {
      throw new IllegalArgumentException("standbys is " + standbys);
    }
  }

  /** Of a cluster that needs no further configuration. */
  public StreamsSettings(
      String bootstrap,
      Path stateDir,
      int threads,
      @Nullable String groupInstanceId,
      Duration commitInterval,
      Calibration calibration,
      int standbys) {
    this(
        bootstrap,
        stateDir,
        threads,
        groupInstanceId,
        commitInterval,
        calibration,
        standbys,
        Map.of());
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

  /** Without the configuration of Kafka's clients, which may hold passwords. */
  @Override
  public String toString() {
    return "StreamsSettings[%s, %s, %d threads, %s]"
        .formatted(bootstrap, stateDir, threads, kafka.keySet());
  }
}
