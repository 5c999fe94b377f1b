// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.joulestream.app.rights.Part;
import io.github.joulestream.e2e.SecuredInstallation.Said;
import io.github.joulestream.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What a secured broker refuses: whom it does not know, what is not among the rights of a part, and
 * a command without one of the rights of its part; and that each says in one line what is missing.
 */
final class ForbiddenAttempts {
  private static final String SITE = "secured";

  private final SecuredInstallation secured;
  private final SecuredKafka broker;

  ForbiddenAttempts(SecuredInstallation secured) {
    this.secured = secured;
    this.broker = secured.broker();
  }

  void whoIsNotKnown() throws Exception {
    for (Path file :
        List.of(
            broker.clientFile("nobody", "of-nobody"),
            broker.clientFile(Part.OPERATOR.label(), "wrong"))) {
      Said said =
          SecuredInstallation.saidBy(
              SecuredInstallation.with(broker.bootstrap(), file, "alert", "list"));
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.text().lines().filter(line -> line.startsWith("joulestream: ")))
          .singleElement(STRING)
          .contains("Kafka does not accept who this is", "invalid credentials", "--kafka-config");
    }
    // one listener wants a password, the other a certificate
    Said said =
        SecuredInstallation.saidBy(
            SecuredInstallation.with(
                broker.certifiedBootstrap(),
                broker.clientFile(Part.OPERATOR.label()),
                "alert",
                "list"));
    assertThat(said.status()).isEqualTo(1);
  }

  void whatIsNotPermitted() throws Exception {
    for (Topic topic :
        List.of(Topic.BUDGETS, Topic.SCHEMAS, Topic.SITE_WINDOW, Topic.ALERTS, Topic.GRID)) {
      assertRefused(Part.AGENT, topic, this::write);
    }
    for (Topic topic : List.of(Topic.TELEMETRY, Topic.SITE_WINDOW, Topic.JOB_SUMMARY)) {
      assertRefused(Part.AGENT, topic, this::read);
      assertRefused(Part.STORE_WRITER, topic, this::write);
    }
    assertRefused(Part.STORE_WRITER, Topic.TELEMETRY, this::read);
    assertRefused(Part.SERVE, Topic.ALERTS, this::write);
    // the part of another command; of a topic that one may not see Kafka does not say that it is
    Said said =
        SecuredInstallation.saidBy(
            SecuredInstallation.with(
                broker.bootstrap(), broker.clientFile(Part.AGENT.label()), "budget", "list"));
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.text()).contains("has no topic schemas", "joulestream topics acl");
  }

  /** Does something with a topic as the principal of a part. */
  @FunctionalInterface
  private interface Attempt {
    void make(Part part, Topic topic) throws Exception;
  }

  private static void assertRefused(Part part, Topic topic, Attempt attempt) {
    assertThatThrownBy(() -> attempt.make(part, topic))
        .as("%s, %s", part, topic)
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(AuthorizationException.class),
            e -> assertThat(e).hasCauseInstanceOf(AuthorizationException.class));
  }

  private void write(Part part, Topic topic) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            broker.client(part.label()), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic.topicName(), "lab/n1", new byte[1])).get();
    }
  }

  private void read(Part part, Topic topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            broker.client(part.label()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> first = List.of(new TopicPartition(topic.topicName(), 0));
      consumer.assign(first);
      consumer.seekToBeginning(first);
      consumer.poll(Duration.ofSeconds(30));
    }
  }

  /** Without one of its rights a command fails, and says of what. */
  void eachRightIsNeeded() throws Exception {
    String[] set = {
      "budget", "set", "whole", "--site", SITE, "--scope", "site", "--power", "900kW"
    };
    without(Part.OPERATOR, "Write of topic budgets", "budgets", set);
    without(
        Part.OPERATOR,
        "Write of transactional id joulestream-budgets",
        "does not permit this",
        set);
    without(Part.GRID_IMPORT, "Read of topic schemas", "schemas", "grid", "list", "--site", "lab");
    without(
        Part.SIMULATOR,
        "Write of topic telemetry",
        "authorization failed",
        "simulate",
        "--site",
        SITE,
        "--nodes",
        "1",
        "--for",
        "2s");
  }

  private void without(Part part, String right, String says, String... args) throws Exception {
    AclBinding binding =
        part.rights().stream()
            .filter(one -> one.toString().equals(right))
            .findFirst()
            .orElseThrow()
            .binding(SecuredInstallation.user(part), "*");
    assertThat(secured.administration().deleteAcls(List.of(binding.toFilter())).all().get())
        .containsExactly(binding);
    // the broker learns of it a moment later
    Await.until(
        "%s fails without %s".formatted(String.join(" ", args), right),
        () -> {
          Said said = secured.said(args);
          return said.status() == 1 && said.text().contains(says);
        });
    secured.administration().createAcls(List.of(binding)).all().get();
  }
}
