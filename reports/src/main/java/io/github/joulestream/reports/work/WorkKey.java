// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import io.github.joulestream.reports.data.Grouping;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What jobs of a group have in common.
 *
 * @param values of the groupings, in their order; empty where unknown
 */
public record WorkKey(List<String> values) implements Comparable<WorkKey> {
  /** What jobs are grouped by if nothing else is asked for: what decides work per joule. */
  public static final List<Grouping> BY_MODEL =
      List.of(
          label(EndedJob.MODEL),
          label(EndedJob.ARCH),
          label(EndedJob.PHASE),
          label(EndedJob.PRECISION),
          label(EndedJob.BATCH),
          label(EndedJob.GPU));

  private static final String UNKNOWN = "(unknown)";

  public WorkKey {
    values = List.copyOf(values);
  }

  private static Grouping label(String name) {
    return new Grouping(Grouping.By.LABEL, name);
  }

  /** Of a job. */
  static WorkKey of(EndedJob job, List<Grouping> groupings) {
    return new WorkKey(groupings.stream().map(each -> value(job.who(), each)).toList());
  }

  private static String value(EndedJob.Who job, Grouping grouping) {
    return switch (grouping.by()) {
      case USER -> job.user();
      case PROJECT -> job.project();
      case PARTITION -> job.partition();
      case SITE -> job.site();
      case JOB -> job.site() + "/" + job.job();
      case LABEL -> Objects.requireNonNullElse(job.labels().get(grouping.label()), "").strip();
      case NODE, KIND, DAY ->
          throw new IllegalArgumentException(
              "whole jobs have no %s to be grouped by".formatted(grouping.name()));
    };
  }

  /** True if whole jobs can be grouped so. */
  public static boolean isPossible(Grouping grouping) {
    return switch (grouping.by()) {
      case USER, PROJECT, PARTITION, SITE, JOB, LABEL -> true;
      case NODE, KIND, DAY -> false;
    };
  }

  /** The first value: the name of the group. */
  public String name() {
    return values.isEmpty() || values.getFirst().isEmpty() ? UNKNOWN : values.getFirst();
  }

  /** The others that are known: {@code moe, infer, fp8, batch 32}. */
  public String setting(List<Grouping> groupings) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < values.size(); i++) {
      if (!values.get(i).isEmpty()) {
        text.append(text.isEmpty() ? "" : ", ").append(prefix(groupings.get(i)));
        text.append(values.get(i));
      }
    }
    return text.toString();
  }

  private static String prefix(Grouping grouping) {
    return switch (grouping.by()) {
      case LABEL ->
          switch (grouping.label()) {
            // they say by themselves what they are
            case EndedJob.MODEL, EndedJob.ARCH, EndedJob.PHASE, EndedJob.PRECISION, EndedJob.GPU ->
                "";
            default -> grouping.label() + " ";
          };
      case JOB -> "";
      default -> grouping.name() + " ";
    };
  }

  /** For people, in one text. */
  public String text(List<Grouping> groupings) {
    String setting = setting(groupings);
    return setting.isEmpty() ? name() : name() + " (" + setting + ")";
  }

  @Override
  public int compareTo(WorkKey other) {
    return values.stream()
        .collect(Collectors.joining("\0"))
        .compareTo(other.values.stream().collect(Collectors.joining("\0")));
  }
}
