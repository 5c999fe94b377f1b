// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static io.github.joulestream.schemas.NodeShares.BY_GPUS;

import io.github.joulestream.energy.Device;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.jobs.LocalJob.Shares;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.AllocationEvent.Action;
import io.github.joulestream.schemas.AllocationEvent.Reporter;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.NodeShares;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes which job has which devices of a node, and the records of the jobs, as its sources
 * report them. Owned by the agent's thread. Where two sources report a job, the first one counts.
 *
 * <p>What a job has counts from its start; when it changes, from then on. What a job has without
 * its source reporting it:
 *
 * <ul>
 *   <li>a source that reports neither GPUs nor shares gives the job all of the node;
 *   <li>memory, drives and the node's meter go by the job's share of the node's GPUs if it has any,
 *       else by its share of the processors;
 *   <li>of a GPU instance (MIG) the job has the instance's share of the GPU.
 * </ul>
 *
 * <p>An end that a source reports is published as the hook's. A job that no source knows any more
 * is gone: that is published as the agent's, which counts where the hook reported no end. So that
 * it is known after a restart too which jobs had something, they are kept in a {@link HeldJobs}.
 *
 * <p>The jobs of a source that fails stay as they were, and other sources are not affected; a job
 * that cannot be published is left out until something changes. Both are counted and logged.
 */
public final class JobMapper {
  private static final Logger log = LoggerFactory.getLogger(JobMapper.class);
  // allocations that are not repeated expire after a month
  private static final long REPEAT_MILLIS = Duration.ofDays(1).toMillis();
  private static final long FOUND_LATE_MILLIS = Duration.ofMinutes(1).toMillis();
  private static final long ALIVE_MILLIS = Duration.ofMinutes(1).toMillis();

  private final String site;
  private final String node;
  private final List<JobSource> sources;
  private final NodeGpus gpus;
  private final Publisher publisher;
  private final HeldJobs before;
  private final Map<JobSource, List<LocalJob>> reported = new LinkedHashMap<>();
  private final Map<JobSource, String> failing = new HashMap<>();
  private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
  private final AtomicLong leftOut = new AtomicLong();
  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final Map<String, Held> held = new TreeMap<>();
  private final Map<String, LocalJob> over = new HashMap<>();
  private final Map<String, JobRecord> published = new HashMap<>();
  private boolean newDevice;
  private boolean started;
  private long nextRepeatEpochMillis = Long.MAX_VALUE;
  private long aliveEpochMillis = Long.MIN_VALUE;

  /**
   * What a job was published to hold.
   *
   * @param reportedEpochMillis the latest time at which it was published to hold that
   */
  private record Held(
      JobSource source, LocalJob job, AllocationEvent event, long reportedEpochMillis) {
    long startEpochMillis() {
      return job.record().span().startEpochMillis();
    }
  }

  /**
   * @param sources the first counts where two report a job
   * @param numberings what GPUs are called, as it is now
   * @param held what is kept of it over a restart
   */
  public JobMapper(
      String site,
      String node,
      List<JobSource> sources,
      Supplier<List<GpuNumbering>> numberings,
      Publisher publisher,
      HeldJobs held) {
    this.site = site;
    this.node = node;
    this.sources = List.copyOf(sources);
    this.gpus = new NodeGpus(numberings);
    this.publisher = publisher;
    this.before = held;
    this.sources.forEach(source -> failures.putIfAbsent(source.name(), new AtomicLong()));
  }

  /** Its sources, in a few words. */
  public String describe() {
    return sources.stream().map(JobSource::describe).collect(Collectors.joining("; "));
  }

  /** Turns in which a source could not be read, by its name; for any thread. */
  public Map<String, Long> failures() {
    Map<String, Long> counted = new TreeMap<>();
    failures.forEach((name, count) -> counted.put(name, count.get()));
    return counted;
  }

  /** Jobs that could not be published, each time that was tried; for any thread. */
  public long leftOut() {
    return leftOut.get();
  }

  /** Takes in a device that a probe reads. */
  public void sees(Device device) {
    newDevice |= gpus.sees(device);
  }

  /**
   * What jobs hold now that no probe knows, and what their sources are not certain of, in words.
   */
  public List<String> notUnderstood() {
    List<String> words = new ArrayList<>(gpus.notUnderstood());
    sources.forEach(source -> words.addAll(source.uncertain()));
    return words;
  }

