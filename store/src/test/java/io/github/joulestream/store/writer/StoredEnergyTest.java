// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoredEnergyTest {
  private final StoredEnergy energy = new StoredEnergy();

  private void stored(String site, String length, long window, long measured, long jobs) {
    energy.stored(
        new StorePoint(
            Measurement.LEDGER,
            Map.of("site", site, "window", length),
            Map.of(
                Measurement.field(SiteAmount.MEASURED_TOTAL_MILLIJOULES), measured,
                Measurement.field(SiteAmount.JOBS_TOTAL_MILLIJOULES), jobs),
            window * 10_000_000_000L));
  }

  @Test
  void aWindowThatGrows_countsOnce_andHoursAreNotAddedToTheirParts() {
    stored("a", "10s", 1, 1_000, 400);
    stored("a", "10s", 1, 5_000, 3_000);
    stored("a", "1h", 0, 5_000, 3_000);
    stored("a", "10s", 2, 2_500, 0);
    stored("b", "10s", 2, 1, 0);
    assertThat(energy.joules()).containsOnly(entry("a", 7.5), entry("b", 0.001));
    assertThat(energy.jobsJoules()).containsOnly(entry("a", 3.0), entry("b", 0.0));
  }

  @Test
  void aCorrectionDownwards_neverLetsTheCounterFall_andIsMadeUpFor() {
    stored("a", "10s", 1, 5_000, 0);
    stored("a", "10s", 1, 3_000, 0);
    assertThat(energy.joules()).containsOnly(entry("a", 5.0));
    stored("a", "10s", 2, 1_500, 0);
    assertThat(energy.joules()).containsOnly(entry("a", 5.0));
    stored("a", "10s", 3, 1_500, 0);
    assertThat(energy.joules()).containsOnly(entry("a", 6.0));
  }

  @Test
  void aWindowThatIsForgotten_isNotCountedAgain() {
    for (int window = 0; window <= 360; window++) {
      stored("a", "10s", window, 1_000, 0);
    }
    stored("a", "10s", 0, 9_000, 0);
    assertThat(energy.joules()).containsOnly(entry("a", 361.0));
  }

  @Test
  void whoInventsSitesDoesNotFillTheMemory() {
    stored("a", "10s", 1, 1_000, 0);
    for (int i = 0; i < 3 * StoredEnergy.MAX_SITES; i++) {
      stored("site-" + i, "10s", 1, 1_000, 0);
    }
    assertThat(energy.joules()).hasSize(StoredEnergy.MAX_SITES);
    stored("a", "10s", 2, 1_000, 0);
    assertThat(energy.joules()).containsEntry("a", 2.0);
  }
}
