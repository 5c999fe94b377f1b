// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.api.JobPath;
import io.github.joulestream.serve.http.JsonText;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.stream.JobCosts.JobCost;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as the event {@code jobs} has it, in parts that change apart from each other: a client is
 * sent those that changed since the frame that it has. One thread.
 */
final class JobRow {
  private static final double BASIS_POINTS = 10_000;
  private static final byte[] OWN = ",\"own\":true".getBytes(US_ASCII);
  private static final byte[] NOT_OWN = ",\"own\":false".getBytes(US_ASCII);
  private static final byte[] NO_NODES = ",\"nodes\":[]".getBytes(US_ASCII);

  private final String site;
  private final String job;
  private final byte[] head;
  private final RowPart<Facts> facts = new RowPart<>(Facts::equals, this::facts);
  private final RowPart<JobSums> sums = new RowPart<>(JobSums::equals, JobSums::bytes);
  private final RowPart<Long> power =
      new RowPart<>(Long::equals, of -> ascii(",\"milliwatts\":" + of));
  private final RowPart<Long> gpus =
      new RowPart<>(Long::equals, of -> ascii(",\"gpus\":" + of / BASIS_POINTS));
  private final RecentPart recent = new RecentPart();
  private final Map<CellsMode, RowPart<int[]>> nodes = new EnumMap<>(CellsMode.class);
  private String user = "";
  private String project = "";
  private long milliwatts;

  private record Head(String job) {}

  /** What is the same for as long as a job runs, but for names that come late. */
  private record Facts(
      String user, String project, String name, long startEpochMillis, String currency) {}

  private record FactsText(
      String path,
      String user,
      String project,
      String name,
      @Nullable String start,
      String currency) {}

  JobRow(String site, String job) {
    this.site = site;
    this.job = job;
    byte[] object = JsonText.bytes(new Head(job));
    this.head = Arrays.copyOf(object, object.length - 1);
  }

  /** Takes in what the job does now. */
  void update(LiveJob now, JobCosts costs, long frame) {
    JobSummary summary = now.summary();
    JobDetails details = summary == null ? JobDetails.NONE : summary.details();
    JobSums used = JobSums.NONE;
    JobCost cost = JobCost.UNKNOWN;
    if (summary != null) {
      cost = costs.of(site, job, summary.totals().get(JobAmount.TOTAL_MILLIJOULES));
      used = JobSums.of(summary.totals(), cost);
    }
    user = details.user();
    project = details.project();
    milliwatts = now.milliwatts();
    facts.set(
        new Facts(
            user,
            project,
            details.name(),
            summary == null ? JobSpan.UNKNOWN : summary.times().startEpochMillis(),
            cost.currency()),
        frame);
    sums.set(used, frame);
    power.set(milliwatts, frame);
    gpus.set(now.gpuBasisPoints(), frame);
    recent.set(now.recentMilliwatts(), frame);
  }

  /** Sets the positions of its nodes in a form of the map, rising. */
  void setNodes(CellsMode mode, int[] positions, long frame) {
    nodes
        .computeIfAbsent(
            mode, _ -> new RowPart<>(Arrays::equals, of -> ascii(",\"nodes\":" + pairs(of))))
        .set(positions, frame);
  }

  String user() {
    return user;
  }

  String project() {
    return project;
  }

  long milliwatts() {
    return milliwatts;
  }

  /** Whether it changed after a frame, in that form of the map. */
  boolean hasChanged(CellsMode mode, long base) {
    RowPart<int[]> of = nodes.get(mode);
    return power.isAfter(base)
        || sums.isAfter(base)
        || recent.isAfter(base)
        || facts.isAfter(base)
        || gpus.isAfter(base)
        || (of != null && of.isAfter(base));
  }

  /**
   * Writes its name and the parts that changed after a frame.
   *
   * @param base the frame that the client has of it; below 0 if it has none: it gets all parts
   * @param isSure whether the client has that frame and nothing of a later one
   */
  void write(ByteArrayOutputStream out, CellsMode mode, boolean own, long base, boolean isSure) {
    out.writeBytes(head);
    if (facts.write(out, base)) {
      out.writeBytes(own ? OWN : NOT_OWN);
    }
    sums.write(out, base);
    power.write(out, base);
    gpus.write(out, base);
    RowPart<int[]> of = nodes.get(mode);
    if (of != null) {
      of.write(out, base);
    } else if (base < 0) {
      out.writeBytes(NO_NODES);
    }
    recent.write(out, base, isSure);
    out.write('}');
  }

  private byte[] facts(Facts of) {
    byte[] object =
        JsonText.bytes(
            new FactsText(
                JobPath.of(site, job),
                of.user(),
                of.project(),
                of.name(),
                of.startEpochMillis() == JobSpan.UNKNOWN
                    ? null
                    : Instant.ofEpochMilli(of.startEpochMillis()).toString(),
                of.currency()));
    object[0] = ',';
    return Arrays.copyOf(object, object.length - 1);
  }

  /** Runs of neighbours, each as its first and its number. */
  private static String pairs(int[] positions) {
    StringBuilder text = new StringBuilder().append('[');
    int i = 0;
    while (i < positions.length) {
      int next = i + 1;
      while (next < positions.length && positions[next] == positions[next - 1] + 1) {
        next++;
      }
      text.append(i == 0 ? "[" : ",[")
          .append(positions[i])
          .append(',')
          .append(next - i)
          .append(']');
      i = next;
    }
    return text.append(']').toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
