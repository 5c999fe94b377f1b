// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.api.JobPath;
import io.github.joulestream.serve.http.JsonText;
import io.github.joulestream.serve.live.LiveJob;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as the event {@code jobs} has it, with the frames at which its parts changed last. One
 * thread.
 */
final class JobRow {
  private static final double BASIS_POINTS = 10_000;
  private static final byte[] OWN = ",\"own\":true,\"nodes\":".getBytes(US_ASCII);
  private static final byte[] NOT_OWN = ",\"own\":false,\"nodes\":".getBytes(US_ASCII);
  private static final byte[] RECENT = ",\"recent\":".getBytes(US_ASCII);
  private static final byte[] NO_NODES = "[]".getBytes(US_ASCII);

  private final Part facts = new Part();
  private final Part recent = new Part();
  private final Map<CellsMode, Part> nodes = new EnumMap<>(CellsMode.class);
  private String user = "";
  private String project = "";
  private long milliwatts;

  /** All of it that every viewer and every form of the map has in common. */
  private record Facts(
      String job,
      String path,
      String user,
      String project,
      String name,
      long milliwatts,
      long energyMillijoules,
      long heldIdleMillijoules,
      long idleGpuMillis,
      double gpus,
      @Nullable String start,
      @Nullable BigDecimal cost,
      String currency,
      @Nullable BigDecimal co2eGrams) {}

  /** Bytes, and when they changed last. */
  private static final class Part {
    private byte[] bytes = {};
    private long changedAt;

    void set(byte[] now, long frame) {
      if (!Arrays.equals(bytes, now)) {
        bytes = now;
        changedAt = frame;
      }
    }
  }

  /** Takes in what the job does now. */
  void update(String site, LiveJob job, JobCosts costs, long frame) {
    JobSummary summary = job.summary();
    JobDetails details = summary == null ? JobDetails.NONE : summary.details();
    Totals<JobAmount> totals = summary == null ? Totals.ofJob() : summary.totals();
    user = details.user();
    project = details.project();
    milliwatts = job.milliwatts();
    long energy = totals.get(JobAmount.TOTAL_MILLIJOULES);
    JobCosts.JobCost cost = costs.of(site, job.job(), energy);
    facts.set(
        JsonText.bytes(
            new Facts(
                job.job(),
                JobPath.of(site, job.job()),
                user,
                project,
                details.name(),
                milliwatts,
                energy,
                totals.get(JobAmount.HELD_IDLE_MILLIJOULES),
                Math.max(
                    0,
                    totals.get(JobAmount.GPU_HELD_MILLIS) - totals.get(JobAmount.GPU_BUSY_MILLIS)),
                job.gpuBasisPoints() / BASIS_POINTS,
                summary == null || !summary.times().hasStart()
                    ? null
                    : Instant.ofEpochMilli(summary.times().startEpochMillis()).toString(),
                cost.cost(),
                cost.currency(),
                cost.co2eGrams())),
        frame);
    recent.set(series(job.recentMilliwatts()), frame);
  }

  /** Sets the positions of its nodes in a form of the map, rising. */
  void setNodes(CellsMode mode, int[] positions, long frame) {
    nodes.computeIfAbsent(mode, _ -> new Part()).set(pairs(positions), frame);
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
    Part of = nodes.get(mode);
    return facts.changedAt > base || recent.changedAt > base || (of != null && of.changedAt > base);
  }

  /**
   * Writes it.
   *
   * @param base the frame that the client has of it; its curve is left out if it is that one
   */
  void write(ByteArrayOutputStream out, CellsMode mode, boolean own, long base) {
    Part of = nodes.get(mode);
    out.write(facts.bytes, 0, facts.bytes.length - 1);
    out.writeBytes(own ? OWN : NOT_OWN);
    out.writeBytes(of == null ? NO_NODES : of.bytes);
    if (recent.changedAt > base) {
      out.writeBytes(RECENT);
      out.writeBytes(recent.bytes);
    }
    out.write('}');
  }

  private static byte[] series(long[] values) {
    StringBuilder text = new StringBuilder(values.length * 10 + 2).append('[');
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",");
      if (values[i] < 0) {
        text.append("null");
      } else {
        text.append(values[i]);
      }
    }
    return text.append(']').toString().getBytes(US_ASCII);
  }

  /** Runs of neighbours, each as its first and its number. */
  static byte[] pairs(int[] positions) {
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
    return text.append(']').toString().getBytes(UTF_8);
  }
}
