// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.JobFragments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The jobs of a site that hold devices, run, or ended lately. Owned by the site. */
final class SiteJobs {
  /** A job that ended longer ago is dropped, ms. */
  static final int KEPT_MILLIS = 600_000;

  // a job has more than one only if it is reported again weeks after its end
  private static final int FRAGMENTS = 16;
  private static final int[] NOWHERE = {};

  private final LiveRoom room;
  private final Map<String, Job> jobs = new HashMap<>();

  private static final class Job {
    final TreeMap<Long, JobSummary> fragments = new TreeMap<>();
    final PowerWindows windows = new PowerWindows();
    boolean holds;

    @Nullable JobSummary summary() {
      return fragments.isEmpty()
          ? null
          : JobFragments.together(List.copyOf(fragments.values())).getFirst();
    }
  }

  /** What a job has on all nodes. */
  static final class Held {
    private long milliwatts;
    private long gpuBasisPoints;
    private long gpuBusyBasisPoints;
    private int[] nodes = NOWHERE;
    private int size;

    private void add(JobPower on, int position) {
      milliwatts += on.milliwatts();
      gpuBasisPoints += on.gpuBasisPoints();
      gpuBusyBasisPoints += on.gpuBusyBasisPoints();
      if (size == nodes.length) {
        nodes = Arrays.copyOf(nodes, Math.max(2, 2 * size));
      }
      nodes[size++] = position;
    }
  }

  SiteJobs(LiveRoom room) {
    this.room = room;
  }

  /** Takes in what a job has consumed. */
  void accept(JobSummary summary, long dataMillis) {
    Job known = jobs.get(summary.job());
    if (known == null && !isOfNow(summary, dataMillis)) {
      return;
    }
    Job job = known == null ? add(summary.job()) : known;
    if (job == null) {
      return;
    }
    JobSummary before = job.fragments.remove(summary.fragmentEpochMillis());
    if (before != null) {
      room.freeText(before);
    } else if (job.fragments.size() >= FRAGMENTS) {
      throw new IllegalArgumentException("a job of over %d fragments".formatted(FRAGMENTS));
    }
    job.fragments.put(summary.fragmentEpochMillis(), room.keepText(summary));
  }

  private @Nullable Job add(String name) {
    if (!room.addJob()) {
      return null;
    }
    Job job = new Job();
    jobs.put(name, job);
    return job;
  }

  /** A job was forgotten: its names go, its energy stays. */
  void forget(String name) {
    Job job = jobs.get(name);
    if (job != null) {
      job.fragments.replaceAll((_, summary) -> {
        room.freeText(summary);
        return summary.withoutNames();
      });
    }
  }

  private static boolean isOfNow(JobSummary job, long dataMillis) {
    long since = dataMillis - KEPT_MILLIS;
    if (job.times().hasEnded()) {
      return job.times().endEpochMillis() >= since;
    }
    return job.state() == JobState.RUNNING || job.times().lastEpochMillis() >= since;
  }

  /** Takes a sample of the power of each job, and notes which jobs hold devices. */
  void sample(Iterable<NodeState> nodes, long dataMillis, long nowMillis) {
    jobs.values().forEach(job -> job.holds = false);
    held(nodes, nowMillis)
        .forEach((name, held) -> {
          Job known = jobs.get(name);
          Job job = known == null ? add(name) : known;
          if (job != null) {
            job.holds = true;
            job.windows.add(dataMillis, held.milliwatts);
          }
        });
  }

  /** Drops jobs that are over. */
  void dropEnded(long dataMillis) {
    jobs.values()
        .removeIf(job -> {
          boolean isOver =
              !job.holds
                  && job.fragments.values().stream().noneMatch(part -> isOfNow(part, dataMillis));
          if (isOver) {
            freed(job);
          }
          return isOver;
        });
  }

  private void freed(Job job) {
    room.removeJob();
    job.fragments.values().forEach(room::freeText);
  }

  void clear() {
    jobs.values().forEach(this::freed);
    jobs.clear();
  }

  long running() {
    return jobs.values().stream()
        .filter(job ->
            job.fragments.values().stream().anyMatch(part -> part.state() == JobState.RUNNING))
        .count();
  }

  /** What jobs hold on the nodes that report, by job. */
  private static Map<String, Held> held(Iterable<NodeState> nodes, long nowMillis) {
    Map<String, Held> held = new HashMap<>();
    for (NodeState node : nodes) {
      if (!node.isSilent(nowMillis)) {
        for (JobPower job : node.jobs) {
          held.computeIfAbsent(job.job(), _ -> new Held()).add(job, node.position);
        }
      }
    }
    return held;
  }

  /** The jobs now. */
  List<LiveJob> jobs(SiteNodes nodes, long nowMillis) {
    long dataMillis = nodes.dataMillis(nowMillis);
    Map<String, Held> held = held(Arrays.asList(nodes.ordered()), nowMillis);
    List<LiveJob> live = new ArrayList<>(Math.max(jobs.size(), held.size()));
    held.forEach((name, of) -> live.add(live(name, jobs.get(name), of, nodes, nowMillis)));
    jobs.forEach((name, job) -> {
      if (!held.containsKey(name)
          && job.fragments.values().stream().anyMatch(part -> isOfNow(part, dataMillis))) {
        live.add(live(name, job, new Held(), nodes, nowMillis));
      }
    });
    return live;
  }

  private static LiveJob live(
      String name, @Nullable Job job, Held held, SiteNodes nodes, long nowMillis) {
    return new LiveJob(
        name,
        job == null ? null : job.summary(),
        held.milliwatts,
        held.gpuBasisPoints,
        held.gpuBusyBasisPoints,
        Arrays.copyOf(held.nodes, held.size),
        nodes.version(),
        job == null ? PowerWindows.none() : job.windows.upTo(nodes.windowsMillis(nowMillis)));
  }
}
