// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;

/**
 * A record of a job by a scheduler, a hook or a user. What it leaves out (an empty text, 0, {@link
 * JobSpan#UNKNOWN} or {@link JobState#UNKNOWN}) keeps its value of earlier records; the rest
 * replaces it. A job that has ended runs again only if it starts after that end. Texts are of at
 * most {@link Bounds#TEXT_CHARACTERS}; {@link Bounds#cutText} and {@link Bounds#withinBounds} cut
 * them to that.
 *
 * @param span when it ran
 * @param work units of work done so far
 * @param nodes nodes that it was given, 0 if unknown
 */
public record JobRecord(
    String site,
    String job,
    JobDetails details,
    JobSpan span,
    JobState state,
    JobWork work,
    int nodes) {

  public JobRecord {
    Keys.check(site, "site");
    Keys.check(job, "job");
    details.checkTexts(Bounds.TEXT_CHARACTERS);
    Bounds.text(work.unit(), "unit of work");
    Bounds.labels(details.labels(), "a job");
    Bounds.work(work.amount(), "work of a job");
    Bounds.count(nodes, Bounds.NODES_OF_JOB, "nodes of a job");
  }

  /** The same job, with a start. */
  public JobRecord startedAt(long epochMillis) {
    return new JobRecord(
        site, job, details, new JobSpan(epochMillis, span.endEpochMillis()), state, work, nodes);
  }

  /** The same job, at its end. */
  public JobRecord ended(long atEpochMillis, JobState endState, double workDone) {
    return new JobRecord(
        site,
        job,
        details,
        new JobSpan(span.startEpochMillis(), atEpochMillis),
        endState,
        new JobWork(workDone, work.unit()),
        nodes);
  }
}
