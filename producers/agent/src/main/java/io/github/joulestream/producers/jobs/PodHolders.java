// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.jobs.LocalJob.Shares;
import io.github.joulestream.producers.jobs.PodDevices.Given;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who has which GPU of a node, by what the kubelet lists and what the API server knows. One thread.
 *
 * <ul>
 *   <li>The kubelet goes on listing pods that have ended, with devices that other pods have been
 *       given since. A device plugin's id is one pod's at a time: from the moment that a second pod
 *       shows it, the one that was there before has ended. It does not come back while it is
 *       listed, unless it shows other devices: then it is another pod of the same name.
 *   <li>A pod that has ended by the API server has ended when its containers did.
 *   <li>Replicas of one GPU (time slices) share it equally, as do pods with one claim.
 * </ul>
 */
final class PodHolders {
  private final String site;
  private final Map<String, Long> starts = new HashMap<>();
  // pods that have ended, and what they showed then
  private final Map<String, Set<Given>> over = new HashMap<>();
  private final Map<String, Map<String, Integer>> sharesAtLast = new HashMap<>();
  private List<String> uncertain = List.of();

  PodHolders(String site) {
    this.site = site;
  }

  /** What is not certain, as of the last answer. */
  List<String> uncertain() {
    return uncertain;
  }

  /**
   * The pods that have GPUs, as jobs.
   *
   * @param listed by the kubelet
   * @param known by the API server
   */
  List<LocalJob> jobs(
      Map<String, Set<Given>> listed, Map<String, PodApi.Pod> known, long epochMillis) {
    over.entrySet().removeIf(pod -> !pod.getValue().equals(listed.get(pod.getKey())));
    Map<String, Set<Given>> there = new TreeMap<>(listed);
    there.keySet().removeAll(over.keySet());
    starts.keySet().retainAll(there.keySet());
    sharesAtLast.keySet().retainAll(there.keySet());
    there.keySet().forEach(pod -> starts.putIfAbsent(pod, epochMillis));

    List<LocalJob> jobs = new ArrayList<>();
    Map<String, Set<Given>> holding = new TreeMap<>();
    there.forEach((pod, gpus) -> {
      PodApi.Pod about = known.getOrDefault(pod, PodApi.Pod.UNKNOWN);
      JobState end = about.end();
      if (end == null) {
        holding.put(pod, gpus);
        return;
      }
      long finished = about.finishedEpochMillis();
      long at = finished == 0 ? epochMillis : Math.min(finished, epochMillis);
      Map<String, Integer> shares = sharesAtLast.get(pod);
      if (shares != null && at > starts.getOrDefault(pod, epochMillis)) {
        jobs.add(job(pod, about, at, end, shares));
      } // else it had ended before it was seen here
    });
    Set<String> doubts = new TreeSet<>();
    holding.keySet().removeAll(taken(holding, known, doubts));
    Map<String, Map<String, Set<String>>> claims = new TreeMap<>();
    Map<String, Integer> holders = new HashMap<>();
    holding.forEach((pod, gpus) ->
        gpus.forEach(given -> {
          holders.merge(given.gpu(), 1, Integer::sum);
          if (!given.claim().isEmpty()) {
            claims
                .computeIfAbsent(given.id(), _ -> new TreeMap<>())
                .computeIfAbsent(given.claim(), _ -> new TreeSet<>())
                .add(pod);
          }
        }));
    claims.forEach((device, pods) -> {
      if (pods.size() > 1) {
        doubts.add("%s is in the claims %s: shared equally".formatted(device, pods.keySet()));
      }
    });
    holding.forEach((pod, gpus) -> {
      Map<String, Integer> shares = new TreeMap<>();
      for (Given given : gpus) {
        shares.merge(
            given.gpu(), Shares.WHOLE / holders.getOrDefault(given.gpu(), 1), Integer::sum);
      }
      sharesAtLast.put(pod, shares);
      PodApi.Pod about = known.getOrDefault(pod, PodApi.Pod.UNKNOWN);
      jobs.add(job(pod, about, JobSpan.OPEN, JobState.RUNNING, shares));
    });
    uncertain = List.copyOf(doubts);
    return List.copyOf(jobs);
  }

  /** Pods whose devices a newer one has: they are over. */
  private Set<String> taken(
      Map<String, Set<Given>> holding, Map<String, PodApi.Pod> known, Set<String> doubts) {
    Map<String, List<String>> podsById = new TreeMap<>();
    holding.forEach((pod, gpus) ->
        gpus.forEach(given -> {
          if (given.claim().isEmpty()) {
            podsById.computeIfAbsent(given.id(), _ -> new ArrayList<>()).add(pod);
          }
        }));
    Set<String> taken = new HashSet<>();
    podsById.forEach((id, pods) -> {
      String newest = newest(pods, known);
      if (newest == null) {
        doubts.add("pods %s: which of them has %s now is not known".formatted(pods, id));
        return;
      }
      for (String pod : pods) {
        if (!pod.equals(newest) && taken.add(pod)) {
          over.put(pod, holding.getOrDefault(pod, Set.of()));
          starts.remove(pod);
          sharesAtLast.remove(pod);
        }
      }
    });
    return taken;
  }

  /** The pod that was seen last, or that was made last by the API server; null if unknown. */
  private @Nullable String newest(List<String> pods, Map<String, PodApi.Pod> known) {
    String newest = null;
    boolean tie = false;
    for (String pod : pods) {
      int later = newest == null ? 1 : compare(pod, newest, known);
      tie = later == 0 || (tie && later < 0);
      newest = later > 0 ? pod : newest;
    }
    return tie ? null : newest;
  }

  private int compare(String a, String b, Map<String, PodApi.Pod> known) {
    long madeA = known.getOrDefault(a, PodApi.Pod.UNKNOWN).createdEpochMillis();
    long madeB = known.getOrDefault(b, PodApi.Pod.UNKNOWN).createdEpochMillis();
    int bySeen = Long.compare(starts.getOrDefault(a, 0L), starts.getOrDefault(b, 0L));
    return bySeen != 0 || madeA == 0 || madeB == 0 ? bySeen : Long.compare(madeA, madeB);
  }

  private LocalJob job(
      String pod, PodApi.Pod about, long end, JobState state, Map<String, Integer> shares) {
    int slash = pod.indexOf('/');
    return new LocalJob(
        new JobRecord(
            site,
            Names.id(pod),
            new JobDetails(
                "",
                Bounds.cutText(pod.substring(0, slash)),
                Bounds.cutText(pod.substring(slash + 1)),
                "",
                Bounds.withinBounds(about.labels())),
            new JobSpan(starts.getOrDefault(pod, JobSpan.UNKNOWN), end),
            state,
            JobWork.NONE,
            0),
        shares,
        Shares.UNSPECIFIED_SHARES,
        true);
  }
}
