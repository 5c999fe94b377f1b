// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.schemas.kafka.Brokers;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * Three brokers in processes of their own, each a controller too, with three copies of everything.
 * Each kind of client has a listener of its own, and so has replication; the network of a listener
 * can be cut without the others.
 */
final class BrokerCluster implements AutoCloseable {
  static final int BROKERS = 3;
  private static final String CONTROLLER = "CONTROLLER";
  private static final List<String> OPTIONS =
      List.of(
          "-Xmx512m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dlogback.configurationFile="
              + Path.of("src", "test", "resources", "broker-logback.xml").toAbsolutePath());

  /** Who connects to a listener of the brokers. */
  enum Network {
    /** The brokers themselves: replication, and markers of transactions. */
    REPLICATION,
    /** Agents and simulated nodes. */
    AGENTS,
    STREAMS,
    STORE_WRITERS,
    /** Alert sender, API, commands. */
    OTHERS,
    /** The test itself: this one is never cut. */
    TEST
  }

  private final Path folder;
  private final String clusterId = Uuid.randomUuid().toString();
  private final List<Broker> brokers = new ArrayList<>();
  private final List<Integer> controllerPorts;

  private static final class Broker {
    final int id;
    final Path settings;
    final Map<Network, TcpProxy> networks = new EnumMap<>(Network.class);
    @Nullable Program program;

    Broker(int id, Path settings) {
      this.id = id;
      this.settings = settings;
    }
  }

  private BrokerCluster(Path folder) {
    this.folder = folder;
    this.controllerPorts =
        IntStream.range(0, BROKERS).mapToObj(_ -> FreePort.findLasting()).toList();
  }

  static BrokerCluster start(Path folder) throws Exception {
    BrokerCluster cluster = new BrokerCluster(folder);
    for (int broker = 1; broker <= BROKERS; broker++) {
      cluster.add(broker);
    }
    for (int broker = 1; broker <= BROKERS; broker++) {
      cluster.startBroker(broker);
    }
    for (int broker = 1; broker <= BROKERS; broker++) {
      cluster.awaitBroker(broker);
    }
    return cluster;
  }

  /** What a disk of the broker's own can be mounted on, before it is started first. */
  static Path disk(Path folder, int id) {
    return folder.resolve("broker-" + id);
  }

  private Path logs(int id) {
    return disk(folder, id).resolve("data");
  }

  private void format(int id) throws Exception {
    Path logs = Files.createDirectories(logs(id));
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setPrintStream(nowhere)
          .setNodeId(id)
          .setClusterId(clusterId)
          .setDirectories(List.of(logs.toString()))
          .setMetadataLogDirectory(logs.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName(CONTROLLER)
          .run();
    }
  }

  private void add(int id) throws Exception {
    format(id);
    Broker broker = new Broker(id, folder.resolve("broker-%d.properties".formatted(id)));
    Map<Network, Integer> ports = new EnumMap<>(Network.class);
    for (Network network : Network.values()) {
      ports.put(network, FreePort.findLasting());
      broker.networks.put(
          network, new TcpProxy(FreePort.findLasting(), ports.getOrDefault(network, 0)));
    }
    Properties properties = new Properties();
    properties.putAll(config(broker, ports));
    try (OutputStream out = Files.newOutputStream(broker.settings)) {
      properties.store(out, null);
    }
    brokers.add(broker);
  }

