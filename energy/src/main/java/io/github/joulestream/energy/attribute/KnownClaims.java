// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.DeviceKind;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The claims to the devices of a node, worked out when they are asked for. Where there are few
 * edges, as on most nodes, they would take more memory than all else that is known of the
 * allocations, and are worked out anew when they are asked for instead. Mutable; owned by {@link
 * Allocations}.
 */
final class KnownClaims {
  /**
   * Edges of a node below which claims are not kept: three jobs at a time of half an hour each
   * leave 24 within two hours. At twice that an edge that arrives takes up to twice the time, and
   * half as many nodes keep claims.
   */
  static final int FEW_EDGES = 32;

  private final int fewEdges;
  private final Function<Place, Collection<HeldJob>> jobs;
  private final ToLongFunction<String> open;
  private Map<Place, Claims> claims = Map.of();
  // the shares that were asked for last, where there are few edges
  private Shares latest = Shares.NOBODY;
  // of claims that are not kept
  private long droppedSteps;

  /** A device that jobs name, or with an empty id all of a kind that they do not. */
  record Place(String id, DeviceKind kind) {}

  /**
   * Claims that are kept from so many edges on.
   *
   * @param jobs those that may claim a place
   * @param open when a job without a reported end was last given something; {@link HeldJob#NEVER}
   *     of others
   */
  KnownClaims(
      int fewEdges, Function<Place, Collection<HeldJob>> jobs, ToLongFunction<String> open) {
    this.fewEdges = fewEdges;
    this.jobs = jobs;
    this.open = open;
  }

  /** The claims to a device; resolved for all jobs when first asked for. */
  Claims of(Place place) {
    Claims known = claims.get(place);
    if (known == null) {
      known = new Claims(place.id, place.kind);
      known.begin(jobs.apply(place), open);
      if (claims.isEmpty()) {
        claims = new HashMap<>();
      }
      claims.put(place, known);
    }
    return known;
  }

  /** Who has which share, over all time. */
  Shares sharesOf(Place place, int edges) {
    Shares shares = of(place).shares();
    dropIfFew(edges);
    if (edges >= fewEdges) {
      return shares;
    }
    // devices that follow one another are often held by the same jobs: one object for all of them
    if (Shares.firstDifference(latest, shares) != Long.MAX_VALUE) {
      latest = shares;
    }
    return latest;
  }

  /**
   * Takes the claims of a job as they are now, as {@link Claims#change} does.
   *
   * @param ids of the devices that it names, or named
   * @param touched where to add jobs that lost a device to it, or have one again
   */
  void change(
      String name,
      @Nullable HeldJob job,
      boolean isOpenOtherwise,
      Set<String> ids,
      Set<String> touched) {
    claims.forEach((place, of) -> {
      if (place.kind != DeviceKind.GPU) {
        of.change(name, job, isOpenOtherwise, open);
      } else if (ids.contains(place.id)) {
        touched.addAll(of.change(name, job, isOpenOtherwise, open));
      }
    });
  }

  /** No job names the device any more. */
  void forget(String id) {
    if (!claims.isEmpty()) {
      claims.keySet().removeIf(place -> place.id.equals(id));
    }
  }

  /** A record is taken in: claims are kept only where there are many edges. */
  void dropIfFew(int edges) {
    if (edges < fewEdges) {
      claims.values().forEach(of -> droppedSteps += of.steps);
      claims = Map.of();
    }
  }

  /** What all of it has cost so far, in steps. */
  long steps() {
    long steps = droppedSteps;
    for (Claims of : claims.values()) {
      steps += of.steps;
    }
    return steps;
  }
}
