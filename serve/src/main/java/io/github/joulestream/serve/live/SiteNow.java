// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

/**
 * A site now: sums over the nodes that have reported within the last 30 s.
 *
 * @param epochMillis time of the latest reading, Unix epoch, ms; 0 if there is none
 * @param arrivedEpochMillis when the latest readings arrived here, Unix epoch, ms; 0 if none did
 * @param milliwatts power of all devices, no device twice
 * @param milliwattsByKind by {@link io.github.joulestream.energy.DeviceKind#code}; a kind may
 *     contain another, so they need not sum to the total; meters of the site (facility, generation,
 *     ...) are among them and not in the total
 * @param jobsMilliwatts share of the total that jobs hold
 * @param idleMilliwatts share of the total that no job holds
 * @param heldIdleMilliwatts power of GPUs that jobs hold at a utilisation under 5 %; an estimate
 *     where several jobs share a GPU
 * @param gpus GPUs that report
 * @param gpusAllocatedBasisPoints GPUs that jobs hold, 10,000 is a whole GPU
 * @param gpusBusyBasisPoints GPUs that are busy, 10,000 is a whole GPU busy all the time
 * @param memory main memory
 * @param storage drives
 * @param nodes nodes that are known
 * @param nodesReporting of these, those that reported within the last 30 s
 * @param differenceMillijoules measured less jobs less idle of the newest windows of the ledger:
 *     the farthest from 0 of the last hour; 0 unless there is a defect
 */
@SuppressWarnings("ArrayRecordComponent") // made anew for its reader, compared nowhere
public record SiteNow(
    long epochMillis,
    long arrivedEpochMillis,
    long milliwatts,
    long[] milliwattsByKind,
    long jobsMilliwatts,
    long idleMilliwatts,
    long heldIdleMilliwatts,
    int gpus,
    long gpusAllocatedBasisPoints,
    long gpusBusyBasisPoints,
    Space memory,
    Space storage,
    int nodes,
    int nodesReporting,
    long differenceMillijoules) {

  /**
   * Memory or storage of the site, MiB.
   *
   * @param seen size of what reports its size
   * @param allocated share of it that jobs hold
   * @param used in use on nodes that report that
   * @param useKnown size on the nodes that report how much is used
   */
  public record Space(long seen, long allocated, long used, long useKnown) {}
}
