// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.probe.BlockProbe;
import io.github.joulestream.producers.probe.MemoryProbe;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The node agent. */
@Command(
    name = "agent",
    sortOptions = false,
    description = "Sample this machine and publish what it draws.")
final class AgentCommand implements Callable<Integer> {
  @Option(
      names = "--site",
      paramLabel = "NAME",
      defaultValue = "local",
      description = "Site that this node belongs to (default: ${DEFAULT-VALUE}).")
  String site = "";

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "Name of this node (default: the machine's).")
  @Nullable String node;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description = "Time between two readings (default: ${DEFAULT-VALUE}).")
  Duration interval = Duration.ofSeconds(1);

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (interval.compareTo(Duration.ofMillis(10)) < 0) {
      throw new UserError("--interval must be at least 10ms");
    }
    kafka.join();
    try (Stopping stopping = new Stopping();
        KafkaPublisher publisher = KafkaPublisher.connect(kafka.config(), "joulestream-agent");
        NodeAgent agent =
            new NodeAgent(
                site,
                node != null ? node : NodeAgent.hostName(),
                List.of(
                    new MemoryProbe(Path.of("/proc")),
                    new BlockProbe(Path.of("/proc"), Path.of("/sys"))),
                publisher,
                EpochClock.system(),
                interval)) {
      System.out.println("sampling " + agent.describe());
      agent.start();
      while (!stopping.await(Duration.ofSeconds(10))) {
        agent
            .failure()
            .ifPresent(e -> {
              throw new UserError("the agent stopped: " + e.getMessage(), e);
            });
        System.out.printf(Locale.ROOT, "%,d readings%n", agent.readings());
      }
    }
    return 0;
  }
}
