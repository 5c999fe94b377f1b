// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A broker that nobody can speak to without TLS and a password (SCRAM-SHA-512): it has no other
 * listener, but the controller's, which only the broker itself uses. Its certificate is its own
 * authority.
 */
final class SecuredKafka implements AutoCloseable {
  private static final String LISTENER = "SECURED";
  private static final String MECHANISM = "SCRAM-SHA-512";
  private static final String OF_THE_BROKER = "of-the-broker";
  private static final String STORE_PASSWORD = "of-the-key-store";

  private final KafkaRaftServer server;
  private final int port;
  private final Map<String, String> client;
  private final Path clientFile;

  private SecuredKafka(
      KafkaRaftServer server, int port, Map<String, String> client, Path clientFile) {
    this.server = server;
    this.port = port;
    this.client = client;
    this.clientFile = clientFile;
  }

  static SecuredKafka start(Path folder) throws Exception {
    Path logs = Files.createDirectories(folder.resolve("log"));
    Path keys = folder.resolve("broker.p12");
    Path authority = folder.resolve("authority.pem");
    keytool(
        "-genkeypair -alias broker -keyalg EC -groupname secp256r1 -dname CN=broker -validity 2"
            + " -ext SAN=IP:127.0.0.1 -storetype PKCS12 -storepass %s -keystore"
                .formatted(STORE_PASSWORD),
        keys);
    keytool(
        "-exportcert -rfc -alias broker -storepass %s -keystore %s -file"
            .formatted(STORE_PASSWORD, keys),
        authority);
    int port = FreePort.find();
    int controllerPort = FreePort.find();
    format(logs);
    KafkaRaftServer server =
        new KafkaRaftServer(
            KafkaConfig.fromProps(config(logs, keys, authority, port, controllerPort)),
            Time.SYSTEM);
    server.startup();
    Map<String, String> client =
        Map.of(
            "security.protocol",
            "SASL_SSL",
            "sasl.mechanism",
            MECHANISM,
            "sasl.jaas.config",
            login("joulestream", "of-joulestream"),
            "ssl.truststore.type",
            "PEM",
            "ssl.truststore.location",
            authority.toString());
    Path clientFile = folder.resolve("client.properties");
    Properties properties = new Properties();
    properties.putAll(client);
    try (OutputStream out = Files.newOutputStream(clientFile)) {
      properties.store(out, null);
    }
    return new SecuredKafka(server, port, client, clientFile);
  }

  private static void keytool(String arguments, Path last)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.add(last.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static String login(String user, String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  private static Properties config(
      Path logs, Path keys, Path authority, int port, int controllerPort) {
    Map<String, String> config = new TreeMap<>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", "1");
    config.put(
        "listeners",
        "%s://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(LISTENER, port, controllerPort));
    config.put("advertised.listeners", "%s://127.0.0.1:%d".formatted(LISTENER, port));
    config.put("listener.security.protocol.map", LISTENER + ":SASL_SSL,CONTROLLER:PLAINTEXT");
    config.put("inter.broker.listener.name", LISTENER);
    config.put("controller.listener.names", "CONTROLLER");
    config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    config.put("sasl.enabled.mechanisms", MECHANISM);
    config.put("sasl.mechanism.inter.broker.protocol", MECHANISM);
    config.put(
        "listener.name.secured.scram-sha-512.sasl.jaas.config", login("broker", OF_THE_BROKER));
    config.put("ssl.keystore.type", "PKCS12");
    config.put("ssl.keystore.location", keys.toString());
    config.put("ssl.keystore.password", STORE_PASSWORD);
    config.put("ssl.truststore.type", "PEM");
    config.put("ssl.truststore.location", authority.toString());
    config.put("log.dirs", logs.toString());
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      config.put(topic + ".replication.factor", "1");
      config.put(topic + ".num.partitions", "4");
    }
    config.put("transaction.state.log.min.isr", "1");
    config.put("auto.create.topics.enable", "false");
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    config.put("message.max.bytes", Integer.toString(8 << 20));
    Properties properties = new Properties();
    properties.putAll(config);
    return properties;
  }

  private static void format(Path logs) throws Exception {
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setPrintStream(nowhere)
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setDirectories(List.of(logs.toString()))
          .setMetadataLogDirectory(logs.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .setScramArguments(
              List.of(
                  MECHANISM + "=[name=broker,password=" + OF_THE_BROKER + "]",
                  MECHANISM + "=[name=joulestream,password=of-joulestream]"))
          .run();
    }
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** The file that every command takes with {@code --kafka-config}. */
  Path clientFile() {
    return clientFile;
  }

  /** For clients of a test's own. */
  Map<String, Object> client() {
    Map<String, Object> config = new TreeMap<>(client);
    config.put("bootstrap.servers", bootstrap());
    return config;
  }

  /** Connections that did not come with TLS and a password, or with a wrong one, so far. */
  double failedAuthentications() throws Exception {
    return metric("failed-authentication-total");
  }

  double successfulAuthentications() throws Exception {
    return metric("successful-authentication-total");
  }

  private static double metric(String name) throws Exception {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    double sum = 0;
    for (ObjectName bean :
        beans.queryNames(
            new ObjectName("kafka.server:type=socket-server-metrics,listener=" + LISTENER + ",*"),
            null)) {
      if (bean.getKeyProperty("networkProcessor") != null
          && List.of(beans.getMBeanInfo(bean).getAttributes()).stream()
              .anyMatch(attribute -> attribute.getName().equals(name))) {
        sum += ((Number) beans.getAttribute(bean, name)).doubleValue();
      }
    }
    return sum;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
