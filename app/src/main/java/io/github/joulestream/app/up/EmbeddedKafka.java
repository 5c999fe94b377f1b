// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real broker of one node (KRaft), in this process, on the loopback address. What it holds
 * survives the process.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final int NODE_ID = 1;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String BROKER = "PLAINTEXT";

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a broker and returns when it takes requests.
   *
   * @param wantedPort taken if free, else another
   */
  public static EmbeddedKafka start(Path folder, int wantedPort) throws IOException {
    int port = Ports.freeOr(wantedPort);
    int controllerPort = Ports.freeOr(0);
    Path logs = folder.resolve("log");
    Files.createDirectories(logs);
    format(logs);
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(config(logs, port, controllerPort)), Time.SYSTEM);
    server.startup();
    return new EmbeddedKafka(server, port);
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
    // topics come from the catalogue alone
    config.put("auto.create.topics.enable", "false");
    // nobody else joins: no use to wait
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("num.network.threads", "2");
    config.put("num.io.threads", "4");
    config.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    config.put("log.segment.bytes", Integer.toString(128 << 20));
    config.put("message.max.bytes", Integer.toString(8 << 20));
    return config;
  }

  /** Gives the folder its identity; leaves alone what has one. */
  private static void format(Path logs) throws IOException {
    if (Files.exists(logs.resolve("meta.properties"))) {
      return;
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
    server.shutdown();
    server.awaitShutdown();
  }
}
