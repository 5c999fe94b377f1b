// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which amount the energy of a kind of device and of a quality is booked to. */
class AmountsTest {
  private static final Set<DeviceKind> ATTRIBUTED = EnumSet.range(DeviceKind.GPU, DeviceKind.NODE);
  private static final Set<DeviceKind> METERS_OF_A_SITE =
      EnumSet.range(DeviceKind.FACILITY, DeviceKind.EXPORT);

  @Test
  void kindsHaveTheirOwnAmounts() {
    for (DeviceKind kind : ATTRIBUTED) {
      assertThat(SiteAmount.measured(kind).name()).isEqualTo("MEASURED_" + kind + "_MILLIJOULES");
      assertThat(SiteAmount.jobs(kind).name()).isEqualTo("JOBS_" + kind + "_MILLIJOULES");
      assertThat(SiteAmount.idle(kind).name()).isEqualTo("IDLE_" + kind + "_MILLIJOULES");
      assertThat(JobAmount.of(kind).name()).isEqualTo(kind + "_MILLIJOULES");
    }
    for (DeviceKind meter : METERS_OF_A_SITE) {
      assertThat(SiteAmount.measured(meter).name()).isEqualTo(meter + "_MILLIJOULES");
      assertThat(SiteAmount.meterCovered(meter).name()).isEqualTo(meter + "_COVERED_MILLIS");
      assertThat(SiteAmount.meterUncovered(meter).name()).isEqualTo(meter + "_UNCOVERED_MILLIS");
    }
  }

  @Test
  void aMeterOfASiteIsNeverAttributed() {
    for (DeviceKind meter : METERS_OF_A_SITE) {
      assertThat(meter.isSiteMeter()).isTrue();
      assertThatThrownBy(() -> SiteAmount.jobs(meter)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> SiteAmount.idle(meter)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> JobAmount.of(meter)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Balance.of(meter)).isInstanceOf(IllegalArgumentException.class);
    }
    for (DeviceKind kind : ATTRIBUTED) {
      assertThat(kind.isSiteMeter()).isFalse();
      assertThatThrownBy(() -> SiteAmount.meterCovered(kind))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> SiteAmount.meterUncovered(kind))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void qualitiesHaveTheirOwnAmounts() {
    for (Quality quality : Quality.values()) {
      assertThat(SiteAmount.of(quality).name()).isEqualTo("QUALITY_" + quality + "_MILLIJOULES");
      assertThat(JobAmount.of(quality).name()).isEqualTo(quality + "_MILLIJOULES");
    }
  }

  @Test
  void theLedgerHasOneEquationOfTheTotalAndOneOfEachKind() {
    List<DeviceKind> kinds = new ArrayList<>();
    kinds.add(null);
    kinds.addAll(ATTRIBUTED);
    assertThat(Balance.ALL.stream().map(Balance::kind)).containsExactlyElementsOf(kinds);
    assertThat(Balance.ALL.getFirst()).isEqualTo(Balance.TOTAL);
    // every amount of the three sides is in one equation
    assertThat(
            Balance.ALL.stream()
                .flatMap(one -> List.of(one.measured(), one.jobs(), one.idle()).stream()))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(SiteAmount.values())
                .filter(amount -> amount.name().matches("(MEASURED|JOBS|IDLE)_[A-Z]+_MILLIJOULES"))
                .toList());
  }

  @Test
  void measuredIsJobsAndIdle() {
    Totals<SiteAmount> totals = Totals.ofSite();
    for (Balance balance : Balance.ALL) {
      totals.add(balance.measured(), 100).add(balance.jobs(), 60).add(balance.idle(), 40);
    }
    assertThat(Balance.totalDifference(totals)).isZero();
    totals.add(SiteAmount.MEASURED_GPU_MILLIJOULES, 5);
    totals.add(SiteAmount.IDLE_CPU_MILLIJOULES, 7);
    assertThat(Balance.of(DeviceKind.GPU).difference(totals)).isEqualTo(5);
    assertThat(Balance.of(DeviceKind.CPU).difference(totals)).isEqualTo(-7);
    assertThat(Balance.TOTAL.difference(totals)).isZero();
    // differences of opposite sign do not cancel out
    assertThat(Balance.totalDifference(totals)).isEqualTo(12);
  }

  /** These numbers are on the wire and in state: they are the same in every release. */
  @Test
  void codesNeverChange() {
    TreeMap<Integer, DeviceKind> kinds = new TreeMap<>();
    for (DeviceKind kind : DeviceKind.values()) {
      kinds.put(kind.code(), kind);
      assertThat(DeviceKind.ofCode(kind.code())).isEqualTo(kind);
    }
    assertThat(kinds.toString())
        .isEqualTo(
            "{0=GPU, 1=MEMORY, 2=STORAGE, 3=CPU, 4=NODE, 5=FACILITY, 6=UPS, 7=PDU, 8=GENERATION, 9=EXPORT}");
    TreeMap<Integer, PowerSource> sources = new TreeMap<>();
    for (PowerSource source : PowerSource.values()) {
      sources.put(source.code(), source);
      assertThat(PowerSource.ofCode(source.code())).isEqualTo(source);
    }
    assertThat(sources.toString()).isEqualTo("{0=COUNTER, 1=SENSOR, 2=MODELLED}");
  }

  @Test
  void anUnknownCodeIsRefused() {
    for (int code : new int[] {-1, 10, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> DeviceKind.ofCode(code))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no kind of device has code " + code);
      assertThatThrownBy(() -> PowerSource.ofCode(code))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no source of power has code " + code);
    }
  }

  @Test
  void windowsHaveTheirNames() {
    assertThat(Windows.name(Windows.MILLIS)).isEqualTo(Windows.NAME).isEqualTo("10s");
    assertThat(Windows.name(Windows.HOUR_MILLIS)).isEqualTo(Windows.HOUR_NAME).isEqualTo("1h");
    assertThat(Windows.name(60_000)).isEqualTo("1m");
    assertThat(Windows.name(90_000)).isEqualTo("90s");
    assertThat(Windows.name(Windows.QUARTER_HOUR_MILLIS))
        .isEqualTo(Windows.QUARTER_HOUR_NAME)
        .isEqualTo("15m");
    assertThat(Windows.HOUR_MILLIS % Windows.QUARTER_HOUR_MILLIS).isZero();
    assertThat(Windows.quarterHourOf(-1)).isEqualTo(-Windows.QUARTER_HOUR_MILLIS);
    assertThat(Windows.quarterHourOf(899_999)).isZero();
    assertThat(Windows.HOUR_MILLIS % Windows.MILLIS).isZero();
  }
}
