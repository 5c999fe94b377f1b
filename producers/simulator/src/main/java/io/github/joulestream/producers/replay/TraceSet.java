// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.TelemetryBatch;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Traces that were read. Publishes them as agents, hooks and a scheduler would have done, in the
 * order of time, as fast as they are taken. Batches are numbered by what is in the files, so
 * publishing the same traces again adds nothing.
 */
public final class TraceSet {
  private static final int ROWS_PER_BATCH = 50;

  /** Readings whose allocations are published at once, before the first of them. */
  private static final long READINGS_AHEAD = 20_000;

  private final String site;
  private final Found found;

  TraceSet(String site, Found found) {
    this.site = site;
    this.found = found;
  }

  public String site() {
    return site;
  }

  /** The jobs at their ends, in the order of their starts. */
  public List<JobRecord> jobs() {
    return found.jobs.stream()
        .map(TracedJob::ended)
        .sorted(Comparator.comparingLong(job -> job.span().startEpochMillis()))
        .toList();
  }

  public long nodes() {
    return found.logs.stream().map(NodeLog::node).distinct().count();
  }

  /** Readings to publish: rows, over all devices. */
  public long readings() {
    return found.logs.stream().mapToLong(NodeLog::readings).sum();
  }

  /** Figures in the files of a job beside its energy, by job, in the order of their names. */
  public SortedMap<String, Figures> figures() {
    SortedMap<String, Figures> figures = new TreeMap<>();
    for (TracedJob job : found.jobs) {
      if (job.figures() != null) {
        figures.put(job.ended().job(), job.figures());
      }
    }
    return figures;
  }

  /** What was left out or refused and why, one line each. */
  public List<String> notices() {
    return found.notices.all();
  }

  /** Something to publish, and when it happened; of equal times what comes first in the list. */
  private record Event(long epochMillis, int order, Content content) {}

  private sealed interface Content {
    record OfJob(JobRecord job) implements Content {}

    record OfAllocation(AllocationEvent event) implements Content {}

    record Rows(NodeLog log, int batch) implements Content {
      long readings() {
        int from = batch * ROWS_PER_BATCH;
        return (long) (Math.min(log.rows(), from + ROWS_PER_BATCH) - from) * log.devices().size();
      }
    }
  }

  /**
   * Publishes everything and returns when it is acknowledged; true if it is all.
   *
   * <p>Allocations are published ahead of the readings of their time, those of many readings at
   * once. Whoever consumes both gets readings in large pieces, and what a job gave back may come
   * behind a piece of them: then the job seems to hold its nodes until the next run, hours later,
   * and each allocation is booked once more from the history. So what consumes them can be waited
   * for.
   *
   * @param progress receives the number of readings published so far
   * @param stop ends it early, between two batches
   * @param taken returns when the allocations that are published are known to have been consumed,
   *     or at once where nobody knows
   */
  public boolean publish(
      Publisher publisher, LongConsumer progress, BooleanSupplier stop, Runnable taken) {
    long done = 0;
    Map<String, Agent> agents = agents();
    List<Event> events = events();
    Iterator<Ahead> ahead = ahead(events).iterator();
    Ahead next = ahead.hasNext() ? ahead.next() : null;
    for (Event event : events) {
      if (stop.getAsBoolean()) {
        publisher.flush();
        return false;
      }
      if (next != null && next.readingsBefore <= done) {
        while (next != null && next.readingsBefore <= done + READINGS_AHEAD) {
          publisher.publish(next.event);
          next = ahead.hasNext() ? ahead.next() : null;
        }
        publisher.flush();
        taken.run();
      }
      switch (event.content) {
        case Content.OfJob(JobRecord job) -> publisher.publish(job);
        case Content.OfAllocation _ -> {
          // was published ahead
        }
        case Content.Rows(NodeLog log, int batch) -> {
          Agent agent = requireNonNull(agents.get(log.node()), "agent");
          TelemetryBatch telemetry =
              new TelemetryBatch(
                  site, log.node(), agent.epoch, agent.sequence++, devices(log, batch));
          publisher.publish(telemetry);
          done += telemetry.readings();
          progress.accept(done);
        }
      }
    }
    publisher.flush();
    return true;
  }

