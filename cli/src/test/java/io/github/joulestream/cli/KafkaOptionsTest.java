// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaOptionsTest {
  @TempDir Path folder;

  private KafkaOptions options(Path file) {
    KafkaOptions options = new KafkaOptions();
    options.bootstrap = "broker:9093";
    options.configFile = file;
    return options;
  }

  @Test
  void everyClientGetsWhatTheFileSays_andTheAddress_readOnce() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("client.properties"),
            "security.protocol=SASL_SSL\nsasl.mechanism = SCRAM-SHA-512\n");
    KafkaOptions options = options(file);
    KafkaClients clients = options.clients();
    assertThat(clients.producerConfig("joulestream-test"))
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry("bootstrap.servers", "broker:9093");
    Files.delete(file);
    assertThat(options.clients()).isSameAs(clients);
  }

  @Test
  void aFileThatCannotBeReadIsSaidInWords() throws Exception {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(options(missing)::clients)
        .isInstanceOf(UserError.class)
        .hasMessage("--kafka-config: there is no file " + missing);
    assertThatThrownBy(options(folder)::clients)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be read");
    Path escape = Files.writeString(folder.resolve("escape"), "a=\\u00zz\n");
    assertThatThrownBy(options(escape)::clients)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("escape cannot be read");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(options(binary)::clients).isInstanceOf(UserError.class);
    Path weaker = Files.writeString(folder.resolve("weaker"), "acks=1\n");
    assertThatThrownBy(options(weaker)::clients)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("acks=1 in the configuration of Kafka's clients (--kafka-config)");
  }
}