  /** One turn of the agent, after its probes. */
  public void turn(long epochMillis) {
    boolean changed = newDevice;
    newDevice = false;
    for (JobSource source : sources) {
      changed |= ask(source, epochMillis);
    }
    boolean all = reported.size() == sources.size();
    if (changed || epochMillis >= nextRepeatEpochMillis) {
      update(epochMillis, all);
    }
    if (all && (changed || Math.abs(epochMillis - aliveEpochMillis) >= ALIVE_MILLIS)) {
      aliveEpochMillis = epochMillis;
      before.keep(held.keySet(), epochMillis);
    }
  }

  /** True if it reports something new. */
  private boolean ask(JobSource source, long epochMillis) {
    try {
      List<LocalJob> now = source.read(epochMillis);
      if (failing.remove(source) != null) {
        log.warn("Source of jobs can be read again: {}", source.describe());
      }
      return !now.equals(reported.put(source, now));
    } catch (IOException e) {
      fails(source, e, null);
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      // a defect in one source must not affect the others
      fails(source, e, e);
      return false;
    }
  }

  private void fails(JobSource source, Throwable e, @Nullable Throwable mistake) {
    failures.computeIfAbsent(source.name(), _ -> new AtomicLong()).incrementAndGet();
    if (failing.put(source, String.valueOf(e.getMessage())) == null) {
      log.warn(
          "Cannot read source of jobs {}: {}",
          source.describe(),
          Names.words(e.toString()),
          mistake);
    }
  }

  /** Runs what concerns one job; its failure does not affect other jobs. */
  private void ofOne(String id, Runnable what) {
    try {
      what.run();
    } catch (UserError e) {
      throw e; // the publisher stopped
    } catch (RuntimeException | StackOverflowError e) {
      if (e instanceof KafkaException && !(e instanceof SerializationException)) {
        throw e;
      }
      leftOut.incrementAndGet();
      errors.warn(
          id,
          "job %s is left out, its energy is not booked to it: %s"
              .formatted(id, Names.words(e.toString())));
    }
  }

  private void update(long epochMillis, boolean all) {
    Map<String, LocalJob> now = new LinkedHashMap<>();
    Map<String, JobSource> from = new HashMap<>();
    for (JobSource source : sources) {
      for (LocalJob job : reported.getOrDefault(source, List.of())) {
        if (now.putIfAbsent(job.id(), job) == null) {
          from.put(job.id(), source);
        }
      }
    }
    now.forEach((id, job) -> {
      JobSource source = from.get(id);
      if (source != null) {
        ofOne(id, () -> update(source, job, epochMillis));
      }
    });
    for (String id : List.copyOf(held.keySet())) {
      Held job = held.get(id);
      if (job != null && !now.containsKey(id)) {
        long changed = Math.min(job.source.changedEpochMillis(), epochMillis);
        long at = Math.max(changed, job.reportedEpochMillis);
        held.remove(id);
        gpus.forget(id);
        ofOne(id, () -> publisher.publish(AllocationEvent.gone(site, node, id, at)));
      }
    }
    over.keySet().retainAll(now.keySet());
    published.keySet().retainAll(now.keySet());
    if (all && !started) {
      started = true;
      for (String id : before.jobs()) {
        if (!now.containsKey(id)) {
          log.info("Job {} ended while the agent was not running", id);
          long at = before.goneEpochMillis(epochMillis);
          ofOne(id, () -> publisher.publish(AllocationEvent.gone(site, node, id, at)));
        }
      }
    }
    nextRepeatEpochMillis = Long.MAX_VALUE;
    for (Held job : held.values()) {
      nextRepeatEpochMillis =
          Math.min(nextRepeatEpochMillis, job.reportedEpochMillis + REPEAT_MILLIS);
    }
  }

  private void update(JobSource source, LocalJob job, long epochMillis) {
    if (job.over()) {
      end(job);
    } else {
      over.remove(job.id());
      hold(source, job, epochMillis);
    }
  }

