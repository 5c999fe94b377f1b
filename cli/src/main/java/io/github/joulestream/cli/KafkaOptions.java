// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.Brokers;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.kafka.KafkaTrouble;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** How to reach a Kafka cluster. */
public final class KafkaOptions {
  private static final Logger log = LoggerFactory.getLogger(KafkaOptions.class);
  private static final int REACH_SECONDS = 15;
  private static final Duration SCHEMAS_LIMIT = Duration.ofSeconds(10);

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9092",
      description = "Kafka brokers, separated by commas (default: ${DEFAULT-VALUE}).")
  String bootstrap = "";

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "Properties for Kafka's clients (TLS, SASL, ...).")
  @Nullable Path configFile;

  private @Nullable KafkaClients clients;

  /** The file of {@code --kafka-config}, or null. */
  public @Nullable Path configFile() {
    return configFile;
  }

  /** Addresses of brokers, separated by commas. */
  public String bootstrap() {
    return bootstrap;
  }

  /**
   * What makes every client of the command. The file is read once.
   *
   * @throws UserError if the file cannot be read, or would weaken what the books need
   */
  public KafkaClients clients() {
    KafkaClients known = clients;
    if (known == null) {
      known = KafkaClients.of(read());
      clients = known;
    }
    return known;
  }

  /** Passwords of TLS and SASL, and a key in so many words. */
  private static boolean isSecret(String key) {
    return key.endsWith("password") || key.endsWith("sasl.jaas.config") || key.endsWith(".key");
  }

  private Map<String, Object> read() {
    Map<String, Object> read = new HashMap<>();
    if (configFile != null) {
      Properties properties = new Properties();
      try (Reader reader = SmallFile.namedReader(configFile)) {
        properties.load(reader);
        if (properties.stringPropertyNames().stream().anyMatch(KafkaOptions::isSecret)) {
          SecretFile.warnIfOthersRead(configFile);
        }
      } catch (NoSuchFileException e) {
        throw new UserError("--kafka-config: there is no file %s".formatted(configFile), e);
      } catch (AccessDeniedException e) {
        throw new UserError("--kafka-config: %s may not be read".formatted(configFile), e);
      } catch (IOException | IllegalArgumentException e) {
        // the latter of an escape that is none
        throw new UserError(
            "--kafka-config: %s cannot be read: %s".formatted(configFile, e.getMessage()), e);
      }
      properties.stringPropertyNames().forEach(key -> read.put(key, properties.getProperty(key)));
    }
    read.put("bootstrap.servers", bootstrap);
    return read;
  }

  /**
   * Connects for administration.
   *
   * @throws UserError if the cluster does not answer within 15 s
   */
  public Admin admin() throws InterruptedException {
    Admin admin;
    try {
      admin = clients().admin("joulestream-command");
    } catch (KafkaException e) {
      String why =
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
      throw new UserError(
          configFile == null
              ? "cannot use '%s' as Kafka's address: %s".formatted(bootstrap, why)
              : "cannot reach Kafka at '%s' with the settings in %s: %s"
                  .formatted(bootstrap, configFile, why),
          e);
    }
    try {
      admin.describeCluster().nodes().get(REACH_SECONDS, TimeUnit.SECONDS);
      return admin;
    } catch (TimeoutException | ExecutionException e) {
      admin.close(java.time.Duration.ZERO);
      throw new UserError(
          KafkaTrouble.refusal(e)
              .orElseGet(() ->
                  "cannot reach Kafka at %s within %d s; start one (joulestream up), or give --kafka HOST:PORT%s"
                      .formatted(
                          bootstrap,
                          REACH_SECONDS,
                          configFile == null ? ", and --kafka-config where it needs TLS" : "")),
          e);
    }
  }

  /** Brokers that the cluster has, also those that are down. */
  public int brokers() throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      return Brokers.count(admin);
    }
  }

  /** Differences of the schemas in the cluster from those of this release, one line each. */
  public List<String> schemaDifferences() throws InterruptedException {
    return SchemaExchange.differences(clients(), SCHEMAS_LIMIT);
  }

  /**
   * Checks that the cluster answers, for commands that read none of our records.
   *
   * @throws UserError if it does not answer within 15 s
   */
  public void reach() throws InterruptedException {
    admin().close();
  }

  /**
   * Checks that topics are there.
   *
   * @throws UserError if one is missing, as after an upgrade
   */
  public void requireTopics(List<Topic> topics) throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      Set<String> there = admin.listTopics().names().get();
      // a warning, since others are not printed
      TopicAdmin.former(there).ifPresent(log::warn);
      for (Topic topic : topics) {
        if (!there.contains(topic.topicName())) {
          throw missing(topic);
        }
      }
    }
  }

  /** Kafka does not say of a topic that it is there to a user who has no right to it. */
  private UserError missing(Topic topic) {
    return new UserError(
        "Kafka at %s has no topic %s; run: joulestream topics create --kafka %s%s"
            .formatted(
                bootstrap,
                topic.topicName(),
                bootstrap,
                configFile == null
                    ? ""
                    : "; if it is there, this user has no right to it: joulestream topics acl"));
  }

  /**
   * Checks that the cluster answers, and begins to read the schemas of other releases. If those of
   * this release are missing, it logs which command adds them: programs of this release read each
   * other's records all the same.
   */
  public void join() throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      if (!admin.listTopics().names().get().contains(Topic.SCHEMAS.topicName())) {
        throw missing(Topic.SCHEMAS);
      }
    }
    SchemaExchange.join(clients())
        .differences(SCHEMAS_LIMIT)
        .forEach(difference ->
            log.warn(
                "{}; other releases cannot read what this one writes, or this one theirs; run: joulestream topics create --kafka {}",
                difference,
                bootstrap));
  }
}