  private Map<String, String> config(Broker broker, Map<Network, Integer> ports) {
    Map<String, String> config = new TreeMap<>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", Integer.toString(broker.id));
    config.put(
        "listeners",
        ports.entrySet().stream()
                .map(entry -> "%s://127.0.0.1:%d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(","))
            + ",%s://127.0.0.1:%d".formatted(CONTROLLER, controllerPorts.get(broker.id - 1)));
    config.put(
        "advertised.listeners",
        broker.networks.entrySet().stream()
            .map(entry -> "%s://127.0.0.1:%d".formatted(entry.getKey(), entry.getValue().port()))
            .collect(Collectors.joining(",")));
    config.put(
        "listener.security.protocol.map",
        Stream.concat(Stream.of(Network.values()).map(Network::name), Stream.of(CONTROLLER))
            .map(name -> name + ":PLAINTEXT")
            .collect(Collectors.joining(",")));
    config.put("inter.broker.listener.name", Network.REPLICATION.name());
    config.put("controller.listener.names", CONTROLLER);
    config.put(
        "controller.quorum.voters",
        IntStream.rangeClosed(1, BROKERS)
            .mapToObj(id -> "%d@127.0.0.1:%d".formatted(id, controllerPorts.get(id - 1)))
            .collect(Collectors.joining(",")));
    config.put("log.dirs", logs(broker.id).toString());
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      config.put(topic + ".replication.factor", Integer.toString(BROKERS));
      config.put(topic + ".num.partitions", "4");
    }
    config.put("transaction.state.log.min.isr", "2");
    // a follower that is cut off holds up acknowledgements for this long
    config.put("replica.lag.time.max.ms", "10000");
    config.put("replica.socket.timeout.ms", "5000");
    config.put("auto.create.topics.enable", "false");
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("num.network.threads", "1");
    config.put("num.io.threads", "2");
    config.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    config.put("log.index.size.max.bytes", Integer.toString(256 << 10));
    config.put("message.max.bytes", Integer.toString(8 << 20));
    return config;
  }

  private Broker broker(int id) {
    return brokers.get(id - 1);
  }

  /** Where clients of this kind find the brokers. */
  String bootstrap(Network network) {
    return brokers.stream()
        .map(broker -> "127.0.0.1:" + proxy(broker, network).port())
        .collect(Collectors.joining(","));
  }

  private static TcpProxy proxy(Broker broker, Network network) {
    TcpProxy proxy = broker.networks.get(network);
    if (proxy == null) {
      throw new IllegalStateException("no network " + network);
    }
    return proxy;
  }

  /** Does something to a network of all brokers. */
  void onNetwork(Network network, Consumer<TcpProxy> action) {
    brokers.forEach(broker -> action.accept(proxy(broker, network)));
  }

  /** Does something to a network of one broker. */
  void onNetwork(int broker, Network network, Consumer<TcpProxy> action) {
    action.accept(proxy(broker(broker), network));
  }

  void kill(int broker) throws InterruptedException {
    program(broker).kill();
  }

  Program program(int broker) {
    return requireNonNull(broker(broker).program);
  }

  void startBroker(int id) throws IOException {
    List<String> options = new ArrayList<>(OPTIONS);
    options.addAll(List.of("-cp", ProgramOptions.CLASS_PATH, "kafka.Kafka"));
    options.add(broker(id).settings.toString());
    broker(id).program = Program.startJava(Map.of(), options.toArray(String[]::new));
  }

  /** Waits until it takes requests. */
  void awaitBroker(int id) throws InterruptedException {
    program(id).awaitLine("Kafka Server started");
  }

  /** As an operator restarts it: it hands its leaderships over, and stops. */
  void stopInOrder(int id) throws IOException, InterruptedException {
    program(id).terminate();
    program(id).await();
  }

  /** The broker, which does not run, has an empty disk afterwards. */
  void emptyDisk(int id) throws Exception {
    Fault.delete(logs(id));
    format(id);
  }

  /** How many brokers there are, also those that are down, by what the cluster says. */
  int registered() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap(Network.TEST)))) {
      return Brokers.count(admin);
    }
  }

  /** The partitions of which a copy is not in sync. */
  List<String> missingCopies() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap(Network.TEST)))) {
      return topics(admin).stream()
          .flatMap(topic ->
              topic.partitions().stream()
                  .filter(partition -> partition.isr().size() < BROKERS)
                  .map(partition -> "%s %s".formatted(topic.name(), partition)))
          .toList();
    }
  }

  /** All topics, those of Kafka itself and of Kafka Streams too. */
  static Collection<TopicDescription> topics(Admin admin) throws Exception {
    Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    return admin.describeTopics(names).allTopicNames().get().values();
  }

  @Override
  public void close() throws IOException {
    for (Broker broker : brokers) {
      if (broker.program != null) {
        broker.program.close();
      }
      for (TcpProxy proxy : broker.networks.values()) {
        proxy.close();
      }
    }
  }

  /** Time after which a broker that is silent counts as gone. */
  static Duration session() {
    return Duration.ofSeconds(9);
  }
}
