// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FacilityRatioTest {
  private static Totals<SiteAmount> totals() {
    return Totals.ofSite()
        .add(SiteAmount.FACILITY_MILLIJOULES, 1_300)
        .add(SiteAmount.FACILITY_COVERED_MILLIS, 10_000)
        .add(SiteAmount.UPS_MILLIJOULES, 1_040)
        .add(SiteAmount.UPS_COVERED_MILLIS, 20_000)
        .add(SiteAmount.PDU_MILLIJOULES, 1_000)
        .add(SiteAmount.PDU_COVERED_MILLIS, 40_000)
        .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 650);
  }

  @Test
  void eachIsByItsOwnMeters() {
    assertThat(FacilityRatio.PUE_CATEGORY_1.of(totals())).hasValue(1.25);
    assertThat(FacilityRatio.PUE_CATEGORY_2.of(totals())).hasValue(1.3);
    assertThat(FacilityRatio.PER_MEASURED_IT.of(totals())).hasValue(2);
  }

  @Test
  void withoutItsMeter_thereIsNone() {
    Totals<SiteAmount> totals = totals();
    totals.set(SiteAmount.UPS_MILLIJOULES, 0);
    assertThat(FacilityRatio.PUE_CATEGORY_1.of(totals)).isEmpty();
    assertThat(FacilityRatio.PUE_CATEGORY_2.of(totals)).isPresent();
    totals.set(SiteAmount.FACILITY_MILLIJOULES, 0);
    for (FacilityRatio ratio : FacilityRatio.values()) {
      assertThat(ratio.of(totals)).as("%s", ratio).isEmpty();
      assertThat(ratio.of(Totals.ofSite())).isEmpty();
    }
  }

  @Test
  void ofAMeterThatIsSilentForOverAPercent_thereIsNone() {
    Totals<SiteAmount> totals = totals();
    totals.set(SiteAmount.UPS_UNCOVERED_MILLIS, 202);
    assertThat(FacilityRatio.PUE_CATEGORY_1.of(totals)).isPresent();
    totals.set(SiteAmount.UPS_UNCOVERED_MILLIS, 203);
    assertThat(FacilityRatio.PUE_CATEGORY_1.of(totals)).isEmpty();
    assertThat(FacilityRatio.PUE_CATEGORY_2.of(totals)).isPresent();
    totals.set(SiteAmount.FACILITY_UNCOVERED_MILLIS, 102);
    for (FacilityRatio ratio : FacilityRatio.values()) {
      assertThat(ratio.of(totals)).as("%s", ratio).isEmpty();
    }
  }
}
