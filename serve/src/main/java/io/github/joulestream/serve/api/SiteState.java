// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.serve.live.SiteNow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A site as it is now, as the document's {@code SiteNow}: names, units and what is null are
 * described there.
 */
public record SiteState(
    String site,
    @Nullable String at,
    @Nullable String arrived,
    @Nullable Double ageSeconds,
    @Nullable Long milliwatts,
    ByKind byKind,
    long jobsMilliwatts,
    long idleMilliwatts,
    long heldIdleMilliwatts,
    @Nullable Long facilityMilliwatts,
    @Nullable Long generationMilliwatts,
    @Nullable Double facilityRatio,
    int gpus,
    double gpusAllocated,
    double gpusBusy,
    Space memory,
    Space storage,
    int nodes,
    int nodesReporting,
    int jobsRunning,
    int alertsFiring,
    long differenceMillijoules,
    Factor supply,
    @Nullable BudgetUse budget,
    @Nullable Forecast forecast,
    String zone) {

  /** Power by kind of device, mW. */
  public record ByKind(long gpu, long cpu, long memory, long storage, long node) {
    static ByKind of(long[] byCode) {
      return new ByKind(
          byCode[DeviceKind.GPU.code()],
          byCode[DeviceKind.CPU.code()],
          byCode[DeviceKind.MEMORY.code()],
          byCode[DeviceKind.STORAGE.code()],
          byCode[DeviceKind.NODE.code()]);
    }
  }

  /** Memory or storage, MiB. */
  public record Space(
      long seenMebibytes, long allocatedMebibytes, long usedMebibytes, long useKnownMebibytes) {
    static Space of(SiteNow.Space space) {
      return new Space(space.seen(), space.allocated(), space.used(), space.useKnown());
    }
  }

  /** What a kWh of the supply costs or emits now. */
  public record Factor(
      @Nullable Double pricePerKilowattHour,
      String currency,
      @Nullable Double gramsCo2ePerKilowattHour,
      @Nullable Double renewableRatio,
      @Nullable Double ownRatio,
      @Nullable String until,
      boolean synthetic) {}

  /** Use of a budget of power. */
  public record BudgetUse(
      String id,
      long limitMilliwatts,
      long limitNowMilliwatts,
      double usedRatio,
      List<Integer> thresholdsPercent,
      @Nullable String forecastCrossing) {
    public BudgetUse {
      thresholdsPercent = List.copyOf(thresholdsPercent);
    }
  }

  /** Power at a time that is to come, and its interval. */
  public record Forecast(String until, long milliwatts, long lowMilliwatts, long highMilliwatts) {}
}
