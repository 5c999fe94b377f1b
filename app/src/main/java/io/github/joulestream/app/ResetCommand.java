// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.Times;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.store.writer.StoreWriter;
import io.github.joulestream.streams.StreamsConfigs;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What programs have read is read again. */
@Command(
    name = "reset",
    description = "Have results calculated, or written into the store, again from Kafka.",
    synopsisSubcommandLabel = "(store-writer | streams)",
    subcommands = {ResetCommand.OfStoreWriter.class, ResetCommand.OfStreams.class})
final class ResetCommand extends CommandGroup {
  @Command(
      name = "store-writer",
      sortOptions = false,
      description = {
        "Let the store writer write all results that Kafka has into the store, as into an empty one.",
        "All instances must have been stopped. Points that are there do not change."
      })
  static final class OfStoreWriter implements Callable<Integer> {
    @Mixin ConfirmOption confirmation = new ConfirmOption();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      confirmation.confirm("write all results that Kafka has into the store again");
      try (Admin admin = kafka.admin()) {
        new GroupReset(admin).forget("store-writer", List.of(StoreWriter.GROUP));
      }
      System.out.println("start store-writer: it reads from the beginning");
      return 0;
    }
  }

  @Command(
      name = "streams",
      sortOptions = false,
      description = {
        "Delete the state of streams in Kafka, and let it book telemetry again from a time on.",
        "All instances must have been stopped; delete the state folder of each before its start."
      })
  static final class OfStreams implements Callable<Integer> {
    @Option(
        names = "--from",
        paramLabel = "TIME",
        description =
            "Book what arrived from this time on, as 2026-01-31T12:00:00Z or as 2h (ago); without it"
                + " all that Kafka has.")
    @Nullable String from;

    @Mixin ConfirmOption confirmation = new ConfirmOption();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      OffsetSpec offsets = OffsetSpec.earliest();
      String start = "all that Kafka has";
      if (from != null) {
        long epochMillis = Times.parse(from, EpochClock.system().epochMillis());
        offsets = OffsetSpec.forTimestamp(epochMillis);
        start = "what arrived from %s on".formatted(Instant.ofEpochMilli(epochMillis));
      }
      confirmation.confirm("delete the state of streams, and book again " + start);
      try (Admin admin = kafka.admin()) {
        GroupReset reset = new GroupReset(admin);
        reset.forget("streams", List.of(StreamsConfigs.ACCOUNTING_ID, StreamsConfigs.ALERTS_ID));
        int deleted = reset.deleteTopics(StreamsConfigs::isInternalTopic);
        reset.begin(StreamsConfigs.ACCOUNTING_ID, GroupReset.BOOKED, offsets);
        // what the accounting emits again must not count twice; budgets, nodes, jobs and alerts are
        // read from the beginning
        reset.begin(StreamsConfigs.ALERTS_ID, GroupReset.EMITTED, OffsetSpec.latest());
        System.out.println("deleted " + Quantities.count(deleted, "topic") + " with state");
      }
      System.out.printf(
          "delete the state folder of each instance, then start streams: it books %s%n", start);
      return 0;
    }
  }
}
