// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.util.Objects.requireNonNullElse;

import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.store.writer.StoreWriter;
import io.github.joulestream.streams.StreamsConfigs;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Whether what is measured arrives, and arrives in time. */
final class PipelineChecks {
  /** A window is in the store within seconds; an agent that restarts is silent for a minute. */
  private static final Duration LATE = Duration.ofMinutes(2);

  private static final Duration STOPPED = Duration.ofMinutes(10);

  /** An agent reports once a minute. */
  private static final Duration SILENT = Duration.ofMinutes(3);

  private static final long MUCH_LAG_RECORDS = 10_000;
  private static final long LITTLE_DISK_BYTES = 1L << 30;
  private static final double LITTLE_DISK_SHARE = 0.05;
  private static final int NAMED_AT_MOST = 5;
  private static final String SIMULATED = "simulated";

  /** Who must read what is published, by its group, and how it is started. */
  private static final Map<String, String> PROGRAMS =
      Map.of(
          StreamsConfigs.ACCOUNTING_ID, "streams",
          StreamsConfigs.ALERTS_ID, "streams",
          StoreWriter.GROUP, "store-writer");

  private PipelineChecks() {}

  // ---- who runs, and how far it is behind

  static List<Finding> programs(Admin admin) throws ExecutionException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (String group : new TreeMap<>(PROGRAMS).keySet()) {
      findings.add(program(admin, group));
    }
    return findings;
  }

  private static Finding program(Admin admin, String group)
      throws ExecutionException, InterruptedException {
    int members = members(admin, group);
    return program(group, members, lag(admin, group));
  }

  /**
   * @param members instances that share the work
   * @param lagRecords committed records that it has not read
   */
  static Finding program(String group, int members, long lagRecords) {
    String what = requireNonNullElse(PROGRAMS.get(group), group);
    String behind = Quantities.count(lagRecords, "record") + " behind";
    if (members == 0) {
      return Finding.fail(
          what,
          "%s does not run, %s -> joulestream %s (or joulestream up)"
              .formatted(group, behind, what));
    }
    String runs = "%s runs, %s".formatted(group, behind);
    return lagRecords > MUCH_LAG_RECORDS
        ? Finding.warn(what, runs + " -> look again; if it grows, start another instance")
        : Finding.ok(what, runs);
  }

  private static int members(Admin admin, String group)
      throws ExecutionException, InterruptedException {
    try {
      return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
          .mapToInt(description -> description.members().size())
          .sum();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return 0;
      }
      throw e;
    }
  }

  private static long lag(Admin admin, String group)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> done;
    try {
      done = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return 0;
      }
      throw e;
    }
    Map<TopicPartition, OffsetSpec> latest =
        done.keySet().stream()
            .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
    long lag = 0;
    var ends =
        admin
            .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
            .all()
            .get();
    for (var end : ends.entrySet()) {
      OffsetAndMetadata read = done.get(end.getKey());
      lag += read == null ? 0 : Math.max(0, end.getValue().offset() - read.offset());
    }
    return lag;
  }

  // ---- what arrives in the store

  /**
   * @param newest start of the newest window of 10 s of each site
   * @param sites sites that have nodes
   */
  static List<Finding> freshness(
      SortedMap<String, Long> newest, Collection<String> sites, long nowEpochMillis) {
    List<Finding> findings = new ArrayList<>();
    if (newest.isEmpty()) {
      findings.add(
          Finding.fail(
              "freshness",
              "the store has no window at all -> start an agent, streams and a store-writer; or"
                  + " joulestream up"));
    }
    for (String site : sites) {
      if (!newest.isEmpty() && !newest.containsKey(site)) {
        findings.add(
            Finding.fail(
                "freshness",
                "the store has no window of site %s -> look at its agents".formatted(site)));
      }
    }
    newest.forEach((site, start) -> findings.add(freshness(site, start, nowEpochMillis)));
    return findings;
  }

  private static Finding freshness(String site, long startEpochMillis, long nowEpochMillis) {
    Duration age = Duration.ofMillis(Math.max(0, nowEpochMillis - startEpochMillis));
    String text =
        "the newest window of site %s is of %s, %s ago"
            .formatted(
                site,
                Instant.ofEpochMilli(startEpochMillis).truncatedTo(ChronoUnit.SECONDS),
                Quantities.duration(age.toMillis()));
    if (age.compareTo(STOPPED) > 0) {
      return Finding.fail(
          "freshness",
          text + " -> nothing arrives: look at agents, streams and store-writer above");
    }
    return age.compareTo(LATE) > 0
        ? Finding.warn("freshness", text + " -> look again; if it grows, something is down")
        : Finding.ok("freshness", text);
  }

  // ---- agents

  /** Of agents that publish; simulated nodes have none. */
  static List<Finding> agents(Collection<NodeRecord> nodes, long nowEpochMillis) {
    List<Finding> findings = new ArrayList<>();
    List<NodeRecord> real =
        nodes.stream()
            .filter(node -> !node.agentVersion().equals(SIMULATED))
            .sorted(Comparator.comparingLong(NodeRecord::epochMillis))
            .toList();
    long simulated = (long) nodes.size() - real.size();
    List<String> silent =
        real.stream()
            .filter(node -> nowEpochMillis - node.epochMillis() > SILENT.toMillis())
            .map(node ->
                "%s/%s (last heartbeat %s)"
                    .formatted(
                        node.site(),
                        node.node(),
                        Instant.ofEpochMilli(node.epochMillis()).truncatedTo(ChronoUnit.SECONDS)))
            .toList();
    if (!silent.isEmpty()) {
      findings.add(
          Finding.fail(
              "agents",
              "%d of %d are silent: %s -> start them, or joulestream node forget"
                  .formatted(silent.size(), real.size(), some(silent))));
    } else if (real.isEmpty()) {
      findings.add(
          simulated > 0
              ? Finding.ok("agents", "none; " + simulated(simulated))
              : Finding.warn("agents", "none has ever published -> joulestream agent"));
    } else {
      findings.add(
          Finding.ok(
              "agents",
              String.format(
                  Locale.ROOT,
                  "%,d %s%s",
                  real.size(),
                  real.size() == 1 ? "publishes" : "publish",
                  simulated == 0 ? "" : "; " + simulated(simulated))));
    }
    List<String> losing =
        real.stream()
            .filter(node -> node.droppedBatches() > 0)
            .map(node ->
                "%s/%s (%,d batches)".formatted(node.site(), node.node(), node.droppedBatches()))
            .toList();
    if (!losing.isEmpty()) {
      findings.add(
          Finding.fail(
              "agents",
              "%d lost readings since they started: %s -> raise --spool-limit, look at their disk"
                  .formatted(losing.size(), some(losing))));
    }
    List<String> blind =
        real.stream()
            .filter(node -> !node.unavailable().isEmpty())
            .map(node ->
                "%s/%s (%s)"
                    .formatted(node.site(), node.node(), String.join(", ", node.unavailable())))
            .toList();
    if (!blind.isEmpty()) {
      findings.add(
          Finding.warn(
              "agents", "%d cannot read all they should: %s".formatted(blind.size(), some(blind))));
    }
    notUnderstood(real).ifPresent(findings::add);
    return findings;
  }

  /** GPUs that jobs hold now under names that mean nothing to their agents. */
  private static Optional<Finding> notUnderstood(List<NodeRecord> nodes) {
    List<String> unclear =
        nodes.stream()
            .filter(node -> node.notUnderstood() > 0)
            .map(node ->
                "%s/%s (%d: %s)"
                    .formatted(
                        node.site(),
                        node.node(),
                        node.notUnderstood(),
                        some(node.notUnderstoodNames())))
            .toList();
    return unclear.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Finding.warn(
                "GPUs",
                ("it is not certain which GPUs jobs hold on %d node%s, and these jobs lack their"
                        + " energy: %s -> docs/jobs.md, what a GPU is called")
                    .formatted(unclear.size(), unclear.size() == 1 ? "" : "s", some(unclear))));
  }

  private static String simulated(long nodes) {
    return nodes == 1
        ? "1 node is simulated"
        : String.format(Locale.ROOT, "%,d nodes are simulated", nodes);
  }

  // ---- alerts

  static Finding alerts(Collection<Alert> alerts) {
    Map<Severity, Long> open = new EnumMap<>(Severity.class);
    alerts.stream()
        .filter(alert -> alert.state() == AlertState.FIRING)
        .forEach(alert -> open.merge(alert.severity(), 1L, Long::sum));
    if (open.isEmpty()) {
      return Finding.ok("alerts", "none is open");
    }
    List<String> worst =
        alerts.stream()
            .filter(alert -> alert.state() == AlertState.FIRING)
            .sorted(Comparator.comparing(Alert::severity).reversed())
            .map(Alert::summary)
            .toList();
    String counts =
        open.entrySet().stream()
            .map(
                of -> "%d %s".formatted(of.getValue(), of.getKey().name().toLowerCase(Locale.ROOT)))
            .collect(Collectors.joining(", "));
    return Finding.warn("alerts", "open: %s: %s".formatted(counts, some(worst)));
  }

  // ---- disk

  /** Of brokers that report it; older ones do not. */
  static List<Finding> disks(Admin admin) throws ExecutionException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    List<Integer> brokers =
        admin.describeCluster().nodes().get().stream().map(node -> node.id()).toList();
    Map<Integer, Map<String, LogDirDescription>> folders =
        admin.describeLogDirs(brokers).allDescriptions().get();
    folders.forEach((broker, ofBroker) ->
        ofBroker.forEach((folder, description) -> {
          String name = "broker %d, %s".formatted(broker, folder);
          if (description.error() != null) {
            findings.add(Finding.fail("disk", name + ": " + description.error().getMessage()));
          } else if (description.usableBytes().isPresent()
              && description.totalBytes().isPresent()) {
            findings.add(
                disk(
                    name,
                    description.usableBytes().getAsLong(),
                    description.totalBytes().getAsLong()));
          }
        }));
    return findings;
  }

  static Finding disk(String name, long freeBytes, long totalBytes) {
    String text =
        "%s: %s of %s free"
            .formatted(name, Quantities.bytes(freeBytes), Quantities.bytes(totalBytes));
    boolean little = freeBytes < LITTLE_DISK_BYTES || freeBytes < totalBytes * LITTLE_DISK_SHARE;
    return little ? Finding.warn("disk", text + " -> make room") : Finding.ok("disk", text);
  }

  private static String some(List<String> all) {
    String first = all.stream().limit(NAMED_AT_MOST).collect(Collectors.joining(", "));
    return all.size() > NAMED_AT_MOST
        ? "%s and %,d more".formatted(first, all.size() - NAMED_AT_MOST)
        : first;
  }
}
