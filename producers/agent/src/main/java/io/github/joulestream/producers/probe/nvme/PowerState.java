// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvme;

/**
 * One power state of a controller, from its maker's measurements: an NVM Express Power State
 * Descriptor (base specification 2.x, Identify Controller).
 *
 * @param maxMilliwatts maximum power in this state, sustained; 0 if not given
 * @param idleMilliwatts mean power over 30 s without a command; 0 if not given
 * @param activeMilliwatts maximum over 10 s of the workload that the maker names; 0 if not given
 * @param operational false if it takes no I/O commands in this state: it sleeps
 */
public record PowerState(
    long maxMilliwatts, long idleMilliwatts, long activeMilliwatts, boolean operational) {

  /**
   * Power by use: {@code idle + busy * (active - idle)}, never over the state's maximum.
   *
   * @param busy share of the time with commands under way, 0 to 1
   * @param otherwiseMilliwatts idle power where the maker gives none
   */
  public long milliwatts(double busy, long otherwiseMilliwatts) {
    long idle = idleMilliwatts > 0 ? idleMilliwatts : otherwiseMilliwatts;
    if (!operational) {
      // a maximum of a state in which it sleeps is a few milliwatts
      return idleMilliwatts > 0 ? idle : maxMilliwatts > 0 ? maxMilliwatts : idle;
    }
    long active =
        activeMilliwatts > 0 ? activeMilliwatts : maxMilliwatts > 0 ? maxMilliwatts : 2 * idle;
    long power = Math.round(idle + busy * (Math.max(idle, active) - idle));
    return maxMilliwatts > 0 ? Math.min(power, maxMilliwatts) : power;
  }
}
