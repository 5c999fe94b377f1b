// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.BrokerCluster.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Something that happens to the pipeline from outside, and ends.
 *
 * @param name what happens to which part
 * @param promised what operators may rely on
 * @param work does it, for a time, and undoes it
 */
record Fault(String name, String promised, Work work) {

  /** Does it, for about this long, and undoes it; returns when that is done. */
  interface Work {
    void run(FaultSite site, Duration length, Random random) throws Exception;
  }

  /** Needs a site of which a broker has a disk that can be filled. */
  static final String DISK_FULL = "a broker's disk full, and room again";

  private static final String CONTINUES = "the other instance continues; exactly once";
  private static final String WAITS = "records wait where they are; exactly once";

  /** Each kind once. */
  static List<Fault> all() {
    List<Fault> faults = new ArrayList<>();
    faults.add(killed(FaultSite.STREAMS.getFirst(), CONTINUES));
    faults.add(killed(FaultSite.STORE_WRITERS.getFirst(), CONTINUES));
    faults.add(killed(FaultSite.AGENT, "what was published is in the spool or in Kafka"));
    faults.add(killed(FaultSite.SIMULATE, "batches that are sent again are recognised"));
    faults.add(killed(FaultSite.ALERT_SENDER, "each revision of an alert is sent at least once"));
    faults.add(killed(FaultSite.SERVE, "the API is back with the store's figures"));
    faults.add(
        new Fault(
            "a broker killed (kill -9), started at once",
            "two of three copies acknowledge",
            (site, _, random) -> {
              int broker = broker(random);
              site.killBroker(broker);
              site.startBroker(broker);
            }));
    faults.add(
        new Fault(
            "a broker lost, and back",
            "two of three copies acknowledge",
            (site, length, random) -> {
              int broker = broker(random);
              site.killBroker(broker);
              site.runFor(length);
              site.startBroker(broker);
            }));
    faults.add(
        new Fault(
            "two of three brokers lost, and back",
            "nothing is acknowledged; " + WAITS,
            (site, length, random) -> {
              int left = broker(random);
              for (int broker = 1; broker <= BrokerCluster.BROKERS; broker++) {
                if (broker != left) {
                  site.killBroker(broker);
                }
              }
              site.runFor(length);
              for (int broker = 1; broker <= BrokerCluster.BROKERS; broker++) {
                if (broker != left) {
                  site.startBroker(broker);
                }
              }
            }));
    faults.add(
        new Fault(
            "a broker's disk lost, the broker back with an empty one",
            "two of three copies acknowledge; the third is copied anew",
            (site, length, random) -> {
              int broker = broker(random);
              site.killBroker(broker);
              site.runFor(length);
              site.brokers.emptyDisk(broker);
              site.startBroker(broker);
              site.awaitCopies();
            }));
    faults.add(
        new Fault(
            DISK_FULL,
            "two of three copies acknowledge; the third catches up when there is room",
            (site, length, _) -> fillDisk(site, length)));
    faults.add(
        new Fault(
            "all brokers killed at once",
            WAITS,
            (site, length, _) -> {
              for (int broker = 1; broker <= BrokerCluster.BROKERS; broker++) {
                site.killBroker(broker);
              }
              site.runFor(length.dividedBy(2));
              for (int broker = 1; broker <= BrokerCluster.BROKERS; broker++) {
                site.startBroker(broker);
              }
            }));
    faults.add(
        new Fault(
            "brokers restarted in order, one after the other",
            "no interruption beyond an election",
            (site, _, _) -> {
              for (int broker = 1; broker <= BrokerCluster.BROKERS; broker++) {
                site.stopBroker(broker);
                site.startBroker(broker);
                site.brokers.awaitBroker(broker);
              }
            }));
    faults.add(suspended(FaultSite.STREAMS.getLast()));
    faults.add(suspended(FaultSite.STORE_WRITERS.getLast()));
    faults.add(
        new Fault(
            "a broker suspended (SIGSTOP) beyond its session",
            "two of three copies acknowledge",
            (site, length, random) -> {
              Program broker = site.brokers.program(broker(random));
              broker.suspend();
              site.runFor(atLeast(length, BrokerCluster.session()));
              broker.resume();
            }));
    for (Network network :
        List.of(Network.AGENTS, Network.STREAMS, Network.STORE_WRITERS, Network.REPLICATION)) {
      String between = between(network);
      faults.add(
          new Fault(
              "network cut " + between,
              WAITS,
              (site, length, _) -> {
                site.brokers.onNetwork(network, TcpProxy::cut);
                site.runFor(atLeast(length, Duration.ofSeconds(12)));
                site.brokers.onNetwork(network, TcpProxy::restore);
              }));
      faults.add(
          new Fault(
              "network slow (100 ms each way) " + between,
              "results are later",
              (site, length, _) -> {
                site.brokers.onNetwork(network, proxy -> proxy.slow(Duration.ofMillis(100)));
                site.runFor(length);
                site.brokers.onNetwork(network, proxy -> proxy.slow(Duration.ZERO));
              }));
      faults.add(
          new Fault(
              "connections reset every 2 s " + between,
              "clients connect again; exactly once",
              (site, length, _) -> {
                for (int i = 0; i < Math.max(1, length.toSeconds() / 2); i++) {
                  site.brokers.onNetwork(network, TcpProxy::reset);
                  site.runFor(Duration.ofSeconds(2));
                }
              }));
    }
    faults.add(
        new Fault(
            "a broker cut off from its clients and from replication",
            "the others take over; exactly once",
            (site, length, random) -> {
              int broker = broker(random);
              onNetworks(site, broker, TcpProxy::cut);
              site.runFor(atLeast(length, Duration.ofSeconds(12)));
              onNetworks(site, broker, TcpProxy::restore);
            }));
    faults.add(
        new Fault(
            "streams and store writers leave and join (rebalances)",
            "exactly once",
            (site, _, _) -> {
              for (String part :
                  List.of(FaultSite.STREAMS.getLast(), FaultSite.STORE_WRITERS.getLast())) {
                site.stop(part);
                site.runFor(Duration.ofSeconds(1));
                site.start(part);
              }
            }));
    faults.add(
        new Fault(
            "the store killed, and away",
            "results wait in Kafka",
            (site, length, _) -> {
              site.kill(FaultSite.STORE);
              site.runFor(length);
              site.start(FaultSite.STORE);
            }));
    faults.add(
        new Fault(
            "network to the store cut, then connections reset",
            "results wait in Kafka; points are written again under their keys",
            (site, length, _) -> {
              site.storeNetwork.cut();
              site.runFor(length);
              site.storeNetwork.reset();
              site.storeNetwork.restore();
            }));
    faults.add(
        new Fault(
            "the receiver of alerts away (no connection, then 503)",
            "alerts wait; each revision is sent at least once",
            (site, length, _) -> {
              site.alertNetwork.cut();
              site.inbox.answer(() -> 503);
              site.runFor(length);
              site.alertNetwork.reset();
              site.alertNetwork.restore();
              site.runFor(Duration.ofSeconds(3));
              site.inbox.answer(() -> 200);
            }));
    faults.add(
        new Fault(
            "all streams killed, their state deleted",
            "state is restored from Kafka",
            (site, _, _) -> {
              for (String part : FaultSite.STREAMS) {
                site.kill(part);
                delete(site.state(part));
              }
              FaultSite.STREAMS.forEach(site::start);
            }));
    return faults;
  }

