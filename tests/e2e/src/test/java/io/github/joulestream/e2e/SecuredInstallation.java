// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.Main;
import io.github.joulestream.app.rights.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * A broker that takes nobody without TLS and a password or a certificate and permits nothing that
 * was not given, and commands on it, each as the principal of its {@link Part}.
 */
final class SecuredInstallation implements AutoCloseable {
  /** The topic that Slurm's plugin would write to. */
  static final String SLURM = "slurm";

  private final SecuredKafka broker;
  private final Admin administration;
  private final Map<String, Program> programs = new LinkedHashMap<>();
  private final SortedSet<String> commands = new TreeSet<>();
  private final SortedSet<String> used = new TreeSet<>();

  /** What a command said, and its exit status. */
  record Said(int status, String text) {}

  private SecuredInstallation(SecuredKafka broker) {
    this.broker = broker;
    this.administration = Admin.create(broker.client(SecuredKafka.ADMIN));
    withKafkaConfig(new CommandLine(new Main()), "", commands);
  }

  static SecuredInstallation start(Path folder) throws Exception {
    return new SecuredInstallation(SecuredKafka.start(folder));
  }

  SecuredKafka broker() {
    return broker;
  }

  /** Of somebody who may do all. */
  Admin administration() {
    return administration;
  }

  /** The names of all commands that take {@code --kafka-config}. */
  SortedSet<String> commands() {
    return Collections.unmodifiableSortedSet(commands);
  }

  /** Those of them that were run. */
  SortedSet<String> used() {
    return Collections.unmodifiableSortedSet(used);
  }

  /** Programs that run, by name. */
  Map<String, Program> programs() {
    return Collections.unmodifiableMap(programs);
  }

  /** Ends a program in order. */
  void end(String name) throws Exception {
    requireNonNull(programs.remove(name), name).interruptAndAwait();
  }

  private static void withKafkaConfig(CommandLine command, String name, SortedSet<String> into) {
    if (command.getSubcommands().isEmpty()
        && command.getCommandSpec().findOption("--kafka-config") != null) {
      into.add(name.strip());
    }
    command.getSubcommands().forEach((word, sub) -> withKafkaConfig(sub, name + " " + word, into));
  }

  /** The command as the principal of its part. */
  private String[] secured(String... args) throws IOException {
    String two = args.length > 1 ? args[0] + " " + args[1] : args[0];
    String command = commands.contains(two) ? two : args[0];
    used.add(command);
    String user = Part.ofCommand(command).orElseThrow().label();
    return SecuredKafka.CERTIFIED_USERS.contains(user)
        ? with(broker.certifiedBootstrap(), broker.certifiedClientFile(user), args)
        : with(broker.bootstrap(), broker.clientFile(user), args);
  }

  /** With the options that say how to reach the broker. */
  static String[] with(String bootstrap, @Nullable Path configFile, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--kafka", bootstrap));
    if (configFile != null) {
      all.addAll(List.of("--kafka-config", configFile.toString()));
    }
    return all.toArray(String[]::new);
  }

  /** Starts a program; returns when its health port is there. */
  Program startProgram(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--metrics-port", "0"));
    Program program = Program.start(secured(all.toArray(String[]::new)));
    programs.put(args[0], program);
    // one after the other: each has a few seconds to reach the broker
    program.awaitLine("/metrics and /health");
    return program;
  }

  /** Runs a command in this process, which must end well; what it says. */
  String run(String... args) throws IOException {
    Said said = said(args);
    assertThat(said.status).as("%s: %s", String.join(" ", args), said.text).isZero();
    return said.text;
  }

  /** Runs a command in this process. */
  Said said(String... args) throws IOException {
    return saidBy(secured(args));
  }

  /** Runs a command in this process, as whoever its options name. */
  static Said saidBy(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(bytes, true, UTF_8);
    System.setOut(both);
    System.setErr(both);
    int status;
    try {
      status = Main.run(args);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return new Said(status, bytes.toString(UTF_8).strip());
  }

  /** Writes a record, as somebody who may do all. */
  RecordMetadata put(String topic, String key, byte[] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            broker.client(SecuredKafka.ADMIN), new StringSerializer(), new ByteArraySerializer())) {
      return producer.send(new ProducerRecord<>(topic, key, value)).get();
    }
  }

  /** Gives each part its rights by {@code topics acl --apply}. */
  void giveRights() throws Exception {
    String administrator = Part.ADMINISTRATOR.label();
    Said said =
        saidBy(
            with(
                broker.bootstrap(),
                broker.clientFile(SecuredKafka.ADMIN),
                "topics",
                "acl",
                "--part",
                administrator,
                "--principal",
                "User:" + administrator,
                "--apply"));
    assertThat(said.status).as(said.text).isZero();
    for (Part part : Part.values()) {
      if (part != Part.ADMINISTRATOR) {
        assertThat(acl(part, "--apply").text).contains("has the rights of " + part.label());
      }
    }
    for (Part part : Part.values()) {
      Await.until("the broker knows the rights of " + part, () -> acl(part, "--check").status == 0);
    }
  }

  /** {@code topics acl} of a part; action is an option. */
  Said acl(Part part, String action) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of("topics", "acl", "--part", part.label(), "--principal", user(part), action));
    if (part == Part.SLURM_JOBS) {
      args.addAll(List.of("--topic", SLURM));
    }
    return said(args.toArray(String[]::new));
  }

  /** The principal of a part. */
  static String user(Part part) {
    return "User:" + part.label();
  }

  @Override
  public void close() {
    programs.values().forEach(Program::close);
    administration.close(Duration.ZERO);
    broker.close();
  }
}
