// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What jobs held of nodes, as the topic has it: of each node, job and anchor the latest record, by
 * start.
 */
record KnownPlacements(List<Placement> placements) {
  private record Id(String node, String job, long anchorEpochMillis) {}

  KnownPlacements {
    placements =
        placements.stream()
            .sorted(
                Comparator.comparingLong(Placement::heldEpochMillis)
                    .thenComparing(Placement::node)
                    .thenComparing(Placement::job))
            .toList();
  }

  /** All of a node. */
  static KnownPlacements ofNode(KafkaOptions kafka, String site, String node) {
    return read(kafka, Keys.node(site, node), _ -> true);
  }

  /** All of a job; reads all of the topic. */
  static KnownPlacements ofJob(KafkaOptions kafka, String site, String job) {
    return read(
        kafka, null, placement -> placement.site().equals(site) && placement.job().equals(job));
  }

  private static KnownPlacements read(
      KafkaOptions kafka, @Nullable String key, Predicate<Placement> wanted) {
    Map<Id, Placement> latest = new HashMap<>();
    LatestRecords.<Placement>forEach(
        Topic.PLACEMENT,
        key,
        WireSerdes.placements().deserializer(),
        kafka.clients(),
        placement -> {
          if (wanted.test(placement)) {
            latest.put(
                new Id(placement.node(), placement.job(), placement.anchorEpochMillis()),
                placement);
          }
        });
    return new KnownPlacements(new ArrayList<>(latest.values()));
  }

  /** Those that hold something at a time, each with the devices that it has then. */
  KnownPlacements at(long epochMillis) {
    List<Placement> found = new ArrayList<>();
    for (Placement placement : placements) {
      List<HeldDevice> devices =
          placement.devices().stream()
              .filter(
                  device -> isWithin(epochMillis, device.fromEpochMillis(), device.toEpochMillis()))
              .toList();
      // between two allocations of a job it holds none of the devices that it names
      boolean holds = !devices.isEmpty() || placement.devices().isEmpty();
      if (holds && isWithin(epochMillis, placement.heldEpochMillis(), placement.endEpochMillis())) {
        found.add(
            new Placement(
                placement.site(),
                placement.node(),
                placement.job(),
                placement.anchorEpochMillis(),
                placement.heldEpochMillis(),
                placement.endEpochMillis(),
                placement.endedBy(),
                devices,
                placement.shares(),
                placement.gpusOnNode()));
      }
    }
    return new KnownPlacements(found);
  }

  private static boolean isWithin(long epochMillis, long from, long to) {
    return from <= epochMillis && (to == Placement.OPEN || epochMillis < to);
  }
}
