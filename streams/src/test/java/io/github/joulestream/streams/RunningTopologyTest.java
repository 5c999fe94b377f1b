// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.topology.AlertsTopology;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningTopologyTest {
  @TempDir Path state;

  /** As Kafka Streams does with a thread that is replaced: the exception is thrown on. */
  private static void failIn(
      RunningTopology topology, List<StreamThreadExceptionResponse> responses)
      throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              IllegalStateException e = new IllegalStateException("a commit failed");
              responses.add(topology.failed(e));
              throw e;
            });
    thread.join();
  }

  @Test
  void aThreadThatIsReplaced_isNoUnexpectedDeath_andAfterTheLimitTheTopologyHasFailed()
      throws Exception {
    StreamsSettings settings =
        StreamsSettings.of(KafkaClients.of("127.0.0.1:1"), state).maxReplacements(2);
    Properties config = StreamsConfigs.alerts(settings);
    List<Thread> died = new CopyOnWriteArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, _) -> died.add(thread));
    List<StreamThreadExceptionResponse> responses = new CopyOnWriteArrayList<>();
    try (RunningTopology topology =
        new RunningTopology(
            "alerts",
            new AlertsTopology(config).get(),
            config,
            settings,
            new RestoreProgress(NanoClock.system()))) {
      for (int i = 0; i < 3; i++) {
        assertThat(topology.failure()).isEmpty();
        failIn(topology, responses);
      }
      assertThat(topology.failure())
          .get()
          .hasToString("java.lang.IllegalStateException: a commit failed");
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(died).isEmpty();
    assertThat(responses)
        .containsExactly(
            StreamThreadExceptionResponse.REPLACE_THREAD,
            StreamThreadExceptionResponse.REPLACE_THREAD,
            StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
  }
}
