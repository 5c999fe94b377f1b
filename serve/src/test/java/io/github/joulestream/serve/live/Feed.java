// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** Records as they arrive, for sites whose clock stands still until it is set. */
final class Feed {
  static final long START = 1_800_000_000_000L;

  final AtomicLong clock = new AtomicLong(START);
  final List<String> overfull = new ArrayList<>();
  final LiveStates states = new LiveStates(clock::get, clock::get, overfull::add);

  <T> void accept(Topic topic, String key, Serde<T> serde, T value) {
    byte[] wire = serde.serializer().serialize(topic.topicName(), value);
    states.accept(topic, key, wire, clock.get(), 1_000);
  }

  void remove(Topic topic, String key) {
    states.accept(topic, key, null, clock.get(), 1_000);
  }

  void power(String site, NodePower... nodes) {
    accept(
        Topic.POWER_SNAPSHOT,
        site,
        WireSerdes.powerSnapshot(),
        new PowerSnapshot(site, 0, clock.get(), List.of(nodes)));
  }

  void record(String site, String node, Map<String, String> labels) {
    accept(
        Topic.NODES,
        site + "/" + node,
        WireSerdes.nodes(),
        new NodeRecord(site, node, clock.get(), "1", labels, 0, 0, List.of()));
  }

  /** A summary of 100 mJ. */
  static JobSummary summary(String site, String job, JobState state, long end, long fragment) {
    return new JobSummary(
        site,
        job,
        new JobDetails("ann", "physics", "train", "gpu", Map.of("team", "x")),
        state,
        new JobTimes(START, START, end, START),
        0,
        JobWork.NONE,
        Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, 100),
        fragment,
        0);
  }

  void job(JobSummary summary) {
    accept(
        Topic.JOB_SUMMARY,
        summary.site() + "/" + summary.job(),
        WireSerdes.jobSummaries(),
        summary);
  }

  SiteState site(String name) {
    return requireNonNull(states.find(name), name);
  }

  @Nullable SiteState find(String name) {
    return states.find(name);
  }
}
