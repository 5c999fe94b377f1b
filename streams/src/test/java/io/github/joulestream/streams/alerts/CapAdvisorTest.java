// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static io.github.joulestream.streams.alerts.Events.START;
import static io.github.joulestream.streams.alerts.Events.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Cap;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Caps;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.streams.alerts.SitePower.Payer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CapAdvisorTest {
  private static final Scope PHYSICS = Scope.project("physics");

  private final Memory memory = new Memory(Events.SITE);
  private final SitePower power = new SitePower();
  private final Map<Scope, Integer> priorities = new HashMap<>();
  private final CapAdvisor advisor =
      new CapAdvisor(power, memory, scope -> priorities.getOrDefault(scope, 0));

  /** A node that had this power at idle, and has that now. */
  private void take(String name, long idle, long now, JobPower... jobs) {
    power.update(node(name, START, idle), START);
    power.update(node(name, START + 1, now, jobs), START + 1);
  }

  private static JobPower job(String name, long milliwatts) {
    return new JobPower(name, milliwatts, 10_000, 10_000);
  }

  private static Budget budget(Scope scope, long limit, CapMode mode) {
    return Events.budget("b", scope, new PowerLimit(limit, List.of(), mode));
  }

  @Test
  void consumersOfASite_areItsNodes_withTheirFloors_theLargestFirst() {
    take("n1", 100, 500);
    take("n2", 100, 900);
    take("n3", 100, 500);
    assertThat(advisor.consumers(power.site()))
        .containsExactly(
            new Caps.Consumer(Contributor.Consumer.NODE, "n2", 900, 100, 0),
            new Caps.Consumer(Contributor.Consumer.NODE, "n1", 500, 100, 0),
            new Caps.Consumer(Contributor.Consumer.NODE, "n3", 500, 100, 0));
  }

  /** A job with half of a node's power has half of its floor. */
  @Test
  void consumersOfAProject_areItsJobs_overAllTheirNodes() {
    power.setPayer("17", new Payer("ada", "physics"));
    power.setPayer("18", new Payer("ada", "biology"));
    take("n1", 100, 400, job("17", 200), job("18", 200));
    take("n2", 60, 300, job("17", 100));
    assertThat(advisor.consumers(power.of(PHYSICS)))
        .containsExactly(new Caps.Consumer(Contributor.Consumer.JOB, "17", 300, 50 + 20, 0));
    assertThat(advisor.consumers(power.of(Scope.user("ada"))))
        .extracting(Caps.Consumer::name)
        .containsExactly("17", "18");
  }

  @Test
  void theFloor_isNeverOverTheShare() {
    // without a reading over 0 W no lowest power is known
    power.update(node("n1", START, 0), START);
    assertThat(advisor.consumers(power.site()))
        .containsExactly(new Caps.Consumer(Contributor.Consumer.NODE, "n1", 0, 0, 0));
  }

  @Test
  void jobsOfANodeThatIsGone_areNoConsumers() {
    power.setPayer("17", new Payer("ada", "physics"));
    take("n1", 100, 400, job("17", 200));
    AlertedNode node = power.nodes().iterator().next();
    power.markGone(node);
    assertThat(advisor.consumers(power.of(PHYSICS))).isEmpty();
  }

  @Test
  void thePriority_isTheHighestAmongTheBudgets() {
    power.setPayer("17", new Payer("ada", "physics"));
    power.setLabels("n1", Map.of("rack", "r1", "row", "a"));
    take("n1", 100, 400, job("17", 200));
    priorities.put(Scope.SITE, 99);
    priorities.put(Scope.nodes("rack", "r1"), 3);
    priorities.put(Scope.nodes("row", "a"), 5);
    priorities.put(Scope.user("ada"), 7);
    priorities.put(Scope.job("17"), 2);
    assertThat(advisor.consumers(power.site()))
        .singleElement()
        .extracting(Caps.Consumer::priority)
        .isEqualTo(5);
    assertThat(advisor.consumers(power.of(PHYSICS)))
        .singleElement()
        .extracting(Caps.Consumer::priority)
        .isEqualTo(7);
    priorities.put(PHYSICS, 8);
    assertThat(advisor.consumers(power.of(PHYSICS)))
        .singleElement()
        .extracting(Caps.Consumer::priority)
        .isEqualTo(8);
  }

  @Test
  void ofMoreThan1000Consumers_theLargestAreCapped() {
    for (int i = 1; i <= 1_001; i++) {
      power.update(node("n" + i, START, 1_000 + i), START);
    }
    List<Caps.Consumer> consumers = advisor.consumers(power.site());
    assertThat(consumers).hasSize(1_000);
    assertThat(consumers.getFirst().name()).isEqualTo("n1001");
    assertThat(consumers.getLast().name()).isEqualTo("n2");
  }

  @Test
  void advice_bringsTheScopeToItsLimit() {
    take("n1", 100, 500);
    take("n2", 100, 900);
    advisor.advise(budget(Scope.SITE, 1_040, CapMode.PROPORTIONAL), power.site(), START + 1, 1_040);
    assertThat(memory.advice)
        .containsExactly(
            new CapAdvice(
                Events.SITE,
                "b",
                "site",
                START + 1,
                1_040,
                1_400,
                0,
                CapMode.PROPORTIONAL,
                // 360 mW over; 800 and 400 mW above the floors
                List.of(
                    new Cap(Contributor.Consumer.NODE, "n2", 900, 900 - 240, 0),
                    new Cap(Contributor.Consumer.NODE, "n1", 500, 500 - 120, 0))));
  }

  @Test
  void whatFloorsDoNotAllow_isUnmet() {
    take("n1", 400, 500);
    advisor.advise(budget(Scope.SITE, 300, CapMode.PROPORTIONAL), power.site(), START + 1, 300);
    assertThat(memory.advice).extracting(CapAdvice::unmetMilliwatts).containsExactly(100L);
  }

  @Test
  void withdrawal_namesTheBudget_andNoCaps() {
    take("n1", 100, 500);
    advisor.withdraw(budget(Scope.SITE, 1_040, CapMode.PRIORITY), power.site(), START + 1, 1_040);
    assertThat(memory.advice)
        .containsExactly(
            new CapAdvice(
                Events.SITE, "b", "site", START + 1, 1_040, 500, 0, CapMode.PRIORITY, List.of()));
  }
}
