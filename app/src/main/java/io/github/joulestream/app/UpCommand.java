// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.up.FreePorts;
import io.github.joulestream.app.up.UpOptions;
import io.github.joulestream.app.up.UpRun;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything in one process, on embedded defaults. */
@Command(
    name = "up",
    sortOptions = false,
    description =
        "Run the whole pipeline in one process: broker, streams, store, and something to measure.",
    footer = {
      "",
      "Without --simulate and --replay it simulates a site of 8 nodes and samples this machine.",
      "Ctrl-C stops it cleanly; the same command with the same --data continues where it stopped.",
      "",
      "  joulestream up --simulate 50 --for 60s",
      "  joulestream up --replay DIR --until-done --summary jobs.csv"
    })
final class UpCommand implements Callable<Integer> {
  private static final int DEFAULT_NODES = 8;
  private static final int KAFKA_PORT = 9092;
  private static final int STORE_PORT = 9000;
  private static final int PAGE_PORT = 8080;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep everything here (default: a temporary folder, deleted at the end).")
  @Nullable Path data;

  @Option(
      names = "--simulate",
      paramLabel = "NODES",
      description = "Simulate a site of so many nodes with 8 GPUs each.")
  @Nullable Integer simulate;

  @Mixin SimulationMixin simulation = new SimulationMixin();

  @Option(
      names = "--replay",
      paramLabel = "DIR",
      description =
          "Replay the power traces in this folder, as fast as they go: MLPerf Training, MLPerf"
              + " Inference, nvidia-smi CSV.")
  @Nullable Path replay;

  @Mixin TraceOptions traces = new TraceOptions();

  @Option(
      names = "--until-done",
      description = "End when the replay, or the simulated past, is in the store.")
  boolean untilDone;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description = "End after this time: 60s, 5m, 2h.")
  @Nullable Duration duration;

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description = "At the end, write one line per job as CSV, read from the store.")
  @Nullable Path summary;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "At the end, write the true energy of each simulated job as CSV.")
  @Nullable Path truth;

  @Option(names = "--no-agent", description = "Do not sample this machine.")
  boolean noAgent;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description =
          "Port of the broker, 0 for any free one (default: 9092 if it is free, else another).")
  @Nullable Integer kafkaPort;

  @Option(
      names = "--store-port",
      paramLabel = "PORT",
      description =
          "HTTP port of the store, 0 for any free one (default: 9000 if it is free, else another).")
  @Nullable Integer storePort;

  @Option(
      names = "--page-port",
      paramLabel = "PORT",
      description =
          "Port of the page and the API, 0 for any free one (default: 8080 if it is free, else"
              + " another).")
  @Nullable Integer pagePort;

  @Option(names = "--no-page", description = "Serve neither the page nor the API.")
  boolean noPage;

  @Mixin DeviceWindowsOption deviceWindows = new DeviceWindowsOption();
  @Mixin CalibrationOption calibration = new CalibrationOption();
  @Mixin AlertOptions alerts = new AlertOptions();
  @Mixin HealthOption healthPort = new HealthOption(HealthOption.UP);
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    if (untilDone && replay == null && simulation.past == null) {
      throw UserError.usage(
          "--until-done waits for a replay; give --replay DIR or --past DURATION, or use --for");
    }
    if (replay != null && simulation.past != null) {
      throw UserError.usage("--replay and --past do not go together");
    }
    if (noPage && pagePort != null) {
      throw UserError.usage("--no-page and --page-port do not go together");
    }
    if (simulate != null) {
      SimulationMixin.requireNodes("--simulate", simulate);
    }
    Duration time = duration;
    if (time != null && !time.isPositive()) {
      throw UserError.usage("--for takes a time over 0");
    }
    int nodes = simulate != null ? simulate : replay == null ? DEFAULT_NODES : 0;
    if (truth != null && nodes == 0) {
      throw UserError.usage("--truth needs simulated jobs; give --simulate NODES too");
    }
    boolean agent = !noAgent && replay == null && simulation.past == null;
    return new UpRun(
            new UpOptions(
                data,
                new UpOptions.Simulated(
                    nodes,
                    simulation.past,
                    truth,
                    simulation.options("simulated", Math.max(1, nodes))),
                new UpOptions.Replay(replay, traces.options()),
                agent,
                new UpOptions.End(untilDone, duration, summary),
                new UpOptions.Ports(
                    port(kafkaPort, KAFKA_PORT, "--kafka-port"),
                    port(storePort, STORE_PORT, "--store-port"),
                    noPage ? null : port(pagePort, PAGE_PORT, "--page-port")),
                deviceWindows.read(),
                calibration.read(),
                alerts.targets()),
            System.out,
            healthPort::open)
        .run();
  }

  private static FreePorts.Choice port(@Nullable Integer named, int usual, String option) {
    return named == null
        ? FreePorts.Choice.preferred(usual)
        : FreePorts.Choice.named(named, option);
  }
}
