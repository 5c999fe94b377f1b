// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.NodeRecord;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How much is kept of all sites together, so that no record decides how much memory it takes. What
 * is over is left out, and logged. Used by the thread that takes records in.
 */
final class LiveRoom {
  static final int SITES = 1_000;
  static final int NODES = 250_000;
  static final int JOBS = 200_000;
  static final int ALERTS = 20_000;
  static final int BUDGETS = 20_000;

  /** Characters of labels and lines of nodes, and of labels of jobs. */
  static final long TEXT_CHARACTERS = 64_000_000;

  private final Consumer<String> overfull;
  private int nodes;
  private int jobs;
  private int alerts;
  private int budgets;
  private long characters;

  /**
   * Nothing is kept yet.
   *
   * @param overfull gets what is left out, in words
   */
  LiveRoom(Consumer<String> overfull) {
    this.overfull = overfull;
  }

  boolean addNode() {
    boolean fits = fits(nodes, NODES, "nodes");
    nodes += fits ? 1 : 0;
    return fits;
  }

  void removeNode() {
    nodes--;
  }

  boolean addJob() {
    boolean fits = fits(jobs, JOBS, "jobs");
    jobs += fits ? 1 : 0;
    return fits;
  }

  void removeJob() {
    jobs--;
  }

  boolean addAlert() {
    boolean fits = fits(alerts, ALERTS, "alerts");
    alerts += fits ? 1 : 0;
    return fits;
  }

  void removeAlert() {
    alerts--;
  }

  boolean addBudget() {
    boolean fits = fits(budgets, BUDGETS, "budgets");
    budgets += fits ? 1 : 0;
    return fits;
  }

  void removeBudget() {
    budgets--;
  }

  private boolean fits(int count, int most, String what) {
    if (count < most) {
      return true;
    }
    overfull.accept("over %,d %s: others are left out".formatted(most, what));
    return false;
  }

  /** The record with as much of its texts as there is room for. */
  NodeRecord keepText(NodeRecord record) {
    if (keep(characters(record))) {
      return record;
    }
    NodeRecord bare =
        new NodeRecord(
            record.site(),
            record.node(),
            record.epochMillis(),
            record.agentVersion(),
            Map.of(),
            record.spooledBatches(),
            record.droppedBatches(),
            List.of(),
            record.notUnderstood(),
            List.of());
    characters += characters(bare);
    return bare;
  }

  /** The summary with as much of its labels as there is room for. */
  JobSummary keepText(JobSummary job) {
    if (keep(characters(job))) {
      return job;
    }
    JobDetails details = job.details();
    return new JobSummary(
        job.site(),
        job.job(),
        new JobDetails(
            details.user(), details.project(), details.name(), details.partition(), Map.of()),
        job.state(),
        job.times(),
        job.peakMilliwatts(),
        job.work(),
        job.totals(),
        job.fragmentEpochMillis(),
        job.nodes());
  }

  private boolean keep(long more) {
    if (characters + more > TEXT_CHARACTERS) {
      overfull.accept(
          "labels of over %,d characters together: others are left out".formatted(TEXT_CHARACTERS));
      return false;
    }
    characters += more;
    return true;
  }

  void freeText(@Nullable NodeRecord record) {
    characters -= record == null ? 0 : characters(record);
  }

  void freeText(JobSummary job) {
    characters -= characters(job);
  }

  private static long characters(NodeRecord record) {
    return characters(record.labels())
        + characters(record.unavailable())
        + characters(record.notUnderstoodNames());
  }

  private static long characters(JobSummary job) {
    return characters(job.details().labels());
  }

  private static long characters(Map<String, String> labels) {
    return characters(labels.keySet()) + characters(labels.values());
  }

  private static long characters(Iterable<String> texts) {
    long characters = 0;
    for (String text : texts) {
      characters += text.length();
    }
    return characters;
  }
}
