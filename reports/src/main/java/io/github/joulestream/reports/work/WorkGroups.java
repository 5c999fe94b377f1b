// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.reports.data.Grouping;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ended jobs by what they have in common and by unit of work.
 *
 * @param groupings what they are grouped by
 * @param groups those with the most energy first
 */
public record WorkGroups(List<Grouping> groupings, List<WorkGroup> groups) {
  private static final Comparator<WorkGroup> LARGEST_FIRST =
      Comparator.<WorkGroup, BigInteger>comparing(group -> group.energy().value())
          .reversed()
          .thenComparing(WorkGroup::key)
          .thenComparing(WorkGroup::unit);

  public WorkGroups {
    groupings = List.copyOf(groupings);
    groups = groups.stream().sorted(LARGEST_FIRST).toList();
  }

  /** Groups jobs. */
  public static WorkGroups of(List<EndedJob> jobs, List<Grouping> groupings) {
    Map<WorkKey, Map<String, List<EndedJob>>> byKey = new TreeMap<>();
    for (EndedJob job : jobs) {
      byKey
          .computeIfAbsent(WorkKey.of(job, groupings), _ -> new TreeMap<>())
          .computeIfAbsent(job.unit(), _ -> new ArrayList<>())
          .add(job);
    }
    List<WorkGroup> groups = new ArrayList<>();
    byKey.forEach((key, byUnit) -> {
      int all = byUnit.values().stream().mapToInt(List::size).sum();
      byUnit.forEach((unit, of) -> groups.add(new WorkGroup(key, unit, of, all)));
    });
    return new WorkGroups(groupings, groups);
  }

  /** Units of work, the one with the most energy first; without jobs that reported none. */
  public List<String> units() {
    Map<String, BigInteger> energies = new TreeMap<>();
    for (WorkGroup group : groups) {
      if (!group.unit().isEmpty()) {
        energies.merge(group.unit(), group.energy().value(), BigInteger::add);
      }
    }
    return energies.entrySet().stream()
        .sorted(
            Map.Entry.<String, BigInteger>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Groups of a unit, the largest first; of the empty unit: those without work. */
  public List<WorkGroup> of(String unit) {
    return groups.stream().filter(group -> group.unit().equals(unit)).toList();
  }
}
