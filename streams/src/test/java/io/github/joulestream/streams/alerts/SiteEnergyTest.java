// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static io.github.joulestream.streams.alerts.Events.START;
import static io.github.joulestream.streams.alerts.Events.jobWindow;
import static io.github.joulestream.streams.alerts.Events.nodeWindow;
import static io.github.joulestream.streams.alerts.Events.siteWindow;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Quantity.Period;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.streams.alerts.SitePower.Payer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SiteEnergyTest {
  private static final long HOUR = 3_600_000;
  private static final Period ALL = new Period(START - HOUR, START + HOUR);

  private final Memory memory = new Memory(Events.SITE);
  private final SitePower power = new SitePower();
  private final SiteEnergy energy = new SiteEnergy(power, memory);

  private static long sum(SitePower of, Scope scope) {
    return requireNonNull(of.of(scope).energy, scope.text()).sum(ALL);
  }

  private long sum(Scope scope) {
    return sum(power, scope);
  }

  @Test
  void aWindowOfTheSite_replacesTheEarlierOne() {
    assertThat(energy.add(siteWindow(START, 100, 40, 0), START)).isTrue();
    assertThat(energy.add(siteWindow(START, 130, 40, 0), START + 1)).isTrue();
    energy.add(siteWindow(START + 10_000, 7, 7, 0), START + 2);
    assertThat(sum(Scope.SITE)).isEqualTo(137);
    assertThat(sum(Scope.kind(DeviceKind.GPU))).isEqualTo(137);
    assertThat(sum(Scope.kind(DeviceKind.CPU))).isZero();
    energy.add(siteWindow(START, 20, 20, 0), START + 3);
    assertThat(sum(Scope.SITE)).isEqualTo(27);
    assertThat(Events.names(memory, StateSection.WINDOW)).hasSize(2);
  }

  @Test
  void fragmentsOfAWindow_addUp() {
    energy.add(siteWindow(START, 100, 40, 0), START);
    energy.add(siteWindow(START, 25, 25, START + 5_000), START);
    assertThat(sum(Scope.SITE)).isEqualTo(125);
  }

  @Test
  void theEnergyOfAMeterOfTheSite_isThatOfItsKindOnly() {
    for (DeviceKind kind : DeviceKind.values()) {
      if (kind.isSiteMeter()) {
        assertThat(energy.add(metered(kind, 800), START)).isTrue();
        assertThat(energy.add(metered(kind, 900), START)).isTrue();
        assertThat(sum(Scope.kind(kind))).isEqualTo(900);
        energy.add(siteWindow(START, 0, 0, 0), START);
        assertThat(sum(Scope.kind(kind))).isZero();
      }
    }
    assertThat(sum(Scope.SITE)).isZero();
    assertThat(energy.imbalanceMillijoules()).isZero();
  }

  private static SiteWindow metered(DeviceKind kind, long millijoules) {
    Totals<SiteAmount> totals = Totals.ofSite().add(SiteAmount.measured(kind), millijoules);
    return new SiteWindow(Events.SITE, START, Events.WINDOW_MILLIS, totals);
  }

  /** As 0.1.0 wrote it: the total, five kinds of devices, facility, imbalance. */
  @Test
  void aWindowOfTheReleaseBefore_isRestored() throws IOException {
    ByteBuffer content = ByteBuffer.allocate(9 * Long.BYTES);
    for (long value : new long[] {START, 100, 40, 10, 10, 20, 100, 130, 5}) {
      content.putLong(value);
    }
    energy.restoreWindow(
        new StateEntry(StateSection.WINDOW, "site\0" + START + "\0" + 0, 1, content.array()));
    assertThat(energy.imbalanceMillijoules()).isEqualTo(5);
    Totals<SiteAmount> totals =
        Totals.ofSite()
            .add(SiteAmount.FACILITY_MILLIJOULES, 150)
            .add(SiteAmount.UPS_MILLIJOULES, 120)
            .add(SiteAmount.EXPORT_MILLIJOULES, 7);
    energy.add(new SiteWindow(Events.SITE, START, Events.WINDOW_MILLIS, totals), START);
    assertThat(sum(Scope.kind(DeviceKind.FACILITY))).isEqualTo(20);
    assertThat(sum(Scope.kind(DeviceKind.UPS))).isEqualTo(120);
    assertThat(sum(Scope.kind(DeviceKind.EXPORT))).isEqualTo(7);
    assertThat(energy.imbalanceMillijoules()).isZero();
  }

  @Test
  void aWindowWithoutEnergy_isNoMeasurement() {
    assertThat(energy.add(siteWindow(START, 0, 0, 0), START)).isFalse();
  }

  @Test
  void imbalances_areSummedByTheirSize_untilTheyAreCorrected() {
    energy.add(unbalanced(START, 5), START);
    energy.add(unbalanced(START + 10_000, -3), START);
    assertThat(energy.imbalanceMillijoules()).isEqualTo(8);
    energy.add(siteWindow(START, 100, 40, 0), START);
    assertThat(energy.imbalanceMillijoules()).isEqualTo(3);
    energy.expire(START + 80 * 60_000, START);
    assertThat(energy.imbalanceMillijoules()).isZero();
  }

  /** A window in which measured energy exceeds that of jobs and idle. */
  private static SiteWindow unbalanced(long start, long millijoules) {
    SiteWindow window = siteWindow(start, 100, 40, 0);
    window.totals().add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, millijoules);
    return window;
  }

  @Test
  void aWindowOfAJob_countsForScopesWithAnEnergyBudget() {
    power.setPayer("17", new Payer("ada", "physics"));
    assertThat(energy.add(jobWindow("17", START, 50, 0), START)).isFalse();
    assertThat(Events.names(memory, StateSection.WINDOW)).isEmpty();
    energy.start(power.of(Scope.user("ada")));
    energy.start(power.of(Scope.user("bob")));
    energy.start(power.of(Scope.job("17")));
    assertThat(energy.add(jobWindow("17", START, 50, 0), START)).isTrue();
    assertThat(energy.add(jobWindow("17", START, 60, 0), START)).isTrue();
    assertThat(energy.add(jobWindow("17", START, 5, START + 5_000), START)).isTrue();
    assertThat(sum(Scope.user("ada"))).isEqualTo(65);
    assertThat(sum(Scope.job("17"))).isEqualTo(65);
    assertThat(sum(Scope.user("bob"))).isZero();
    assertThat(power.find(Scope.project("physics"))).isNull();
  }

  @Test
  void windowsOfANode_areIncrementsOfItsLabels() {
    power.setLabels("n1", Map.of("rack", "r1", "row", "a"));
    energy.start(power.of(Scope.nodes("rack", "r1")));
    energy.add(nodeWindow("n1", START, 10));
    energy.add(nodeWindow("n1", START, 10));
    energy.add(nodeWindow("n2", START, 99));
    assertThat(sum(Scope.nodes("rack", "r1"))).isEqualTo(20);
    assertThat(power.find(Scope.nodes("row", "a"))).isNull();
  }

  @Test
  void afterStop_theBucketsOfAScopeAreDeleted_andThoseOfTheSiteStay() {
    energy.start(power.of(Scope.nodes("rack", "r1")));
    power.setLabels("n1", Map.of("rack", "r1"));
    energy.add(nodeWindow("n1", START, 10));
    energy.add(siteWindow(START, 10, 10, 0), START);
    energy.stop(power.of(Scope.nodes("rack", "r1")));
    energy.stop(power.site());
    assertThat(Events.names(memory, StateSection.ENERGY))
        .containsExactly("kind=gpu\0" + START, "site\0" + START);
    assertThat(power.of(Scope.nodes("rack", "r1")).energy).isNull();
    assertThat(sum(Scope.SITE)).isEqualTo(10);
  }

  @Test
  void windowsExpireAfter80Minutes_andBucketsAfter39Days() {
    energy.add(siteWindow(START, 10, 10, 0), START);
    energy.expire(START + 80 * 60_000 - 1, START + 39 * 86_400_000L);
    assertThat(Events.names(memory, StateSection.WINDOW)).hasSize(1);
    assertThat(Events.names(memory, StateSection.ENERGY)).hasSize(2);
    energy.expire(START + 80 * 60_000, START + 39 * 86_400_000L + 1);
    assertThat(Events.names(memory, StateSection.WINDOW)).isEmpty();
    assertThat(Events.names(memory, StateSection.ENERGY)).isEmpty();
    assertThat(sum(Scope.SITE)).isZero();
  }

  /** After a restart the next total of a window adds the difference only. */
  @Test
  void restored_itContinuesWithTheLastTotals() throws IOException {
    power.setPayer("17", new Payer("ada", "physics"));
    energy.start(power.of(Scope.user("ada")));
    energy.add(unbalanced(START, 5), START);
    energy.add(jobWindow("17", START, 50, 0), START);

    SitePower otherPower = new SitePower();
    otherPower.setPayer("17", new Payer("ada", "physics"));
    SiteEnergy other = new SiteEnergy(otherPower, new Memory(Events.SITE));
    for (StateEntry entry : memory.entries(StateSection.ENERGY)) {
      other.restoreBucket(entry);
    }
    for (StateEntry entry : memory.entries(StateSection.WINDOW)) {
      other.restoreWindow(entry);
    }
    assertThat(other.imbalanceMillijoules()).isEqualTo(5);
    other.add(siteWindow(START, 120, 40, 0), START + 1);
    other.add(jobWindow("17", START, 80, 0), START + 1);
    assertThat(sum(otherPower, Scope.SITE)).isEqualTo(120);
    assertThat(sum(otherPower, Scope.user("ada"))).isEqualTo(80);
    assertThat(other.imbalanceMillijoules()).isZero();
  }
}
