// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.rights.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A broker that nobody can speak to without TLS, and without a password (SCRAM-SHA-512) or a
 * certificate of one's own: a listener for each. Nobody may do anything that was not permitted, but
 * for the broker itself and {@link #ADMIN}; a user with a password there is for each part of
 * Joulestream, by the part's name.
 */
final class SecuredKafka implements AutoCloseable {
  /** A user who may do all. */
  static final String ADMIN = "admin";

  /** Users who have a certificate as well. */
  static final List<String> CERTIFIED_USERS =
      List.of(Part.AGENT.label(), Part.SERVE.label(), Part.GRID_IMPORT.label());

  private static final String WITH_PASSWORD = "SECURED";
  private static final String WITH_CERTIFICATE = "CERTIFIED";
  private static final String MECHANISM = "SCRAM-SHA-512";
  private static final String BROKER = "broker";
  private static final String STORE_PASSWORD = "of-the-key-store";
  private static final String NAME_OF_CERTIFICATE = "RULE:^CN=([^,]*).*$/$1/";

  private final KafkaRaftServer server;
  private final Path folder;
  private final int port;
  private final int certifiedPort;

  private SecuredKafka(KafkaRaftServer server, Path folder, int port, int certifiedPort) {
    this.server = server;
    this.folder = folder;
    this.port = port;
    this.certifiedPort = certifiedPort;
  }

  static SecuredKafka start(Path folder) throws Exception {
    Path logs = Files.createDirectories(folder.resolve("log"));
    List<String> certified = new ArrayList<>(List.of(BROKER));
    certified.addAll(CERTIFIED_USERS);
    certify(folder, certified);
    int port = FreePort.find();
    int certifiedPort = FreePort.find();
    format(logs);
    KafkaRaftServer server =
        new KafkaRaftServer(
            KafkaConfig.fromProps(config(folder, logs, port, certifiedPort, FreePort.find())),
            Time.SYSTEM);
    RecordingAuthorizer.forget();
    server.startup();
    return new SecuredKafka(server, folder, port, certifiedPort);
  }

  /** Keys and self-signed certificates, and a file with the certificates that the broker trusts. */
  private static void certify(Path folder, List<String> names) throws Exception {
    Map<String, Process> running = new TreeMap<>();
    for (String name : names) {
      running.put(name, keytool(folder, name));
    }
    StringBuilder all = new StringBuilder();
    for (Map.Entry<String, Process> one : running.entrySet()) {
      String said = new String(one.getValue().getInputStream().readAllBytes(), UTF_8);
      assertThat(one.getValue().waitFor()).as(said).isZero();
      String name = one.getKey();
      Certificate certificate =
          KeyStore.getInstance(keys(folder, name).toFile(), STORE_PASSWORD.toCharArray())
              .getCertificate(name);
      String pem =
          "-----BEGIN CERTIFICATE-----%n%s%n-----END CERTIFICATE-----%n"
              .formatted(Base64.getMimeEncoder().encodeToString(certificate.getEncoded()));
      Files.writeString(certificate(folder, name), pem);
      all.append(pem);
    }
    Files.writeString(folder.resolve("trusted.pem"), all);
  }

  private static Path keys(Path folder, String name) {
    return folder.resolve(name + ".p12");
  }

  private static Path certificate(Path folder, String name) {
    return folder.resolve(name + ".pem");
  }

  private static Process keytool(Path folder, String name) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of(
            "-genkeypair -alias %s -keyalg EC -groupname secp256r1 -dname CN=%s -validity 2 -ext SAN=IP:127.0.0.1 -storetype PKCS12 -storepass %s -keystore"
                .formatted(name, name, STORE_PASSWORD)
                .split(" ")));
    command.add(keys(folder, name).toString());
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String password(String user) {
    return "of-" + user;
  }

  private static String login(String user) {
    return login(user, password(user));
  }

  private static String login(String user, String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  private static Properties config(
      Path folder, Path logs, int port, int certifiedPort, int controllerPort) {
    Map<String, String> config = new TreeMap<>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", "1");
    String clients =
        "%s://127.0.0.1:%d,%s://127.0.0.1:%d"
            .formatted(WITH_PASSWORD, port, WITH_CERTIFICATE, certifiedPort);
    config.put("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPort);
    config.put("advertised.listeners", clients);
    config.put(
        "listener.security.protocol.map",
        "%s:SASL_SSL,%s:SSL,CONTROLLER:SSL".formatted(WITH_PASSWORD, WITH_CERTIFICATE));
    config.put("inter.broker.listener.name", WITH_PASSWORD);
    config.put("controller.listener.names", "CONTROLLER");
    config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    config.put("sasl.enabled.mechanisms", MECHANISM);
    config.put("sasl.mechanism.inter.broker.protocol", MECHANISM);
    config.put("listener.name.secured.scram-sha-512.sasl.jaas.config", login(BROKER));
    for (String listener : List.of("certified", "controller")) {
      config.put("listener.name.%s.ssl.client.auth".formatted(listener), "required");
      config.put(
          "listener.name.%s.ssl.principal.mapping.rules".formatted(listener), NAME_OF_CERTIFICATE);
    }
    config.put("ssl.keystore.type", "PKCS12");
    config.put("ssl.keystore.location", keys(folder, BROKER).toString());
    config.put("ssl.keystore.password", STORE_PASSWORD);
    config.put("ssl.truststore.type", "PEM");
    config.put("ssl.truststore.location", folder.resolve("trusted.pem").toString());
    config.put("authorizer.class.name", RecordingAuthorizer.class.getName());
    config.put("super.users", "User:%s;User:%s".formatted(BROKER, ADMIN));
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
              Stream.concat(Stream.of(BROKER, ADMIN), Stream.of(Part.values()).map(Part::label))
                  .map(
                      user -> "%s=[name=%s,password=%s]".formatted(MECHANISM, user, password(user)))
                  .toList())
          .run();
    }
  }

  /** Of the listener that asks for a password. */
  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** Of the listener that asks for a certificate. */
  String certifiedBootstrap() {
    return "127.0.0.1:" + certifiedPort;
  }

  /** A file for {@code --kafka-config}: this user, by password. */
  Path clientFile(String user) throws IOException {
    return file(user, withPassword(user, password(user)));
  }

  /** Likewise, with another password. */
  Path clientFile(String user, String password) throws IOException {
    return file(user + "-with-" + password, withPassword(user, password));
  }

  /** A file for {@code --kafka-config}: one of {@link #CERTIFIED_USERS}, by certificate. */
  Path certifiedClientFile(String user) throws IOException {
    Map<String, String> config = trusting();
    config.put("security.protocol", "SSL");
    config.put("ssl.keystore.type", "PKCS12");
    config.put("ssl.keystore.location", keys(folder, user).toString());
    config.put("ssl.keystore.password", STORE_PASSWORD);
    return file(user + "-certified", config);
  }

  private Path file(String name, Map<String, String> config) throws IOException {
    Path file = folder.resolve(name + ".properties");
    if (Files.exists(file)) {
      return file; // a program may be reading it
    }
    Properties properties = new Properties();
    properties.putAll(config);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    return file;
  }

  private Map<String, String> trusting() {
    Map<String, String> config = new TreeMap<>();
    config.put("ssl.truststore.type", "PEM");
    config.put("ssl.truststore.location", certificate(folder, BROKER).toString());
    return config;
  }

  private Map<String, String> withPassword(String user, String password) {
    Map<String, String> config = trusting();
    config.put("security.protocol", "SASL_SSL");
    config.put("sasl.mechanism", MECHANISM);
    config.put("sasl.jaas.config", login(user, password));
    return config;
  }

  /** For clients of a test's own. */
  Map<String, Object> client(String user) {
    Map<String, Object> config = new TreeMap<>(withPassword(user, password(user)));
    config.put("bootstrap.servers", bootstrap());
    return config;
  }

  /** Connections that did not come with TLS and what the listener asks for, so far. */
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
        beans.queryNames(new ObjectName("kafka.server:type=socket-server-metrics,*"), null)) {
      String listener = bean.getKeyProperty("listener");
      if ((WITH_PASSWORD.equals(listener) || WITH_CERTIFICATE.equals(listener))
          && bean.getKeyProperty("networkProcessor") != null
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
