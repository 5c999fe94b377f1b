// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two groups side by side.
 *
 * @param first name of the first, for people
 * @param second name of the second
 * @param comparison of their jobs that count
 * @param limits what is not equal, or not known to be, besides what they are named by; may be empty
 */
public record WorkPair(String first, String second, Comparison comparison, List<String> limits) {
  /** Groups of which pairs are made: those with the most energy. */
  static final int MOST_GROUPS = 12;

  /** Work of which a unit is nearly the same thing for each model. */
  private static final String TOKENS = "tokens";

  private static final String OTHER = "other ";

  /** Limit of groups that are several models each. */
  static final String SEVERAL = "models of several kinds";

  /** What the limit of something that is not known ends with. */
  static final String NOT_KNOWN = " not known";

  public WorkPair {
    limits = List.copyOf(limits);
  }

  /**
   * Pairs of a unit: each two groups of the same task and phase, and all mixtures of experts
   * against all dense models if one of them is several groups. Those that differ least in what work
   * per joule depends on besides the model are the first, among them those of different
   * architecture, and then those with the most energy.
   */
  public static List<WorkPair> of(WorkGroups groups, String unit) {
    List<WorkGroup> counted =
        groups.of(unit).stream().filter(group -> !group.counted().isEmpty()).toList();
    List<Candidate> pairs = new ArrayList<>();
    architectures(counted).forEach(pair -> pairs.add(new Candidate(pair, 1, true)));
    List<WorkGroup> largest = counted.subList(0, Math.min(MOST_GROUPS, counted.size()));
    for (int i = 0; i < largest.size(); i++) {
      for (int j = i + 1; j < largest.size(); j++) {
        if (comparable(largest.get(i), largest.get(j))) {
          pairs.add(candidate(largest.get(i), largest.get(j), groups));
        }
      }
    }
    return pairs.stream()
        .sorted(
            Comparator.comparingInt(Candidate::unequal)
                .thenComparing(candidate -> !candidate.otherArchitecture))
        .map(Candidate::pair)
        .toList();
  }

  /**
   * A pair and how well it compares.
   *
   * @param unequal number of settings that are known to differ
   */
  private record Candidate(WorkPair pair, int unequal, boolean otherArchitecture) {}

  private static Candidate candidate(WorkGroup a, WorkGroup b, WorkGroups groups) {
    WorkPair pair = pair(a, b, groups);
    int unequal = (int) pair.limits.stream().filter(limit -> limit.startsWith(OTHER)).count();
    boolean known = !a.label(EndedJob.ARCH).isEmpty() && !b.label(EndedJob.ARCH).isEmpty();
    return new Candidate(pair, unequal, known && !isSame(EndedJob.ARCH, a, b));
  }

  /** Whether their work is of the same task and phase. */
  private static boolean comparable(WorkGroup a, WorkGroup b) {
    boolean sameTask =
        a.unit().toLowerCase(Locale.ROOT).equals(TOKENS)
            || isSame(EndedJob.TASK, a, b)
            || isSame(EndedJob.MODEL, a, b);
    return sameTask && a.label(EndedJob.PHASE).equals(b.label(EndedJob.PHASE));
  }

  private static boolean isSame(String label, WorkGroup a, WorkGroup b) {
    return !a.label(label).isEmpty() && a.label(label).equals(b.label(label));
  }

  /** The one that does more work a joule is the first. */
  private static WorkPair pair(WorkGroup a, WorkGroup b, WorkGroups groups) {
    boolean inOrder = a.workPerJoule().orElse(0) >= b.workPerJoule().orElse(0);
    WorkGroup first = inOrder ? a : b;
    WorkGroup second = inOrder ? b : a;
    return new WorkPair(
        named(first.key().text(groups.groupings()), first.counted().size()),
        named(second.key().text(groups.groupings()), second.counted().size()),
        Comparison.of(first.counted(), second.counted()),
        limits(first, second));
  }

  private static String named(String name, int jobs) {
    return "%s, %d %s".formatted(name, jobs, jobs == 1 ? "job" : "jobs");
  }

  /** What work per joule depends on, besides the model. */
  private static List<String> limits(WorkGroup first, WorkGroup second) {
    List<String> limits = new ArrayList<>();
    Map<String, String> names = new TreeMap<>();
    names.put(EndedJob.GPU, "hardware");
    names.put(EndedJob.PRECISION, "precision");
    names.put(EndedJob.TASK, "task");
    names.forEach((label, name) -> {
      if (first.label(label).isEmpty() || second.label(label).isEmpty()) {
        limits.add(name + NOT_KNOWN);
      } else if (!isSame(label, first, second)) {
        limits.add(OTHER + name);
      }
    });
    // a batch is chosen for the model, so that it is no limit that it is not known
    if (!first.label(EndedJob.BATCH).equals(second.label(EndedJob.BATCH))) {
      limits.add(OTHER + EndedJob.BATCH);
    }
    return limits;
  }

  /** Mixtures of experts against dense models of equal phase, task, precision and hardware. */
  private static List<WorkPair> architectures(List<WorkGroup> counted) {
    Map<String, Map<String, List<WorkGroup>>> byEqual = new TreeMap<>();
    for (WorkGroup group : counted) {
      String arch = group.label(EndedJob.ARCH);
      if (arch.equals(EndedJob.MOE) || arch.equals(EndedJob.DENSE)) {
        byEqual
            .computeIfAbsent(equal(group), _ -> new HashMap<>())
            .computeIfAbsent(arch, _ -> new ArrayList<>())
            .add(group);
      }
    }
    List<WorkPair> pairs = new ArrayList<>();
    byEqual
        .values()
        .forEach(byArch -> {
          List<WorkGroup> moe = byArch.getOrDefault(EndedJob.MOE, List.of());
          List<WorkGroup> dense = byArch.getOrDefault(EndedJob.DENSE, List.of());
          // one group each: they are a pair of groups
          if (!moe.isEmpty() && !dense.isEmpty() && moe.size() + dense.size() > 2) {
            List<EndedJob> first = jobs(moe);
            List<EndedJob> second = jobs(dense);
            pairs.add(
                new WorkPair(
                    named("mixtures of experts", first.size()),
                    named("dense models", second.size()),
                    Comparison.of(first, second),
                    List.of(SEVERAL)));
          }
        });
    return pairs;
  }

  private static String equal(WorkGroup group) {
    String task = group.unit().toLowerCase(Locale.ROOT).equals(TOKENS) ? "" : EndedJob.TASK;
    return String.join(
        "\0",
        group.label(EndedJob.PHASE),
        task.isEmpty() ? "" : group.label(task),
        group.label(EndedJob.PRECISION),
        group.label(EndedJob.GPU));
  }

  private static List<EndedJob> jobs(List<WorkGroup> groups) {
    return groups.stream().flatMap(group -> group.counted().stream()).toList();
  }
}
