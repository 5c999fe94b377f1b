// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import java.util.Map;

/**
 * What a scheduler, a hook or a user says of a job. What it leaves out (what is empty, 0, {@link
 * #UNSPECIFIED} or {@link JobState#UNKNOWN}) stays as others said it; the rest takes the place of
 * what was said before. A job that has ended runs again only if it starts after that end. Texts are
 * of at most {@link Bounds#TEXT_CHARACTERS}; {@link Bounds#cutText} and {@link Bounds#withinBounds}
 * make them so.
 *
 * @param user who pays, or empty
 * @param project account or namespace, or empty
 * @param name what the user called it, or empty
 * @param partition queue, or empty
 * @param labels anything else, by name
 * @param startEpochMillis when it began to run, or {@link #UNSPECIFIED}
 * @param endEpochMillis when it ended, or {@link #OPEN}
 * @param work units of work done so far (tokens, samples, steps), 0 if unknown
 * @param workUnit the unit of {@code work}, or empty
 * @param nodes nodes that it was given, 0 if not said
 */
public record JobRecord(
    String site,
    String job,
    String user,
    String project,
    String name,
    String partition,
    Map<String, String> labels,
    long startEpochMillis,
    long endEpochMillis,
    JobState state,
    double work,
    String workUnit,
    int nodes) {

  /** In place of an end: it has not ended. */
  public static final long OPEN = -1;

  /** In place of a start: whoever says this does not know it. */
  public static final long UNSPECIFIED = -1;

  public JobRecord {
    Keys.check(site, "site");
    Keys.check(job, "job");
    Bounds.text(user, "user of a job");
    Bounds.text(project, "project of a job");
    Bounds.text(name, "name of a job");
    Bounds.text(partition, "partition of a job");
    Bounds.text(workUnit, "unit of work");
    Bounds.labels(labels, "a job");
    labels = Map.copyOf(labels);
    if (endEpochMillis != OPEN && endEpochMillis < startEpochMillis) {
      throw new IllegalArgumentException(
          "job %s ends at %d, before its start %d"
              .formatted(Bounds.shown(job), endEpochMillis, startEpochMillis));
    }
    Bounds.work(work, "work of a job");
    Bounds.count(nodes, Bounds.NODES_OF_JOB, "nodes of a job");
  }

  /** On nobody knows how many nodes. */
  public JobRecord(
      String site,
      String job,
      String user,
      String project,
      String name,
      String partition,
      Map<String, String> labels,
      long startEpochMillis,
      long endEpochMillis,
      JobState state,
      double work,
      String workUnit) {
    this(
        site,
        job,
        user,
        project,
        name,
        partition,
        labels,
        startEpochMillis,
        endEpochMillis,
        state,
        work,
        workUnit,
        0);
  }

  /** The same job, with a start. */
  public JobRecord startedAt(long epochMillis) {
    return new JobRecord(
        site,
        job,
        user,
        project,
        name,
        partition,
        labels,
        epochMillis,
        endEpochMillis,
        state,
        work,
        workUnit,
        nodes);
  }

  /** The same job, at its end. */
  public JobRecord ended(long atEpochMillis, JobState endState, double workDone) {
    return new JobRecord(
        site,
        job,
        user,
        project,
        name,
        partition,
        labels,
        startEpochMillis,
        atEpochMillis,
        endState,
        workDone,
        workUnit,
        nodes);
  }
}
