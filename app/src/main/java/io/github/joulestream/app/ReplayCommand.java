// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.producers.replay.Traces;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Real traces as telemetry, to any Kafka. */
@Command(
    name = "replay",
    sortOptions = false,
    description = "Publish recorded power traces.",
    footer = {
      "",
      "Formats: MLPerf Training power logs, MLPerf Inference logs of SPEC PTDaemon, CSV of nvidia-smi.",
      "Publishing the same traces again adds nothing."
    })
final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Folder with traces, at any depth.")
  Path folder = Path.of(".");

  @Mixin TraceOptions traceOptions = new TraceOptions();
  @Mixin KeyFileOption key = new KeyFileOption();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    TraceSet traces = Traces.find(folder, traceOptions.options());
    System.out.printf(
        Locale.ROOT,
        "%,d jobs on %,d nodes, %,d readings, as site '%s'%n",
        traces.jobs().size(),
        traces.nodes(),
        traces.readings(),
        ShownText.of(traces.site()));
    traces.notices().forEach(notice -> System.out.println("note: " + ShownText.of(notice)));
    RecordSigner signer = key.ofSite(traces.site());
    kafka.join();
    try (ShutdownSignal stopping = new ShutdownSignal();
        KafkaPublisher publisher =
            KafkaPublisher.connect(kafka.clients(), "joulestream-replay", signer)) {
      AtomicLong readings = new AtomicLong();
      boolean all = traces.publish(publisher, readings::set, stopping::askedWithClockChecked);
      System.out.printf(Locale.ROOT, "published %,d records%n", publisher.published());
      if (!all) {
        System.out.printf(
            Locale.ROOT,
            "PARTIAL: stopped after %,d of %,d readings; the same command publishes the rest%n",
            readings.get(),
            traces.readings());
        return CommandLine.ExitCode.SOFTWARE;
      }
    }
    return CommandLine.ExitCode.OK;
  }
}