  /** Publishes everything without waiting for whoever consumes it. */
  public boolean publish(Publisher publisher, LongConsumer progress, BooleanSupplier stop) {
    return publish(publisher, progress, stop, () -> {});
  }

  /** An allocation, and how many readings come before it in the order of time. */
  private record Ahead(long readingsBefore, AllocationEvent event) {}

  private static List<Ahead> ahead(List<Event> events) {
    List<Ahead> ahead = new ArrayList<>();
    long readings = 0;
    for (Event event : events) {
      if (event.content instanceof Content.OfAllocation(AllocationEvent allocation)) {
        ahead.add(new Ahead(readings, allocation));
      } else if (event.content instanceof Content.Rows rows) {
        readings += rows.readings();
      }
    }
    return ahead;
  }

  private List<Event> events() {
    List<Event> events = new ArrayList<>();
    for (TracedJob traced : found.jobs) {
      JobRecord ended = traced.ended();
      JobRecord running =
          new JobRecord(
              ended.site(),
              ended.job(),
              ended.details(),
              JobSpan.openSince(ended.span().startEpochMillis()),
              JobState.RUNNING,
              new JobWork(0, ended.work().unit()),
              0);
      events.add(new Event(ended.span().startEpochMillis(), 0, new Content.OfJob(running)));
      for (String node : traced.nodes()) {
        events.add(
            new Event(
                ended.span().startEpochMillis(),
                1,
                new Content.OfAllocation(
                    AllocationEvent.holdNode(
                        site, node, ended.job(), ended.span().startEpochMillis(), traced.gpus()))));
        events.add(
            new Event(
                ended.span().endEpochMillis(),
                2,
                new Content.OfAllocation(
                    AllocationEvent.release(
                        site, node, ended.job(), ended.span().endEpochMillis()))));
      }
      events.add(new Event(ended.span().endEpochMillis(), 3, new Content.OfJob(ended)));
    }
    for (NodeLog log : found.logs) {
      long[] times = log.devices().getFirst().readings().epochMillis();
      // batches of one log stay in order even where the log's times do not
      long latest = Long.MIN_VALUE;
      for (int from = 0, batch = 0; from < times.length; from += ROWS_PER_BATCH, batch++) {
        for (int row = from; row < Math.min(times.length, from + ROWS_PER_BATCH); row++) {
          latest = Math.max(latest, times[row]);
        }
        events.add(new Event(latest, 4, new Content.Rows(log, batch)));
      }
    }
    events.sort(Comparator.comparingLong(Event::epochMillis).thenComparingInt(Event::order));
    return events;
  }

  private static List<DeviceSeries> devices(NodeLog log, int batch) {
    int from = batch * ROWS_PER_BATCH;
    int to = Math.min(log.rows(), from + ROWS_PER_BATCH);
    List<DeviceSeries> devices = new ArrayList<>();
    for (DeviceSeries series : log.devices()) {
      devices.add(new DeviceSeries(series.device(), series.readings().slice(from, to)));
    }
    return devices;
  }

  /**
   * What numbers the batches of one node. A node has one epoch however many files it has: only so
   * many epochs are remembered of a node, and a benchmark may have had it for dozens of runs.
   */
  private static final class Agent {
    final MessageDigest digest = Digests.sha256();
    long epoch;
    long sequence;
  }

  /** An epoch is the same for the same readings read in the same way, and only for these. */
  private Map<String, Agent> agents() {
    Map<String, Agent> agents = new HashMap<>();
    for (NodeLog log : found.logs) {
      MessageDigest digest = agents.computeIfAbsent(log.node(), _ -> new Agent()).digest;
      Digests.put(digest, site + "/" + log.node() + "/" + log.file());
      for (DeviceSeries series : log.devices()) {
        Readings readings = series.readings();
        Digests.put(digest, series.device().toString());
        Digests.put(digest, readings.epochMillis());
        Digests.put(digest, readings.powerMilliwatts());
        Digests.put(digest, readings.energyMicrojoules());
        Digests.put(digest, readings.utilisationBasisPoints());
        Digests.put(digest, readings.usedBytes());
      }
    }
    for (Agent agent : agents.values()) {
      agent.epoch = ByteBuffer.wrap(agent.digest.digest()).getLong() & Long.MAX_VALUE;
    }
    return agents;
  }
}