  /**
   * A random part or broker is killed and started again at once; a broker only if all copies of all
   * partitions are in sync, as a second one that is lost before is a fault of its own.
   */
  static String killSomething(FaultSite site, Random random) throws Exception {
    List<String> parts = new ArrayList<>(FaultSite.STREAMS);
    parts.addAll(FaultSite.STORE_WRITERS);
    parts.addAll(
        List.of(
            FaultSite.AGENT,
            FaultSite.SIMULATE,
            FaultSite.ALERT_SENDER,
            FaultSite.SERVE,
            "broker-1",
            "broker-2",
            "broker-3"));
    String part = parts.get(random.nextInt(parts.size()));
    if (part.startsWith("broker-")) {
      int broker = Integer.parseInt(part.substring("broker-".length()));
      site.awaitCopies();
      site.killBroker(broker);
      site.startBroker(broker);
    } else {
      site.kill(part);
      site.start(part);
    }
    return part;
  }

  /**
   * The broker ends, and so does each start on the full disk; the others continue without it. What
   * operators see is a line about its copies.
   */
  private static void fillDisk(FaultSite site, Duration length) throws Exception {
    int broker = FaultSite.BROKER_OF_DISK;
    site.awaitCopies();
    site.fillDisk();
    assertThat(site.awaitEnd(broker)).contains("No space left on device");
    Await.until("copies are missing", () -> !site.brokers.missingCopies().isEmpty());
    site.awaitRecovery(Instant.now());
    // new topics have three copies too
    assertThat(site.brokers.registered()).isEqualTo(BrokerCluster.BROKERS);
    String missing = "broker %d: [0-9,]+ of its [0-9,]+ copies of partitions are not in sync";
    assertThat(site.output("topics", "check"))
        .containsPattern("(?m)^warning: " + missing.formatted(broker));
    String doctor = site.output("doctor", "--store-url", site.storeUrl().toString());
    doctor.lines().filter(line -> line.startsWith("warn copies")).forEach(System.out::println);
    assertThat(doctor).containsPattern("(?m)^warn copies +" + missing.formatted(broker));
    site.brokers.startBroker(broker);
    site.awaitEnd(broker);
    site.runFor(length);
    site.freeDisk();
    site.startBroker(broker);
    site.awaitCopies();
  }

  private static Fault killed(String part, String promised) {
    return new Fault(
        part + " killed (kill -9)",
        promised,
        (site, _, _) -> {
          site.kill(part);
          site.start(part);
        });
  }

  private static Fault suspended(String part) {
    return new Fault(
        part + " suspended (SIGSTOP) beyond its session",
        "the other instance takes over; the suspended one is fenced",
        (site, length, _) -> {
          Program program = site.program(part);
          program.suspend();
          site.runFor(atLeast(length, Duration.ofSeconds(14)));
          program.resume();
        });
  }

  private static String between(Network network) {
    return network == Network.REPLICATION
        ? "between the brokers"
        : "between %s and Kafka"
            .formatted(network.name().toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  private static int broker(Random random) {
    return 1 + random.nextInt(BrokerCluster.BROKERS);
  }

  private static void onNetworks(FaultSite site, int broker, Consumer<TcpProxy> action) {
    for (Network network : Network.values()) {
      if (network != Network.TEST) {
        site.brokers.onNetwork(broker, network, action);
      }
    }
  }

  private static Duration atLeast(Duration length, Duration least) {
    return length.compareTo(least) < 0 ? least : length;
  }

  /** A folder and all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