  private void hold(JobSource source, LocalJob job, long epochMillis) {
    long start = job.record().span().startEpochMillis();
    Held known = held.get(job.id());
    boolean wasBefore = before.forget(job.id());
    if (known != null ? known.startEpochMillis() < start : wasBefore && before.diedBefore(start)) {
      // it was requeued, and no end before it was reported
      publisher.publish(AllocationEvent.release(site, node, job.id(), start - 1));
      known = null;
      wasBefore = false;
    }
    if (known == null) {
      // what the agent published before its restart is published again as of now
      known = publish(source, job, eventOf(job, wasBefore ? epochMillis : start));
    } else {
      AllocationEvent event = eventOf(job, known.event.atEpochMillis());
      if (!event.equals(known.event)) {
        long at = changedAt(known, source, job, epochMillis);
        giveBack(known.event, event, at);
        known = publish(source, job, eventOf(job, at));
      }
    }
    if (epochMillis >= known.reportedEpochMillis + REPEAT_MILLIS) {
      publish(source, job, eventOf(job, epochMillis));
    }
    publishRecord(job);
  }

  /**
   * Since when a job has something else. If only a device came to be known that it had been given
   * shortly before, such as an instance that was made for it, it has had that all the time.
   */
  private static long changedAt(Held known, JobSource source, LocalJob job, long epochMillis) {
    long since = known.event.atEpochMillis();
    boolean sameReport =
        Objects.equals(known.job.gpus(), job.gpus()) && known.job.shares().equals(job.shares());
    if (sameReport && epochMillis - since <= FOUND_LATE_MILLIS) {
      return since;
    }
    long changed = source.changedEpochMillis();
    return changed > known.reportedEpochMillis && changed < epochMillis ? changed : epochMillis;
  }

  private Held publish(JobSource source, LocalJob job, AllocationEvent event) {
    publisher.publish(event);
    Held now = new Held(source, job, event, event.atEpochMillis());
    held.put(event.job(), now);
    return now;
  }

  /** What a job had, and has no more. */
  private void giveBack(AllocationEvent earlier, AllocationEvent now, long epochMillis) {
    Set<String> kept = new HashSet<>();
    now.devices().forEach(share -> kept.add(share.deviceId()));
    List<DeviceShare> lost =
        earlier.devices().stream().filter(share -> !kept.contains(share.deviceId())).toList();
    if (!lost.isEmpty()) {
      publisher.publish(
          new AllocationEvent(
              site,
              node,
              now.job(),
              Action.RELEASE,
              epochMillis,
              lost,
              NodeShares.NONE,
              0,
              Reporter.HOOK));
    }
  }

  private void end(LocalJob job) {
    if (job.equals(over.put(job.id(), job))) {
      return;
    }
    JobRecord record = job.record();
    long end = record.span().endEpochMillis();
    Held known = held.remove(job.id());
    if (!started && known == null && before.hasEndOf(job.id(), end)) {
      return;
    }
    if (known == null && record.span().hasStart()) {
      // it came and went between two turns
      publisher.publish(eventOf(job, record.span().startEpochMillis()));
    }
    gpus.forget(job.id());
    publisher.publish(AllocationEvent.release(site, node, job.id(), end));
    if (known != null && known.reportedEpochMillis > end) {
      // it was published to hold something once more before its end was known
      publisher.publish(AllocationEvent.release(site, node, job.id(), known.reportedEpochMillis));
    }
    if (record.state() != JobState.UNKNOWN) {
      publishRecord(job);
    }
  }

  private void publishRecord(LocalJob job) {
    if (job.publishesRecord() && !job.record().equals(published.put(job.id(), job.record()))) {
      publisher.publish(job.record());
    }
  }

  private AllocationEvent eventOf(LocalJob job, long epochMillis) {
    Map<String, Integer> shares = gpus.sharesOf(job);
    int gpusOnNode = gpus.wholeGpus().size();
    Shares stated = job.shares();
    int rest =
        job.hasTheNode()
            ? Shares.WHOLE
            : !shares.isEmpty() && gpusOnNode > 0
                ? BY_GPUS
                : stated.cpu() != Shares.UNSPECIFIED ? stated.cpu() : 0;
    return new AllocationEvent(
        site,
        node,
        job.id(),
        Action.HOLD,
        epochMillis,
        shares.entrySet().stream()
            .map(share -> new DeviceShare(share.getKey(), share.getValue()))
            .toList(),
        new NodeShares(
            or(stated.memory(), rest),
            or(stated.storage(), rest),
            or(stated.cpu(), rest),
            or(stated.node(), rest)),
        gpusOnNode,
        Reporter.HOOK);
  }

  private static int or(int stated, int otherwise) {
    return stated == Shares.UNSPECIFIED ? otherwise : stated;
  }
}
