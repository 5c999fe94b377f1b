// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.energy.attribute.JobPlacement;
import io.github.joulestream.energy.attribute.JobPlacement.Span;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Placements as records that any topic takes. */
final class PlacementRecords {
  /** So that a record stays far from the limit of a topic, 1 MB. */
  static final int MAX_BYTES = 600 << 10;

  // of a character in UTF-8, of a whole number in Avro
  private static final int CHARACTER_BYTES = 3;
  private static final int NUMBER_BYTES = 10;

  private PlacementRecords() {}

  /**
   * The record of a placement. If a job held more devices than a record takes, those that it lost
   * first are left out.
   */
  static Placement of(String site, String node, JobPlacement placement) {
    AllocationEdge stated = placement.stated();
    return new Placement(
        site,
        node,
        placement.job(),
        placement.anchorEpochMillis(),
        placement.heldEpochMillis(),
        orOpen(placement.endEpochMillis()),
        endedBy(placement.end()),
        fitting(placement.devices()).stream().map(PlacementRecords::device).toList(),
        new NodeShares(
            stated.memoryBasisPoints(),
            stated.storageBasisPoints(),
            stated.cpuBasisPoints(),
            stated.nodeBasisPoints()),
        stated.gpusOnNode());
  }

  private static HeldDevice device(Span span) {
    return new HeldDevice(
        span.deviceId(), span.fromEpochMillis(), orOpen(span.toEpochMillis()), span.basisPoints());
  }

  private static long orOpen(long epochMillis) {
    return epochMillis == JobPlacement.OPEN ? Placement.OPEN : epochMillis;
  }

  private static EndedBy endedBy(@Nullable JobAmount end) {
    if (end == null) {
      return EndedBy.NOBODY;
    }
    return switch (end) {
      case NODES_RELEASED -> EndedBy.HOOK;
      case NODES_ENDED_BY_AGENT -> EndedBy.AGENT;
      case NODES_TAKEN_OVER -> EndedBy.TAKEN_OVER;
      case NODES_EXPIRED -> EndedBy.LIMIT;
      default -> throw new IllegalArgumentException(end + " is no end of a placement");
    };
  }

  private static List<Span> fitting(List<Span> devices) {
    if (bytes(devices) <= MAX_BYTES) {
      return devices;
    }
    List<Span> latest = new ArrayList<>(devices);
    latest.sort(Comparator.comparingLong(Span::toEpochMillis).reversed());
    int bytes = 0;
    List<Span> kept = new ArrayList<>();
    for (Span span : latest) {
      bytes += bytes(span);
      if (bytes > MAX_BYTES) {
        break;
      }
      kept.add(span);
    }
    kept.sort(Comparator.comparing(Span::deviceId).thenComparingLong(Span::fromEpochMillis));
    return kept;
  }

  private static long bytes(List<Span> devices) {
    long bytes = 0;
    for (Span span : devices) {
      bytes += bytes(span);
    }
    return bytes;
  }

  private static int bytes(Span span) {
    return CHARACTER_BYTES * span.deviceId().length() + 3 * NUMBER_BYTES;
  }
}
