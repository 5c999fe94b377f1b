// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a budget that somebody sets to what Alertmanager tells an operator, through all of it. */
class ITAlertsUp {
  private static final Pattern KAFKA = Pattern.compile("Kafka +(127\\.0\\.0\\.1:\\d+)");

  @TempDir Path folder;

  @Test
  void aBudgetThatIsPassed_isTold_andItsEndToo() throws Exception {
    try (Inbox inbox = new Inbox();
        Alertmanagerd alertmanager = Alertmanagerd.start(folder.resolve("am"), inbox.url());
        Program up =
            Program.start(
                "up",
                "--simulate=8",
                "--no-agent",
                "--kafka-port=0",
                "--store-port=0",
                "--alertmanager=" + alertmanager.url(),
                "--alertmanager-repeat=1s",
                "--alertmanager-hold=4s")) {
      up.awaitLine(" running; simulated");
      Matcher kafka = KAFKA.matcher(up.output());
      assertThat(kafka.find()).as(up.output()).isTrue();
      setBudget(kafka.group(1), "1W");
      Await.until(
          "told in " + up.output(), () -> inbox.heard().contains("/on-call site critical firing"));
      JsonNode alert = inbox.taken().getFirst().json().get("alerts").get(0);
      assertThat(alert.at("/annotations/limit").asText()).isEqualTo("1 W");
      assertThat(alert.at("/annotations/budget").asText()).isEqualTo("low");
      assertThat(alert.at("/annotations/completeness").asText()).contains("of nodes reporting");
      assertThat(alert.at("/annotations/contributors").asText()).contains("node ");
      setBudget(kafka.group(1), "1GW");
      Await.until("its end", () -> inbox.heard().contains("/on-call site critical resolved"));
      assertThat(inbox.heard()).hasSize(2);
      up.interrupt();
      up.await();
      assertThat(up.output()).contains("difference 0 mJ");
    }
  }

  private static void setBudget(String kafka, String power) throws Exception {
    try (Program budget =
        Program.start(
            "budget",
            "set",
            "low",
            "--site=simulated",
            "--scope=site",
            "--power=" + power,
            "--thresholds=100",
            "--forecast=0s",
            "--resolve-after=10s",
            "--cooldown=0s",
            "--kafka=" + kafka)) {
      assertThat(budget.await()).as(budget.output()).isZero();
    }
  }
}
