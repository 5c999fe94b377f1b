// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.alerts.BudgetTopic;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.KafkaClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code joulestream budget} as a user types it, against a real broker. */
class ITBudgetCommand {
  private static final int MANY = 10_000;

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private BudgetTopic topic;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(2, (short) 1);
    }
    SchemaExchange.publish(KafkaClients.of(kafka));
    SchemaExchange.join(KafkaClients.of(kafka));
    topic = new BudgetTopic(KafkaClients.of(kafka));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  /** What it says; it must end like this. */
  private String budget(int status, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("budget"));
    all.addAll(List.of(args));
    all.addAll(List.of("--kafka", broker.bootstrap()));
    try (Program program = Program.start(all.toArray(String[]::new))) {
      int ended = program.await();
      assertThat(ended).as(program.output()).isEqualTo(status);
      return program.output();
    }
  }

  @Test
  void budgets_areSetListedAndRemoved() throws Exception {
    assertThat(
            budget(
                0,
                "set",
                "feed-a",
                "--site=dc1",
                "--scope=site",
                "--power=1.2MW",
                "--schedule=Mon-Fri 17:00-21:00 0.9MW",
                "--schedule=Sat,Sun 0:00-24:00 1MW",
                "--zone=Europe/Berlin"))
        .isEqualTo(
            "budget feed-a of site dc1 is in force: 1.2 MW for site; site dc1 has no node yet");
    assertThat(topic.read())
        .hasEntrySatisfying("dc1/feed-a", set -> assertThat(set.limit().schedule()).hasSize(2));
    assertThat(budget(1, "set", "b", "--site=dc1", "--scope=site", "--power=1MW"))
        .isEqualTo(
            "joulestream: budget b is for the same as budget feed-a: the power of site at site dc1;"
                + " change that one, or remove it first");
    assertThat(budget(1, "set", "b", "--site=dc1", "--scope=site", "--power=-1MW"))
        .isEqualTo("joulestream: power: '-1MW' must be over 0");
    // the same name is a change
    budget(0, "set", "feed-a", "--site=dc1", "--scope=site", "--power=1.1MW");
    assertThat(budget(0, "list")).contains("feed-a").contains("1.1 MW").doesNotContain("1.2 MW");
    assertThat(budget(1, "remove", "feed-b", "--site=dc1")).contains("has no budget feed-b");
    budget(0, "remove", "feed-a", "--site=dc1");
    assertThat(topic.read()).isEmpty();
  }

  @Test
  void aFile_isImportedAsAWhole_orNotAtAll() throws Exception {
    StringBuilder text = new StringBuilder("budgets:\n");
    for (int i = 0; i < MANY; i++) {
      text.append(
          "  - {name: b%d, site: dc1, scope: project=p%d, power: %dkW}\n".formatted(i, i, i + 1));
    }
    Path good = Files.writeString(folder.resolve("good.yaml"), text);
    Path bad =
        Files.writeString(
            folder.resolve("bad.yaml"),
            text.toString().replace("power: 7kW", "power: -7kW").replace("project=p8,", "p8,"));
    assertThat(budget(1, "import", bad.toString()))
        .contains("bad.yaml:8: power: '-7kW' must be over 0")
        .contains("bad.yaml:10: scope: unknown scope 'p8'")
        .endsWith("bad.yaml has 2 errors; correct them and import it again: no budget was changed");
    assertThat(topic.read()).isEmpty();
    assertThat(budget(0, "import", good.toString())).startsWith("10,000 budgets of");
    Map<String, Budget> before = topic.read();
    assertThat(before).hasSize(MANY);
    Path again = Files.writeString(folder.resolve("again.json"), budget(0, "list", "--json"));
    budget(0, "import", again.toString());
    assertThat(topic.read()).isEqualTo(before);
  }
}
