// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.JobAmount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a job holds of a node, or held: a value that follows from the allocations of the node as
 * they are known now. A later value of the same job and anchor takes the place of an earlier one.
 *
 * @param anchorEpochMillis names it for as long as the job is remembered: the time of its hold edge
 *     that arrived first. A correction moves the start, never the anchor
 * @param heldEpochMillis when the job was first given something of the node
 * @param endEpochMillis when it had nothing any more; {@link #OPEN} while it holds something. Equal
 *     to the start if what it was given was given back at the same moment
 * @param end what ended it: one of {@link JobAmount#NODES_RELEASED}, {@link
 *     JobAmount#NODES_ENDED_BY_AGENT}, {@link JobAmount#NODES_TAKEN_OVER}, {@link
 *     JobAmount#NODES_EXPIRED}; null while it holds something
 * @param devices devices that it held by name, by id and then by time
 * @param stated the hold edge that stated its shares last, by the time of the edge
 */
public record JobPlacement(
    String job,
    long anchorEpochMillis,
    long heldEpochMillis,
    long endEpochMillis,
    @Nullable JobAmount end,
    List<Span> devices,
    AllocationEdge stated) {

  /** In place of an end that is not known yet. */
  public static final long OPEN = Long.MAX_VALUE;

  /**
   * A time in which a job had a device with one share.
   *
   * @param toEpochMillis {@link #OPEN} if it has it still
   * @param basisPoints the share that was stated; where the shares of all jobs sum to more than the
   *     device, each has less of it
   */
  public record Span(String deviceId, long fromEpochMillis, long toEpochMillis, int basisPoints) {}

  public JobPlacement {
    devices = List.copyOf(devices);
  }

  /**
   * The placement of a job.
   *
   * @param claimsOf the claims to a device by its id, among the jobs that name it
   */
  static JobPlacement of(HeldJob job, Allocations.Stay stay, Function<String, Claims> claimsOf) {
    List<Span> spans = new ArrayList<>();
    for (String id : new TreeSet<>(stay.devices().keySet())) {
      addSpans(id, claimsOf.apply(id), job.name(), spans);
    }
    return new JobPlacement(
        job.name(),
        job.anchorMillis(),
        stay.heldAt(),
        stay.end() == null ? OPEN : stay.endAt(),
        stay.end(),
        spans,
        job.stated());
  }

  private static void addSpans(String id, Claims claims, String job, List<Span> spans) {
    long from = OPEN;
    int basisPoints = 0;
    for (Map.Entry<Long, Integer> change : claims.heldBy(job).entrySet()) {
      if (change.getValue() == basisPoints) {
        continue;
      }
      if (basisPoints > 0) {
        spans.add(new Span(id, from, change.getKey(), basisPoints));
      }
      from = change.getKey();
      basisPoints = change.getValue();
    }
    if (basisPoints > 0) {
      spans.add(new Span(id, from, OPEN, basisPoints));
    }
  }

  /** True if it is the same, but perhaps for when the record arrived that states its shares. */
  boolean says(JobPlacement that) {
    return anchorEpochMillis == that.anchorEpochMillis
        && heldEpochMillis == that.heldEpochMillis
        && endEpochMillis == that.endEpochMillis
        && end == that.end
        && devices.equals(that.devices)
        && stated.memoryBasisPoints() == that.stated.memoryBasisPoints()
        && stated.storageBasisPoints() == that.stated.storageBasisPoints()
        && stated.cpuBasisPoints() == that.stated.cpuBasisPoints()
        && stated.nodeBasisPoints() == that.stated.nodeBasisPoints()
        && stated.gpusOnNode() == that.stated.gpusOnNode();
  }
}
