// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.Times;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.producers.agent.Probes;
import io.github.joulestream.producers.probe.Detail;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.DurabilityCheck;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.Brokers;
import io.github.joulestream.schemas.kafka.Durability;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.connect.StoreConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is reachable, what is missing, what to do. */
@Command(
    name = "doctor",
    sortOptions = false,
    description =
        "Check Kafka, topics, nodes, store and this machine's probes: what is missing, what to do;"
            + " exit status 1 if a line has FAIL.")
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--store-url",
      paramLabel = "URL",
      description =
          "The store (default: that of up, http://127.0.0.1:9000, or if none answers there that of"
              + " store-writer, http://127.0.0.1:8086).")
  @Nullable URI storeUrl;

  @Option(
      names = "--ledger",
      description =
          "Print measured, jobs' and idle energy of each site instead; exit status 1 if they do not balance.")
  boolean ledger;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "With --ledger: from here on, as 2026-01-31T12:00:00Z or as 2h (ago).")
  @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "With --ledger: up to here, likewise (default: all there is).")
  @Nullable String to;

  @Option(names = "--exact", description = "With --ledger: in whole millijoules.")
  boolean exact;

  @Option(
      names = "--json",
      description = "With --ledger: every amount of every site as JSON, in whole millijoules.")
  boolean json;

  @Mixin StoreOptions store = new StoreOptions();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();
  private @Nullable URI asked;
  private boolean failed;
  private final long nowEpochMillis = EpochClock.system().epochMillis();
  private final SortedSet<String> sites = new TreeSet<>();

  @Override
  public Integer call() throws InterruptedException {
    if (ledger) {
      return printLedger() ? 0 : 1;
    }
    if (from != null || to != null || exact || json) {
      throw UserError.usage("--from, --to, --exact and --json go with --ledger");
    }
    report(Finding.ok("Java", Runtime.version().toString()));
    checkKafka();
    checkStore();
    Probes.ofThisMachine(null).forEach(this::checkProbe);
    return failed ? 1 : 0;
  }

  private boolean printLedger() {
    long fromMillis = from == null ? 0 : Times.parse(from, nowEpochMillis);
    long toMillis = to == null ? ResultReader.END_EPOCH_MILLIS : Times.parse(to, nowEpochMillis);
    if (fromMillis >= toMillis) {
      throw UserError.usage("--from %s is not before --to %s".formatted(from, to));
    }
    try (ResultReader reader = connect().reader()) {
      SortedMap<String, Totals<SiteAmount>> sites = reader.ledger(fromMillis, toMillis);
      if (sites.isEmpty()) {
        throw new UserError("the store at %s has no ledger of that time".formatted(shown()));
      }
      LedgerReport report = new LedgerReport(sites, reader.unbalanced(fromMillis, toMillis), exact);
      if (json) {
        System.out.println(ShownText.lines(report.json(fromMillis, toMillis)));
        return report.balances();
      }
      String since = from == null ? "" : " from " + Instant.ofEpochMilli(fromMillis) + " on";
      String until = to == null ? "" : " before " + Instant.ofEpochMilli(toMillis);
      System.out.printf(
          "%s%n",
          from == null && to == null ? "all windows" : "windows that start" + since + until);
      report.print(System.out);
      System.out.printf(
          "%n%s%n", report.balances() ? "the books balance" : "THE BOOKS DO NOT BALANCE");
      return report.balances();
    } catch (IOException e) {
      throw FoundStore.unreachable(storeUrl, e);
    } catch (UncheckedIOException e) {
      throw new UserError(
          "%s: %s".formatted(e.getMessage(), requireNonNull(e.getCause()).getMessage()), e);
    }
  }

  private void checkKafka() throws InterruptedException {
    try (Admin admin = kafka.admin()) {
      List<String> differences = new TopicAdmin(admin).check();
      report(Finding.ok("Kafka", "answers at " + kafka.bootstrap()));
      report(
          differences.isEmpty()
              ? Finding.ok("topics", "are as they must be")
              : Finding.fail(
                  "topics",
                  String.join("; ", differences) + " -> joulestream topics create --alter"));
      DurabilityCheck.lower(admin, Durability.usual(Brokers.count(admin)))
          .forEach(line ->
              report(Finding.warn("durability", line + " -> docs/operations.md#replication")));
      DurabilityCheck.missingCopies(admin)
          .forEach(line ->
              report(
                  Finding.warn(
                      "copies", line + " -> docs/operations.md#the-disk-of-a-broker-is-full")));
      PipelineChecks.disks(admin).forEach(this::report);
      if (differences.isEmpty()) {
        checkSchemas();
        checkFlow(admin);
      }
    } catch (UserError e) {
      report(Finding.fail("Kafka", String.valueOf(e.getMessage())));
    } catch (ExecutionException e) {
      report(Finding.fail("Kafka", "answers, but refuses: " + e.getCause()));
    } catch (KafkaException e) {
      report(Finding.fail("Kafka", "answers, but cannot be read: " + e.getMessage()));
    }
  }

  private void checkSchemas() throws InterruptedException {
    List<String> differences = kafka.schemaDifferences();
    report(
        differences.isEmpty()
            ? Finding.ok("schemas", "those of this release are in the topic")
            : Finding.fail(
                "schemas", String.join("; ", differences) + " -> joulestream topics create"));
  }

  private void checkFlow(Admin admin) throws ExecutionException, InterruptedException {
    PipelineChecks.programs(admin).forEach(this::report);
    report(NodesSetAside.read(kafka).finding());
    Collection<NodeRecord> nodes =
        LatestRecords.of(Topic.NODES, WireSerdes.nodes().deserializer(), kafka.clients()).values();
    nodes.forEach(node -> sites.add(node.site()));
    PipelineChecks.agents(nodes, nowEpochMillis).forEach(this::report);
    report(
        PipelineChecks.alerts(
            LatestRecords.of(Topic.ALERTS, WireSerdes.alerts().deserializer(), kafka.clients())
                .values()));
  }

  private void checkStore() {
    try {
      StoreConnection connection = connect();
      report(Finding.ok("store", "%s answers at %s".formatted(connection.kind().words(), shown())));
      List<String> differences = connection.differences();
      if (!differences.isEmpty()) {
        report(
            Finding.fail(
                "store",
                String.join("; ", differences)
                    + " -> joulestream store-writer makes what is missing"));
        return;
      }
      try (ResultReader reader = connection.reader()) {
        PipelineChecks.freshness(reader.newestWindows(), sites, nowEpochMillis)
            .forEach(this::report);
      }
    } catch (IOException e) {
      report(Finding.fail("store", FoundStore.unreachable(storeUrl)));
    } catch (UncheckedIOException e) {
      report(
          Finding.fail(
              "store",
              "%s: %s".formatted(e.getMessage(), requireNonNull(e.getCause()).getMessage())));
    } catch (UserError e) {
      report(Finding.fail("store", String.valueOf(e.getMessage())));
    }
  }

  private String shown() {
    return asked == null ? "" : ShownUrl.of(asked);
  }

  private StoreConnection connect() throws IOException {
    FoundStore found = FoundStore.find(storeUrl, store);
    asked = found.url();
    return found.connection();
  }

  private void checkProbe(Probe probe) {
    try (probe) {
      probe.open();
      report(Finding.ok(probe.name(), probe.describe()));
      for (Detail detail : probe.details()) {
        if (detail.name().equals(Detail.TAKEN_AS)) {
          report(Finding.ok(probe.name(), "%s: %s".formatted(detail.device(), detail.value())));
        }
      }
      probe.notTaken().forEach(words -> report(Finding.warn(probe.name(), "not taken: " + words)));
    } catch (Probe.ProbeUnavailable e) {
      String text = "unavailable, because " + e.getMessage();
      if (e.isAbsent()) {
        report(Finding.ok(probe.name(), text)); // a node may well lack it
      } else if (e.isInstallable()) {
        report(Finding.fail(probe.name(), text));
      } else {
        // it may be meant so, or only another user may read it
        report(Finding.warn(probe.name(), text));
      }
    } catch (IOException e) {
      report(Finding.warn(probe.name(), "cannot be read now: " + e.getMessage()));
    }
  }

  private void report(Finding finding) {
    failed |= finding.level() == Finding.Level.FAIL;
    System.out.println(finding.line());
  }
}
