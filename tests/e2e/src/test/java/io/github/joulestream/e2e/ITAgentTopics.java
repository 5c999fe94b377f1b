// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose topic is deleted and made again keeps its readings until they can be sent. */
class ITAgentTopics {
  private static final String TELEMETRY = Topic.TELEMETRY.topicName();

  @TempDir Path folder;

  private static NavigableSet<Long> sequences(Map<String, Object> kafka) {
    TreeSet<Long> sequences = new TreeSet<>();
    new PipelineTopics(kafka)
        .latest(Topic.TELEMETRY, WireSerdes.telemetry(), TelemetryBatch::sequence)
        .keySet()
        .forEach(sequence -> sequences.add((Long) sequence));
    return sequences;
  }

  @Test
  void aTopicThatIsMadeAgain_getsAllThatWasReadWhileItWasGone() throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
      new TopicAdmin(admin).create(2, (short) 1);
      try (Program agent =
          Program.start(
              "agent",
              "--kafka",
              broker.bootstrap(),
              "--site",
              "lab",
              "--node",
              "n1",
              "--interval",
              "200ms",
              "--publish-interval",
              "3s",
              "--metrics-port",
              "0",
              "--spool",
              folder.resolve("spool").toString())) {
        Await.until("it has sent a batch", () -> !sequences(kafka).isEmpty());
        long first = sequences(kafka).last();
        // right after a batch: the next is some seconds away, and none is on its way
        Await.until("it has sent another", () -> sequences(kafka).last() > first);
        agent.suspend();
        long sent = sequences(kafka).last();
        admin.deleteTopics(List.of(TELEMETRY)).all().get();
        Await.until("it is gone", () -> !admin.listTopics().names().get().contains(TELEMETRY));
        agent.resume();
        Await.until("its readings wait", () -> !HealthPort.ready(agent).startsWith("200"));
        assertThat(HealthPort.ready(agent)).contains("joulestream topics create");
        assertThat(HealthPort.health(agent)).startsWith("200");
        new TopicAdmin(admin).create(2, (short) 1);
        Await.until("it sends again", () -> HealthPort.ready(agent).startsWith("200"));
        Await.until("what waited is there", () -> sequences(kafka).size() >= 3);
        NavigableSet<Long> after = sequences(kafka);
        assertThat(after.first()).isLessThanOrEqualTo(sent + 1);
        long missing = after.last() - after.first() + 1 - after.size();
        assertThat(HealthPort.metrics(agent))
            .containsPattern("joulestream_agent_dropped_records_total 0(\\.0)?\n");
        new FaultRow(
                "`telemetry` deleted under an agent and made again",
                1,
                "readings stay in the spool while the topic is gone, and are sent when it is there",
                "%d batches sent, from the first that the old topic had not"
                    .formatted(after.size()),
                missing,
                0,
                0)
            .report();
      }
    }
  }
}
