// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.rights.AclScript;
import io.github.joulestream.app.rights.Part;
import io.github.joulestream.app.rights.Right;
import io.github.joulestream.e2e.SecuredInstallation.Said;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.AclCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands that {@code topics acl} prints for each part, read by a shell and run by Kafka's own
 * {@code kafka-acls.sh} against a broker with an authorizer: the broker has then the rights of the
 * parts, no more and no fewer.
 */
class ITAclScript {
  /** A name and an address that a shell would take apart. */
  private static final String OTHER_PRINCIPAL = "User:CN=n1 of 'lab',O=$HOME & \"more\"";

  private static final String OTHER_HOST = "10.0.0.7";

  @TempDir Path folder;
  private SecuredInstallation secured;
  private String configFile;

  /** What Kafka's command would have ended the process with. */
  private static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1;

    Ended(int status, String message) {
      super("it ends with %d: %s".formatted(status, message));
    }
  }

  @BeforeEach
  void start() throws Exception {
    secured = SecuredInstallation.start(folder.resolve("kafka"));
    configFile = secured.broker().clientFile(SecuredKafka.ADMIN).toString();
  }

  @AfterEach
  void stop() {
    secured.close();
  }

  private static List<String> topics(Part part) {
    return part == Part.SLURM_JOBS ? List.of(SecuredInstallation.SLURM) : List.of();
  }

  private static Set<AclBinding> bindings(Part part, String principal, String host) {
    Set<AclBinding> bindings = new HashSet<>();
    part.rights(topics(part)).forEach(right -> bindings.add(right.binding(principal, host)));
    return bindings;
  }

  /** What {@code topics acl} prints. */
  private String printed(Part part, String... more) {
    List<String> args = new ArrayList<>(List.of("topics", "acl", "--part", part.label()));
    args.addAll(List.of(more));
    topics(part).forEach(topic -> args.addAll(List.of("--topic", topic)));
    args.addAll(List.of("--kafka", secured.broker().bootstrap(), "--kafka-config", configFile));
    Said said = SecuredInstallation.saidBy(args.toArray(String[]::new));
    assertThat(said.status()).as(said.text()).isZero();
    return said.text();
  }

  /** The words of each command of a script, as a shell takes them apart. */
  private List<List<String>> commands(String script) throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path words = folder.resolve("words");
    Files.deleteIfExists(words);
    Path tool = bin.resolve("kafka-acls.sh");
    Files.writeString(
        tool, "#!/bin/sh\nprintf '%s\\036' \"$@\" >> \"$WORDS\"\nprintf '\\035' >> \"$WORDS\"\n");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh", "-e", Files.writeString(folder.resolve("rights.sh"), script).toString())
            .redirectErrorStream(true);
    builder.environment().put("WORDS", words.toString());
    builder.environment().merge("PATH", bin.toString(), (path, own) -> own + ":" + path);
    Process shell = builder.start();
    String said = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    assertThat(said).isEmpty();
    List<List<String>> commands = new ArrayList<>();
    for (String command : Files.readString(words).split("\035")) {
      commands.add(List.of(command.split("\036")));
    }
    assertThat(commands).hasSameSizeAs(script.lines().toList());
    return commands;
  }

  /** Runs Kafka's own command; it must end well. */
  private static void run(List<String> args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(said, true, UTF_8);
    Exit.setExitProcedure((status, message) -> {
      throw new Ended(status, said.toString(UTF_8) + message);
    });
    System.setOut(both);
    System.setErr(both);
    try {
      AclCommand.main(args.toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
      Exit.resetExitProcedure();
    }
    assertThat(said.toString(UTF_8)).as(String.join(" ", args)).doesNotContain("Error");
  }

  private void assertTheBrokerHas(Set<AclBinding> expected) throws Exception {
    Set<AclBinding> has = new HashSet<>();
    Await.until(
        "the broker's rights are those of the parts",
        Duration.ofSeconds(30),
        () -> {
          has.clear();
          Collection<AclBinding> all =
              secured.administration().describeAcls(AclBindingFilter.ANY).values().get();
          has.addAll(all);
          return has.equals(expected);
        },
        () -> {
          Set<AclBinding> more = new HashSet<>(has);
          more.removeAll(expected);
          Set<AclBinding> missing = new HashSet<>(expected);
          missing.removeAll(has);
          return "too many: %s; missing: %s".formatted(more, missing);
        });
  }

  @Test
  void kafkasOwnToolTakesEachLine_andTheBrokerHasTheseRightsAndNoOthers() throws Exception {
    Set<AclBinding> expected = new HashSet<>();
    assertTheBrokerHas(expected);
    int lines = 0;
    for (Part part : Part.values()) {
      String principal = SecuredInstallation.user(part);
      for (List<String> command : commands(printed(part, "--principal", principal))) {
        run(command);
        lines++;
      }
      expected.addAll(bindings(part, principal, "*"));
    }
    for (List<String> command :
        commands(printed(Part.AGENT, "--principal", OTHER_PRINCIPAL, "--host", OTHER_HOST))) {
      run(command);
    }
    expected.addAll(bindings(Part.AGENT, OTHER_PRINCIPAL, OTHER_HOST));
    assertTheBrokerHas(expected);
    System.out.printf(
        "%d commands of kafka-acls.sh for %d parts, %d rights%n",
        lines, Part.values().length, expected.size());
    for (Part part : Part.values()) {
      Said said = secured.acl(part, "--check");
      assertThat(said.status()).as("%s: %s", part, said.text()).isZero();
    }

    // and taken back: those of one part and of no other
    Part last = Part.SERVE;
    List<Right> rights = List.copyOf(last.rights());
    AclScript script =
        new AclScript(
            secured.broker().bootstrap(), configFile, SecuredInstallation.user(last), "*");
    for (List<String> command : commands(String.join("\n", script.remove(rights)))) {
      run(command);
    }
    expected.removeAll(bindings(last, SecuredInstallation.user(last), "*"));
    assertTheBrokerHas(expected);
  }
}
