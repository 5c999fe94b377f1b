// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.DefaultFolders;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.cli.Sizes;
import io.github.joulestream.cli.StatusLines;
import io.github.joulestream.producers.agent.AgentSettings;
import io.github.joulestream.producers.agent.NodeAgent;
import io.github.joulestream.producers.agent.Probes;
import io.github.joulestream.producers.probe.MeterFilesProbe;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.probe.nvml.NvmlProbe;
import io.github.joulestream.producers.publish.SpoolingPublisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The node agent. */
@Command(
    name = "agent",
    sortOptions = false,
    description = "Sample power, energy and use of this machine and publish them.",
    footer = {
      "",
      "Kafka may be away: records wait in the spool, also over a restart of the agent."
    })
public final class AgentCommand implements Callable<Integer> {
  private static final Duration LINE_INTERVAL = Duration.ofMinutes(1);
  private static final long MIN_SPOOL = 1 << 20;

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
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "Label of this node, such as rack=r12; may be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description = "Time between two readings, 100ms to 1m (default: ${DEFAULT-VALUE}).")
  Duration interval = Duration.ofSeconds(1);

  @Option(
      names = "--publish-interval",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description =
          "Time between two messages, each with all readings since the last (default: ${DEFAULT-VALUE}).")
  Duration publishInterval = Duration.ofSeconds(1);

  @Option(
      names = "--status-interval",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationOrOff.class,
      description =
          "Time between two readings of what devices report besides power (temperatures, clocks,"
              + " errors), 1s to 1h, or off (default: ${DEFAULT-VALUE}).")
  Duration statusInterval = AgentSettings.STATUS_INTERVAL;

  @Option(
      names = "--spool",
      paramLabel = "DIR",
      description =
          "Where messages wait for Kafka (default: $STATE_DIRECTORY/spool under systemd,"
              + " /var/lib/joulestream/spool for root, else ~/.local/state/joulestream/spool).")
  @Nullable Path spool;

  @Option(
      names = "--spool-limit",
      paramLabel = "SIZE",
      defaultValue = "512M",
      converter = Sizes.class,
      description =
          "Size limit of the spool; the oldest records are dropped first (default: ${DEFAULT-VALUE}).")
  long spoolLimit;

  @Option(
      names = "--meters",
      paramLabel = "DIR",
      description =
          "Directory where programs put a file for each meter of the site (facility, UPS, PDU,"
              + " generation, export); see docs/agent.md. One agent of a site reads it.")
  @Nullable Path meters;

  @Option(names = "--proc-root", hidden = true, defaultValue = "/proc")
  Path procRoot = Path.of("/proc");

  @Option(names = "--sys-root", hidden = true, defaultValue = "/sys")
  Path sysRoot = Path.of("/sys");

  @Option(
      names = "--print",
      description = "Print all that can be read on this machine, and end; nothing is published.")
  boolean print;

  @Mixin JobsMixin jobs = new JobsMixin();
  @Mixin RedfishMixin redfish = new RedfishMixin();
  @Mixin HealthOption healthPort = new HealthOption(HealthOption.AGENT);
  @Mixin KeyFileOption key = new KeyFileOption();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    AgentSettings settings =
        new AgentSettings(
            site,
            node != null ? node : NodeAgent.hostName(),
            interval,
            publishInterval,
            statusInterval,
            labels);
    if (spoolLimit < MIN_SPOOL) {
      throw UserError.usage("--spool-limit must be at least 1M");
    }
    List<Probe> probes =
        new ArrayList<>(Probes.of(procRoot, sysRoot, NvmlProbe.LIBRARY, redfish.options()));
    Path ofSite = meters;
    if (ofSite != null) {
      probes.add(new MeterFilesProbe(ofSite));
    }
    if (print) {
      return printDevices(probes);
    }
    if (Files.exists(spoolFolder()) && !Files.isDirectory(spoolFolder())) {
      throw new UserError("%s is not a folder; give --spool another".formatted(spoolFolder()));
    }
    RecordSigner signer = key.ofNode(settings.site(), settings.node());
    try (ShutdownSignal stopping = new ShutdownSignal();
        SpoolingPublisher publisher =
            SpoolingPublisher.open(
                kafka.clients(), "joulestream-agent", spoolFolder(), spoolLimit, signer);
        NodeAgent agent =
            new NodeAgent(settings, probes, publisher, EpochClock.system(), NanoClock.system())) {
      agent.follow(jobs.sources(settings.site(), settings.node()), jobs.held());
      Metrics metrics = new Metrics();
      agent.showIn(metrics);
      publisher.showIn(metrics);
      try (AutoCloseable _ = healthPort.open(metrics, () -> health(agent, publisher))) {
        System.out.println("sampling " + ShownText.of(agent.describe()));
        agent.start();
        StatusLines lines = new StatusLines(System.out);
        while (!stopping.await(
            LINE_INTERVAL, "the agent", () -> agent.failure().or(publisher::failure))) {
          lines.print(
              trouble(publisher).isPresent() + ";" + publisher.dropped(), line(agent, publisher));
        }
      }
    }
    return 0;
  }

  /** Never the current folder, which may be another one at the next start. */
  private Path spoolFolder() {
    Path named = spool;
    return named == null
        ? DefaultFolders.state(
                System.getenv(), System.getProperty("user.name"), System.getProperty("user.home"))
            .resolve("spool")
        : named;
  }

  private static String line(NodeAgent agent, SpoolingPublisher publisher) {
    return String.format(
        Locale.ROOT,
        "%,d readings, %,d records published%s",
        agent.readings(),
        publisher.published(),
        trouble(publisher).map(words -> "; " + words).orElse(""));
  }

  /** Kafka that is away is no bad health: a restart would not help, and it passes. */
  private static Health health(NodeAgent agent, SpoolingPublisher publisher) {
    Health sending = publisher.health();
    Health health = sending.ok() ? agent.health() : sending;
    if (health.ok() && !sending.ready()) {
      return Health.needsSomebody(trouble(publisher).orElse(sending.words()));
    }
    return health.ok() ? trouble(publisher).map(Health::good).orElse(health) : health;
  }

  private static Optional<String> trouble(SpoolingPublisher publisher) {
    return publisher
        .refusal()
        .or(() -> publisher.kafkaTrouble().map("Kafka cannot be reached (%s)"::formatted))
        .or(() ->
            publisher
                .spoolTrouble()
                .map(why -> "the spool cannot be written to (%s)".formatted(why)))
        .map(words ->
            String.format(
                Locale.ROOT,
                "%s; %,d records wait, %,d dropped",
                words,
                publisher.waiting(),
                publisher.dropped()));
  }

  private static int printDevices(List<Probe> probes) throws InterruptedException {
    try (ShutdownSignal stopping = new ShutdownSignal();
        DeviceTable table = new DeviceTable(probes, EpochClock.system())) {
      if (!stopping.await(Duration.ofSeconds(1))) {
        System.out.print(table.read());
      }
    }
    return 0;
  }
}
