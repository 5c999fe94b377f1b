// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.producers.agent.Probes;
import io.github.joulestream.producers.probe.Detail;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.store.HistoryReader;
import io.github.joulestream.store.connect.StoreConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is reachable, what is missing, what to do. */
@Command(
    name = "doctor",
    sortOptions = false,
    description =
        "Say what is reachable, what is missing, and what to do; 1 if something is amiss.")
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--store-url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:9000",
      description = "The store (default: ${DEFAULT-VALUE}).")
  URI storeUrl = URI.create("http://127.0.0.1:9000");

  @Option(
      names = "--ledger",
      description = "Print both sides of each site's books instead; 1 if they do not balance.")
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

  @Mixin StoreOptions store = new StoreOptions();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();
  private boolean amiss;

  @Override
  public Integer call() throws InterruptedException {
    if (ledger) {
      return printLedger() ? 0 : 1;
    }
    if (from != null || to != null) {
      throw new UserError("--from and --to go with --ledger");
    }
    say(true, "Java", Runtime.version().toString());
    checkKafka();
    checkStore();
    Probes.ofThisMachine(null).forEach(this::checkProbe);
    return amiss ? 1 : 0;
  }

  private boolean printLedger() {
    long now = EpochClock.system().epochMillis();
    long fromMillis = from == null ? 0 : Times.parse(from, now);
    long toMillis = to == null ? HistoryReader.END_EPOCH_MILLIS : Times.parse(to, now);
    if (fromMillis >= toMillis) {
      throw new UserError("--from %s is not before --to %s".formatted(from, to));
    }
    try (HistoryReader reader = store.connect(storeUrl).reader()) {
      SortedMap<String, Totals<SiteAmount>> sites = reader.ledger(fromMillis, toMillis);
      if (sites.isEmpty()) {
        throw new UserError("the store at %s has no ledger of that time".formatted(storeUrl));
      }
      LedgerReport report = new LedgerReport(sites, reader.unbalanced(fromMillis, toMillis));
      report.print(System.out);
      System.out.printf(
          "%n%s%n", report.balances() ? "the books balance" : "THE BOOKS DO NOT BALANCE");
      return report.balances();
    } catch (IOException e) {
      throw new UserError(unreachable(), e);
    } catch (UncheckedIOException e) {
      throw new UserError(
          "%s: %s".formatted(e.getMessage(), requireNonNull(e.getCause()).getMessage()), e);
    }
  }

  private void checkKafka() throws InterruptedException {
    try (Admin admin = kafka.admin()) {
      List<String> differences = new TopicAdmin(admin).check();
      say(true, "Kafka", "answers at " + kafka.bootstrap);
      say(
          differences.isEmpty(),
          "topics",
          differences.isEmpty()
              ? "are as they must be"
              : String.join("; ", differences) + " -> joulestream topics create");
    } catch (UserError e) {
      say(false, "Kafka", String.valueOf(e.getMessage()));
    } catch (java.util.concurrent.ExecutionException e) {
      say(false, "Kafka", "answers, but refuses: " + e.getCause());
    }
  }

  private void checkStore() {
    try {
      StoreConnection connection = store.connect(storeUrl);
      say(true, "store", "%s answers at %s".formatted(connection.kind().words(), storeUrl));
      List<String> differences = connection.differences();
      if (!differences.isEmpty()) {
        say(
            false,
            "store",
            String.join("; ", differences) + " -> joulestream store-writer makes what is missing");
      }
    } catch (IOException e) {
      say(false, "store", unreachable());
    } catch (UserError e) {
      say(false, "store", String.valueOf(e.getMessage()));
    }
  }

  private String unreachable() {
    return "the store cannot be reached at %s -> start it, or give --store-url".formatted(storeUrl);
  }

  private void checkProbe(Probe probe) {
    try (probe) {
      probe.open();
      say(true, probe.name(), probe.describe());
      for (Detail detail : probe.details()) {
        if (detail.name().equals(Detail.TAKEN_AS)) {
          say(true, probe.name(), "%s: %s".formatted(detail.device(), detail.value()));
        }
      }
      probe.notTaken().forEach(words -> warn(probe.name(), "not taken: " + words));
    } catch (Probe.ProbeUnavailable e) {
      String text = "unavailable, because " + e.getMessage();
      if (e.isAbsent()) {
        say(true, probe.name(), text); // a node may well lack it
      } else if (e.isMendable()) {
        say(false, probe.name(), text);
      } else {
        warn(probe.name(), text);
      }
    } catch (IOException e) {
      warn(probe.name(), "cannot be read now: " + e.getMessage());
    }
  }

  /** Something that may be meant so, or that only another user may read. */
  private static void warn(String what, String text) {
    System.out.printf("%-4s %-10s %s%n", "warn", what, text);
  }

  private void say(boolean fine, String what, String text) {
    amiss |= !fine;
    System.out.printf("%-4s %-10s %s%n", fine ? "ok" : "--", what, text);
  }
}
