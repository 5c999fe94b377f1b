// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class CommandLineSecretsTest {
  @TempDir Path folder;
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.joulestream");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() throws IOException {
    // else it keeps others out, and nothing is said of what is in it
    mode(folder, "rwxr-xr-x");
    logger.setLevel(Level.INFO);
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(logged);
  }

  private List<String> warnings() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static Path mode(Path path, String mode) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void aSecretOnTheCommandLine_isRefused_andNotRepeated() {
    for (String[] args :
        new String[][] {
          {"store-writer", "--token", "s3cret"},
          {"store-writer", "--token=s3cret"},
          {"doctor", "--store-url", "http://alice:s3cret@host"},
          {"doctor", "--store-url=http://alice:s3cret@host"},
          {"alert-sender", "--webhook=https://host/hook?token=s3cret"},
          {"report", "http://alice:s3cret@host"}
        }) {
      assertThatThrownBy(() -> CommandLineSecrets.refuse(args))
          .as(String.join(" ", args))
          .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
          .hasMessageContaining("everybody on this machine can read")
          .hasMessageNotContaining("s3cret");
    }
    assertThatThrownBy(() -> CommandLineSecrets.refuse("doctor", "--token=x"))
        .hasMessageEndingWith(
            "give --store-token-file FILE, or JOULESTREAM_TOKEN in the environment");
    assertThatThrownBy(() -> CommandLineSecrets.refuse("--store-url", "http://a:b@c"))
        .hasMessageContaining("the URL of --store-url")
        .hasMessageEndingWith("as JOULESTREAM_STORE_URL in the environment, or in --config FILE");
  }

  @Test
  void whatHoldsNone_isTaken() {
    CommandLineSecrets.refuse(
        "serve", "--tokens", "file", "--store-token-file=token", "--store-url", "http://host:8086");
    CommandLineSecrets.refuse("token", "new", "grafana", "--label", "see http://host/?key=1");
  }

  @Test
  void aFileWithASecretThatOthersCanRead_isNamedOnce() throws IOException {
    Path config = Files.writeString(folder.resolve("a b"), "serve.token=s3cret\n");
    mode(config, "rw-r--r--");
    for (int i = 0; i < 2; i++) {
      Settings.load(Map.of(), "serve", "--config", config.toString());
    }
    assertThat(warnings())
        .containsExactly(
            "others on this machine can read the secret in %s; run: chmod go= '%1$s'"
                .formatted(config));
  }

  @Test
  void aFileThatTheUserAloneCanRead_orThatHasNoSecret_isNotNamed() throws IOException {
    Path own = Files.writeString(folder.resolve("own"), "token=s3cret\n");
    mode(own, "rw-------");
    Path open = Files.writeString(folder.resolve("open"), "store-url=http://host\n");
    mode(open, "rw-r--r--");
    Path url = Files.writeString(folder.resolve("url"), "store-url=http://a:b@host\n");
    mode(url, "rw-r-----");
    Settings.load(Map.of(), "serve", "--config", own.toString());
    Settings.load(Map.of(), "serve", "--config", open.toString());
    assertThat(warnings()).isEmpty();
    Settings.load(Map.of(), "serve", "--config", url.toString());
    assertThat(warnings()).singleElement().asString().contains(url.toString());
  }

  @Test
  void secretsOfKafka_likewise() throws IOException {
    KafkaOptions kafka = new KafkaOptions();
    kafka.configFile = Files.writeString(folder.resolve("kafka"), "ssl.truststore.password=x\n");
    mode(kafka.configFile, "rw-r--r--");
    assertThat(kafka.clients()).isNotNull();
    assertThat(warnings()).singleElement().asString().contains(kafka.configFile.toString());
    SecretFile.warnIfOthersRead(kafka.configFile);
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void aFolderOfOursThatOthersCanEnter_isNamedOnce() throws IOException {
    Path made = PrivateFiles.folder(folder.resolve("made"));
    PrivateFiles.folder(made);
    Path within = mode(Files.createDirectory(made.resolve("within")), "rwxr-xr-x");
    PrivateFiles.folder(within);
    assertThat(warnings()).as("one that others cannot reach").isEmpty();
    Path open = mode(Files.createDirectory(folder.resolve("open")), "rwxr-xr-x");
    PrivateFiles.folder(open);
    PrivateFiles.folder(open);
    assertThat(warnings()).singleElement().asString().endsWith("run: chmod -R go= " + open);
  }
}
