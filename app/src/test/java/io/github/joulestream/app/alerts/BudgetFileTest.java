// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetFileTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("budgets.yaml"), text);
  }

  private BudgetFile read(String text) throws IOException {
    return BudgetFile.read(file(text), List.of());
  }

  @Test
  void aFileOfBudgets() throws IOException {
    BudgetFile read =
        read(
            """
            # two feeds
            budgets:
              - name: feed-a
                site: dc1
                scope: site
                power: 1.2MW
                thresholds: [85, 95, 100]
                schedule:
                  - Mon-Fri 17:00-21:00 0.9MW
                  - Sat,Sun 22:00-06:00 1MW
                zone: Europe/Berlin
              - {name: physics, site: dc1, scope: project=physics, energy: 30MWh, per: month}
            """);
    assertThat(read.errors()).isEmpty();
    assertThat(read.budgets()).extracting(Budget::id).containsExactly("feed-a", "physics");
    assertThat(read.budgets().getFirst().limit().schedule()).hasSize(2);
    assertThat(read.budgets().getFirst().thresholds().percent()).containsExactly(85, 95, 100);
  }

  @Test
  void everyError_isSaidWithItsLine() throws IOException {
    BudgetFile read =
        read(
            """
            budgets:
              - name: a
                site: dc1
                scope: site
                power: -1MW
              - name: b
                site: dc1
                scope: rak
                power: 1MW
              - name: c
                site: dc1
                scope: site
              - just a text
              - name: d
                site: dc1
                scope: job=1
                power: 1kW
                color: red
              - name: e
                site: dc1
                scope: user=ada
                power: 1kW
              - name: e
                site: dc1
                scope: user=bob
                power: 1kW
            """);
    assertThat(read.errors())
        .extracting(line -> line.substring(line.lastIndexOf("budgets.yaml:")))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("budgets.yaml:5: power: '-1MW' must be over 0"),
            line -> assertThat(line).startsWith("budgets.yaml:8: scope: unknown scope 'rak'"),
            line -> assertThat(line).startsWith("budgets.yaml:10: a budget is of power"),
            line -> assertThat(line).startsWith("budgets.yaml:13: a budget has keys"),
            line -> assertThat(line).startsWith("budgets.yaml:18: 'color' is not known"),
            line ->
                assertThat(line).startsWith("budgets.yaml:23: site dc1 has a budget e in line"));
  }

  @Test
  void budgetsForTheSame_areAnError_inTheFileAndAgainstThoseInForce() throws IOException {
    String text =
        """
        budgets:
          - {name: a, site: dc1, scope: site, power: 1MW}
          - {name: b, site: dc1, scope: site, power: 2MW}
          - {name: c, site: dc1, scope: site, energy: 2MWh, per: day}
          - {name: d, site: dc2, scope: site, power: 2MW}
        """;
    assertThat(read(text).errors())
        .singleElement()
        .asString()
        .contains(":3: budget b is for the same as budget a: the power of site at site dc1")
        .endsWith("(line 2)");
    Budget old = Budget.of("dc2", "old", Scope.SITE, new PowerLimit(1_000));
    Budget replaced = Budget.of("dc2", "d", Scope.SITE, new PowerLimit(1_000));
    Path file = file(text.replace("  - {name: b, site: dc1, scope: site, power: 2MW}\n", ""));
    assertThat(BudgetFile.read(file, List.of(old)).errors())
        .singleElement()
        .asString()
        .contains(":4: budget d is for the same as budget old");
    assertThat(BudgetFile.read(file, List.of(replaced)).errors()).isEmpty();
  }

  @Test
  void whatIsNoYaml_isSaidWithItsLine() throws IOException {
    Path broken = file("budgets:\n  - name: [a\n  - b: c\n");
    assertThatThrownBy(() -> BudgetFile.read(broken, List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("budgets.yaml:3: not YAML");
    assertThat(read("- name: a\n").errors()).singleElement().asString().contains(":1: a file of");
    assertThat(read("").errors()).hasSize(1);
    assertThatThrownBy(() -> BudgetFile.read(folder.resolve("none.yaml"), List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot read");
  }

  @Test
  void tenThousand_areReadInSeconds() throws IOException {
    StringBuilder text = new StringBuilder("budgets:\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("  - name: b").append(i).append("\n    site: dc1\n    scope: project=p");
      text.append(i).append("\n    power: ").append(i + 1).append("kW\n");
    }
    Path file = file(text.toString());
    long start = System.nanoTime();
    BudgetFile read = BudgetFile.read(file, List.of());
    assertThat(read.errors()).isEmpty();
    assertThat(read.budgets()).hasSize(10_000);
    // a third of a second on one slow core; quadratic would be minutes
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }
}
