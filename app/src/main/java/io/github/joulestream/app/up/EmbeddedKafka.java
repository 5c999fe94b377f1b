// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.runtime.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server$;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real broker of one node (KRaft), in this process, on the loopback address. What it holds
 * survives the process, also one that was killed.
 *
 * <p>The controller starts first, and forgets the broker of a process that was killed, before this
 * one starts. Otherwise the broker would take up its old leaderships, lose them again when the old
 * registration times out, and at that moment give up writing the markers of transactions that were
 * being committed when it was killed: these would stay open for ever. For the same reason a pause
 * of this process must not look like the death of its only broker.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final int NODE_ID = 1;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String BROKER = "PLAINTEXT";
  // the broker leaves this file when it stops, and removes it when it starts
  private static final String STOPPED_IN_ORDER = ".kafka_cleanshutdown";
  private static final Duration SESSION = Duration.ofMinutes(2);
  private static final int SEGMENT_BYTES = 16 << 20; // over the longest message
  private static final int INDEX_BYTES = 256 << 10;

  private final ControllerServer controller;
  private final BrokerServer broker;
  private final int port;

  private EmbeddedKafka(ControllerServer controller, BrokerServer broker, int port) {
    this.controller = controller;
    this.broker = broker;
    this.port = port;
  }

  /**
   * What is done when a broker of this process cannot work any more, as on a full disk. By itself
   * it ends the process without a word, as it should in a process of its own. Called in a thread of
   * the broker's, which does not go on.
   *
   * @param work is given the broker's reason, and should end the process
   */
  static void onDeath(Consumer<String> work) {
    Exit.Procedure die =
        (status, message) -> {
          log.error("the broker ends its process with {}: {}", status, message);
          work.accept(message == null ? "status " + status : message);
          while (true) {
            LockSupport.park();
          }
        };
    Exit.setHaltProcedure(die);
    Exit.setExitProcedure(die);
  }

  /**
   * Starts a broker and returns when it takes requests.
   *
   * @param wantedPort taken if free, else another
   */
  public static EmbeddedKafka start(Path folder, int wantedPort)
      throws IOException, InterruptedException {
    return start(folder, FreePorts.Choice.preferred(wantedPort));
  }

  /**
   * Starts a broker and returns when it takes requests.
   *
   * @throws UserError if the port was named and is in use
   */
  public static EmbeddedKafka start(Path folder, FreePorts.Choice wantedPort)
      throws IOException, InterruptedException {
    Path logs = folder.resolve("log");
    PrivateFiles.folder(logs);
    boolean isNew = format(logs);
    ServerSocketChannel brokerSocket = FreePorts.open(wantedPort, FreePorts::listen);
    ServerSocketChannel controllerSocket = FreePorts.listen(0);
    try {
      return start(logs, isNew, brokerSocket, controllerSocket);
    } catch (IOException | InterruptedException | RuntimeException e) {
      brokerSocket.close();
      controllerSocket.close();
      throw e;
    }
  }

  private static EmbeddedKafka start(
      Path logs,
      boolean isNew,
      ServerSocketChannel brokerSocket,
      ServerSocketChannel controllerSocket)
      throws IOException, InterruptedException {
    int port = brokerSocket.socket().getLocalPort();
    int controllerPort = controllerSocket.socket().getLocalPort();
    KafkaConfig config = KafkaConfig.fromProps(config(logs, port, controllerPort));
    var initialised = KafkaRaftServer.initializeLogDirs(config, log, "");
    SharedServer shared =
        new SharedServer(
            config,
            initialised._1,
            Time.SYSTEM,
            Server$.MODULE$.initializeMetrics(
                config, Time.SYSTEM, initialised._1.clusterId().orElseThrow()),
            CompletableFuture.completedFuture(
                Map.of(
                    NODE_ID,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), controllerPort))),
            List.of(),
            new StandardFaultHandlerFactory(),
            (listener, address, _, _) ->
                prepared(address.getPort() == port ? brokerSocket : controllerSocket));
    ControllerServer controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), initialised._2);
    controller.startup();
    BrokerServer broker = new BrokerServer(shared);
    try {
      if (!isNew && !Files.exists(logs.resolve(STOPPED_IN_ORDER))) {
        forgetKilledBroker("127.0.0.1:" + controllerPort);
      }
      broker.startup();
    } catch (IOException | InterruptedException | RuntimeException e) {
      controller.shutdown();
      throw e;
    }
    return new EmbeddedKafka(controller, broker, port);
  }

  /** As the broker's selectors want it. */
  private static ServerSocketChannel prepared(ServerSocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    return channel;
  }

  private static void forgetKilledBroker(String controllerAddress)
      throws IOException, InterruptedException {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG, controllerAddress))) {
      admin.unregisterBroker(NODE_ID).all().get();
      log.info("the broker was not stopped in order; its old registration is gone");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof BrokerIdNotRegisteredException)) {
        throw new IOException("the controller does not forget the broker", e.getCause());
      }
    }
  }

  private static Properties config(Path logs, int port, int controllerPort) {
    Properties config = new Properties();
    config.put("process.roles", "broker,controller");
    config.put("node.id", Integer.toString(NODE_ID));
    config.put(
        "listeners",
        "%s://127.0.0.1:%d,%s://127.0.0.1:%d".formatted(BROKER, port, CONTROLLER, controllerPort));
    config.put("advertised.listeners", "%s://127.0.0.1:%d".formatted(BROKER, port));
    config.put("controller.listener.names", CONTROLLER);
    config.put("controller.quorum.voters", "%d@127.0.0.1:%d".formatted(NODE_ID, controllerPort));
    config.put("log.dirs", logs.toString());
    // one node: one copy of everything
    config.put("offsets.topic.replication.factor", "1");
    config.put("offsets.topic.num.partitions", "4");
    config.put("transaction.state.log.replication.factor", "1");
    config.put("transaction.state.log.min.isr", "1");
    config.put("transaction.state.log.num.partitions", "4");
    config.put("share.coordinator.state.topic.replication.factor", "1");
    config.put("share.coordinator.state.topic.min.isr", "1");
    config.put("broker.session.timeout.ms", Long.toString(SESSION.toMillis()));
    // topics come from the catalogue alone
    config.put("auto.create.topics.enable", "false");
    // nobody else joins: no use to wait
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("num.network.threads", "2");
    config.put("num.io.threads", "4");
    config.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    // a segment that is being written is neither compacted nor deleted: small ones bound the disk
    config.put("log.segment.bytes", Integer.toString(SEGMENT_BYTES));
    config.put("offsets.topic.segment.bytes", Integer.toString(SEGMENT_BYTES));
    config.put("transaction.state.log.segment.bytes", Integer.toString(SEGMENT_BYTES));
    config.put("share.coordinator.state.topic.segment.bytes", Integer.toString(SEGMENT_BYTES));
    config.put("metadata.log.segment.bytes", Integer.toString(SEGMENT_BYTES));
    config.put("metadata.max.retention.bytes", Integer.toString(4 * SEGMENT_BYTES));
    config.put("log.index.size.max.bytes", Integer.toString(INDEX_BYTES));
    config.put("log.retention.check.interval.ms", "60000");
    config.put("message.max.bytes", Integer.toString(8 << 20));
    return config;
  }

  /** Gives the folder its identity; false if it has one, which is left alone. */
  private static boolean format(Path logs) throws IOException {
    if (Files.exists(logs.resolve("meta.properties"))) {
      return false;
    }
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setPrintStream(nowhere)
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(List.of(logs.toString()))
          .setMetadataLogDirectory(logs.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName(CONTROLLER)
          .setIgnoreFormatted(true)
          .run();
      return true;
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the broker's folder " + logs + " cannot be formatted", e);
    }
  }

  /** {@code host:port}. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    broker.shutdown();
    controller.shutdown();
  }
}
