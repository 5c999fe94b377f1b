// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What belongs together: the logs of one run, and the jobs that they are the power of. */
final class Run {
  /** What names it in notices, relative to the folder of the traces. */
  final String file;

  /** What its nodes are called: this and the suffix of a log. */
  final String machine;

  /** What they are called instead if another run of that machine contradicts it. */
  final String ownMachine;

  /** As they were read. */
  final List<Log> logs;

  final List<TracedJob> jobs;

  /** Where the first and last value of each log are held, or null. */
  final @Nullable Edges held;

  /** One file of it; the suffix distinguishes its nodes. */
  record Log(String suffix, NodeLog log) {}

  /** Moments at which a run begins and ends. */
  record Edges(long startEpochMillis, long stopEpochMillis) {}

  /** The nodes of the logs, and of the jobs, are {@code machine} and the suffix. */
  Run(
      String file,
      String machine,
      String ownMachine,
      List<Log> logs,
      List<TracedJob> jobs,
      @Nullable Edges held) {
    this.file = file;
    this.machine = machine;
    this.ownMachine = ownMachine;
    this.logs =
        logs.stream()
            .map(each ->
                new Log(
                    each.suffix,
                    new NodeLog(
                        NodeNames.fitting(machine + each.suffix),
                        each.log.file(),
                        each.log.devices())))
            .toList();
    this.jobs = new ArrayList<>();
    jobs.forEach(this::add);
    this.held = held;
  }

  /** Adds a job that held the nodes of these logs. */
  void add(TracedJob job) {
    jobs.add(job.on(logs.stream().map(log -> log.log.node()).distinct().toList()));
  }

  Run named(String newMachine) {
    return new Run(file, newMachine, ownMachine, logs, jobs, held);
  }
}
