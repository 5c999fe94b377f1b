// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.WireSerdes;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds increments to a job's windows and to the whole job, and tells how both stand, a few times a
 * second.
 */
public final class TotalJobs implements Processor<String, JobNews, String, JobUpdate> {
  public static final String WINDOWS = "job-windows";
  public static final String TOTALS = "job-totals";
  public static final String PENDING = "job-pending";

  private static final Logger log = LoggerFactory.getLogger(TotalJobs.class);
  private static final byte[] YES = {1};
  private static final long NONE = -1;

  private final Serde<JobRecord> jobs = WireSerdes.jobs();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, JobUpdate> context;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, JobWindow> windows;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, JobSummary> totals;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, byte[]> pending;

  @Override
  public void init(ProcessorContext<String, JobUpdate> newContext) {
    context = newContext;
    windows = context.getStateStore(WINDOWS);
    totals = context.getStateStore(TOTALS);
    pending = context.getStateStore(PENDING);
    context.schedule(AttributeEnergy.PACE, PunctuationType.WALL_CLOCK_TIME, _ -> tell());
  }

  @Override
  public void process(Record<String, JobNews> news) {
    switch (news.value()) {
      case JobNews.Increment(JobWindow window) -> add(news.key(), window);
      case JobNews.Statement(byte[] value) -> {
        try {
          JobRecord job =
              requireNonNull(jobs.deserializer().deserialize("jobs", value), "empty record");
          if (!Keys.job(job.site(), job.job()).equals(news.key())) {
            throw new IllegalArgumentException(
                "a record of %s/%s has the key %s".formatted(job.site(), job.job(), news.key()));
          }
          take(news.key(), job);
        } catch (SerializationException | IllegalArgumentException e) {
          log.warn("refused a record of job {}: {}", news.key(), e.toString());
          context
              .recordMetadata()
              .ifPresent(origin ->
                  context.forward(
                      new Record<>(
                          news.key(),
                          (JobUpdate) new JobUpdate.Refused(value),
                          news.timestamp(),
                          DeadLetterHeaders.of(String.valueOf(e.getMessage()), origin))));
        }
      }
    }
  }

  private void add(String key, JobWindow increment) {
    String windowKey = windowKey(key, increment.windowStartEpochMillis());
    JobWindow before = windows.get(windowKey);
    long powerBefore = before == null ? 0 : meanMilliwatts(before);
    JobWindow after =
        new JobWindow(
            increment.site(),
            increment.job(),
            increment.windowStartEpochMillis(),
            increment.windowMillis(),
            before == null
                ? increment.totals().copy()
                : before.totals().copy().addAll(increment.totals()));
    windows.put(windowKey, after);
    pending.put(windowKey, YES);

    JobSummary job = totals.get(key);
    if (job == null) {
      job = unknown(increment.site(), increment.job());
    }
    long power = meanMilliwatts(after);
    long peak =
        power >= job.peakMilliwatts()
            ? power
            : powerBefore == job.peakMilliwatts() ? highest(key) : job.peakMilliwatts();
    long start = increment.windowStartEpochMillis();
    long end = start + increment.windowMillis();
    boolean startIsKnown = job.state() != JobState.UNKNOWN;
    totals.put(
        key,
        new JobSummary(
            job.site(),
            job.job(),
            job.user(),
            job.project(),
            job.name(),
            job.partition(),
            job.labels(),
            job.state(),
            job.anchorEpochMillis(),
            startIsKnown || (job.startEpochMillis() != NONE && job.startEpochMillis() <= start)
                ? job.startEpochMillis()
                : start,
            job.endEpochMillis(),
            Math.max(job.lastEpochMillis(), end),
            peak,
            job.work(),
            job.workUnit(),
            job.totals().addAll(increment.totals())));
    pending.put(key, YES);
  }

  private void take(String key, JobRecord said) {
    JobSummary job = totals.get(key);
    if (job == null) {
      job = unknown(said.site(), said.job());
    }
    totals.put(
        key,
        new JobSummary(
            job.site(),
            job.job(),
            said.user(),
            said.project(),
            said.name(),
            said.partition(),
            said.labels(),
            said.state(),
            job.anchorEpochMillis(),
            said.startEpochMillis(),
            said.endEpochMillis(),
            job.lastEpochMillis(),
            job.peakMilliwatts(),
            said.work(),
            said.workUnit(),
            job.totals()));
    pending.put(key, YES);
  }

  private static JobSummary unknown(String site, String job) {
    return new JobSummary(
        site,
        job,
        "",
        "",
        "",
        "",
        Map.of(),
        JobState.UNKNOWN,
        NONE,
        NONE,
        JobRecord.OPEN,
        NONE,
        0,
        0,
        "",
        Totals.ofJob());
  }

  /** The highest mean power of any window: needed anew when the highest was corrected downwards. */
  private long highest(String key) {
    long highest = 0;
    try (KeyValueIterator<String, JobWindow> all = windows.range(key + "\0", key + "\1")) {
      while (all.hasNext()) {
        highest = Math.max(highest, meanMilliwatts(all.next().value));
      }
    }
    return highest;
  }

  /** Millijoules over milliseconds are watts. */
  private static long meanMilliwatts(JobWindow window) {
    return window.totals().get(JobAmount.TOTAL_MILLIJOULES) * 1000 / window.windowMillis();
  }

  /** In the order of time, as text. */
  private static String windowKey(String key, long windowStartEpochMillis) {
    return "%s\0%016x".formatted(key, windowStartEpochMillis);
  }

  private void tell() {
    long now = Math.max(0, context.currentStreamTimeMs());
    AttributeEnergy.Outbox.empty(
        pending,
        (key, _) -> {
          int separator = key.indexOf('\0');
          if (separator >= 0) {
            JobWindow window = requireNonNull(windows.get(key), "a pending window");
            context.forward(
                new Record<>(
                    key.substring(0, separator), (JobUpdate) new JobUpdate.Window(window), now));
          } else {
            context.forward(
                new Record<>(
                    key,
                    (JobUpdate)
                        new JobUpdate.Summary(
                            anchored(key, requireNonNull(totals.get(key), "a pending job"))),
                    now));
          }
        });
  }

  /** A store keeps the summary under a time that never changes: the start as it was first told. */
  private JobSummary anchored(String key, JobSummary job) {
    if (job.anchorEpochMillis() != NONE) {
      return job;
    }
    JobSummary anchored =
        new JobSummary(
            job.site(),
            job.job(),
            job.user(),
            job.project(),
            job.name(),
            job.partition(),
            job.labels(),
            job.state(),
            job.startEpochMillis(),
            job.startEpochMillis(),
            job.endEpochMillis(),
            job.lastEpochMillis(),
            job.peakMilliwatts(),
            job.work(),
            job.workUnit(),
            job.totals());
    totals.put(key, anchored);
    return anchored;
  }
}
