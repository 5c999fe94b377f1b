// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private static final long SECOND = 1_000_000_000;

  private final List<NodeRecord> nodes = new ArrayList<>();
  private final Heartbeat heartbeat =
      new Heartbeat(
          new AgentSettings("s", "n"),
          new Publisher() {
            @Override
            public void publish(TelemetryBatch batch) {}

            @Override
            public void publish(AllocationEvent event) {}

            @Override
            public void publish(JobRecord job) {}

            @Override
            public void publish(NodeRecord node) {
              nodes.add(node);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          });

  private void turn(long second) {
    heartbeat.turn(second * SECOND, second * 1_000, List::of);
  }

  @Test
  void whatIsNotUnderstood_isSaidSoon_andHowMuchThereIs_andThatItIsOver() {
    heartbeat.notUnderstood(List.of());
    turn(0);
    assertThat(nodes.getLast().notUnderstood()).isZero();
    List<String> words = IntStream.range(0, 30).mapToObj(i -> "job 1: '%d'".formatted(i)).toList();
    heartbeat.notUnderstood(words);
    turn(6);
    assertThat(nodes).hasSize(2);
    assertThat(nodes.getLast().notUnderstood()).isEqualTo(30);
    assertThat(nodes.getLast().notUnderstoodNames()).isEqualTo(words.subList(0, 20));
    heartbeat.notUnderstood(List.copyOf(words));
    turn(12);
    assertThat(nodes).as("the same is said once a minute").hasSize(2);
    heartbeat.notUnderstood(List.of());
    turn(13);
    assertThat(nodes).hasSize(3);
    assertThat(nodes.getLast().notUnderstoodNames()).isEmpty();
  }
}
