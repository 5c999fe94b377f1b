// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.producers.jobs.PodDevices.Given;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodHoldersTest {
  private static final long NOW = 1_795_485_725_000L;
  private static final int WHOLE = 10_000;

  private final PodHolders holders = new PodHolders("s");
  private final Map<String, Set<Given>> listed = new TreeMap<>();
  private final Map<String, PodApi.Pod> known = new HashMap<>();
  private long now = NOW;

  private void lists(String pod, String... ids) {
    listed.put("a/" + pod, ids(ids));
  }

  private static Set<Given> ids(String... ids) {
    Set<Given> given = new LinkedHashSet<>();
    for (String id : ids) {
      int replica = id.indexOf("::");
      given.add(new Given(id, replica < 0 ? id : id.substring(0, replica), ""));
    }
    return given;
  }

  private static Given claimed(String gpu, String claim) {
    return new Given(gpu, gpu, claim);
  }

  private void says(String pod, String phase, long created, long finished) {
    known.put("a/" + pod, new PodApi.Pod(Map.of(), phase, created, finished));
  }

  private List<LocalJob> jobs() {
    now += 1_000;
    return holders.jobs(listed, known, now);
  }

  /** Pods that have something now, and their parts. */
  private Map<String, Map<String, Integer>> held() {
    return jobs().stream()
        .filter(job -> !job.over())
        .collect(
            Collectors.toMap(
                job -> job.id().substring(2),
                job -> java.util.Objects.requireNonNull(job.gpus()),
                (a, b) -> a,
                TreeMap::new));
  }

  private @Nullable LocalJob job(String pod) {
    return jobs().stream().filter(job -> job.id().equals("a/" + pod)).findFirst().orElse(null);
  }

  @Test
  void aPodThatHasEnded_isListedOn_andTheNextHasItsGpu() {
    lists("done", "GPU-1");
    assertThat(held()).isEqualTo(Map.of("done", Map.of("GPU-1", WHOLE)));
    lists("next", "GPU-1");
    assertThat(held()).isEqualTo(Map.of("next", Map.of("GPU-1", WHOLE)));
    // it ends too, and both are listed
    lists("third", "GPU-1");
    assertThat(held()).isEqualTo(Map.of("third", Map.of("GPU-1", WHOLE)));
    // nobody gets it back
    listed.remove("a/third");
    assertThat(held()).isEmpty();
    listed.remove("a/next");
    listed.remove("a/done");
    lists("fourth", "GPU-1");
    assertThat(held()).containsOnlyKeys("fourth");
    assertThat(holders.uncertain()).isEmpty();
  }

  @Test
  void aPodOfSeveralGpus_isOverWithAllOfThem_whenOneIsGivenAway() {
    lists("done", "GPU-1", "GPU-2", "GPU-3::0");
    lists("beside", "GPU-3::1");
    held();
    lists("next", "GPU-2");
    assertThat(held())
        .isEqualTo(Map.of("next", Map.of("GPU-2", WHOLE), "beside", Map.of("GPU-3", WHOLE)));
  }

  @Test
  void replicas_areSharedOnPurpose_butEachIsOnePods() {
    lists("a", "GPU-1::0");
    lists("b", "GPU-1::1", "GPU-1::2");
    assertThat(held()).isEqualTo(Map.of("a", Map.of("GPU-1", 3_333), "b", Map.of("GPU-1", 6_666)));
    lists("c", "GPU-1::0");
    assertThat(held()).isEqualTo(Map.of("b", Map.of("GPU-1", 6_666), "c", Map.of("GPU-1", 3_333)));
  }

  @Test
  void instancesOfOneGpu_areOthers() {
    lists("a", "MIG-1");
    lists("b", "MIG-2");
    assertThat(held()).isEqualTo(Map.of("a", Map.of("MIG-1", WHOLE), "b", Map.of("MIG-2", WHOLE)));
  }

  @Test
  void anotherPodOfTheSameName_showsOtherDevices() {
    lists("web-0", "GPU-1");
    held();
    lists("next", "GPU-1");
    held();
    lists("web-0", "GPU-2");
    assertThat(held())
        .isEqualTo(Map.of("next", Map.of("GPU-1", WHOLE), "web-0", Map.of("GPU-2", WHOLE)));
    LocalJob again = requireNonNull(job("web-0"));
    assertThat(again.record().span().startEpochMillis()).isEqualTo(NOW + 3_000);
  }

  @Test
  void seenTogetherFirst_theyShare_andThatIsSaid_untilTheApiServerKnowsWhichIsNewer() {
    lists("one", "GPU-1");
    lists("two", "GPU-1");
    assertThat(held())
        .isEqualTo(Map.of("one", Map.of("GPU-1", 5_000), "two", Map.of("GPU-1", 5_000)));
    assertThat(holders.uncertain())
        .containsExactly("pods [a/one, a/two]: which of them has GPU-1 now is not known");
    says("one", "", NOW - 1_000, 0);
    says("two", "", NOW - 9_000, 0);
    assertThat(held()).isEqualTo(Map.of("one", Map.of("GPU-1", WHOLE)));
    assertThat(holders.uncertain()).isEmpty();
  }

  @Test
  void aPodThatHasEnded_hasEndedWhenItsContainersDid_asTheApiServerSays() {
    lists("p", "GPU-1");
    lists("q", "GPU-2");
    held();
    now = NOW + 60_000;
    says("p", "Failed", NOW, NOW + 42_000);
    says("q", "Running", NOW, 0);
    LocalJob ended = requireNonNull(job("p"));
    assertThat(ended.record().state()).isEqualTo(JobState.FAILED);
    assertThat(ended.record().span().endEpochMillis()).isEqualTo(NOW + 42_000);
    assertThat(ended.gpus()).isEqualTo(Map.of("GPU-1", WHOLE));
    assertThat(held()).containsOnlyKeys("q");
    // the next has all of it, whatever was first
    lists("r", "GPU-1");
    assertThat(held()).isEqualTo(Map.of("q", Map.of("GPU-2", WHOLE), "r", Map.of("GPU-1", WHOLE)));
    says("q", "Succeeded", NOW, 0);
    LocalJob unknown = requireNonNull(job("q"));
    assertThat(unknown.record().state()).isEqualTo(JobState.COMPLETED);
    assertThat(unknown.record().span().endEpochMillis()).isEqualTo(now);
  }

  @Test
  void aPodThatHadEndedBeforeItWasSeen_isNoJob() {
    says("p", "Succeeded", NOW - 9_000, NOW - 5_000);
    lists("p", "GPU-1");
    assertThat(jobs()).isEmpty();
  }

  @Test
  void podsWithOneClaim_shareItsDevice_andTwoClaimsOfADeviceAreSaid() {
    listed.put("a/p", Set.of(claimed("gpu.nvidia.com/gpu-0", "a/c")));
    listed.put("a/q", Set.of(claimed("gpu.nvidia.com/gpu-0", "a/c")));
    assertThat(held().values()).containsOnly(Map.of("gpu.nvidia.com/gpu-0", 5_000));
    assertThat(holders.uncertain()).isEmpty();
    listed.put("a/r", Set.of(claimed("gpu.nvidia.com/gpu-0", "a/d")));
    assertThat(held()).hasSize(3);
    assertThat(holders.uncertain())
        .containsExactly("gpu.nvidia.com/gpu-0 is in the claims [a/c, a/d]: shared equally");
  }

  /** Whatever comes, goes and is listed on: no more of a GPU is given than there is. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void neverMoreThanTheWholeOfAGpu_andTheNewestPodHasWhatItShows(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 400; round++) {
      if (random.nextInt(3) == 0 && !listed.isEmpty()) {
        List<String> pods = new ArrayList<>(listed.keySet());
        listed.remove(pods.get(random.nextInt(pods.size())));
      }
      String gpu = "GPU-" + random.nextInt(4);
      boolean shared = gpu.equals("GPU-3");
      String id = shared ? gpu + "::" + random.nextInt(3) : gpu;
      lists("p" + round, id);
      Map<String, Map<String, Integer>> held = held();
      assertThat(held).containsKey("p" + round);
      Map<String, Integer> sums = new HashMap<>();
      held.values()
          .forEach(parts -> parts.forEach((name, part) -> sums.merge(name, part, Integer::sum)));
      assertThat(sums.values()).allMatch(sum -> sum <= WHOLE);
      if (!shared) {
        assertThat(held.get("p" + round)).isEqualTo(Map.of(gpu, WHOLE));
      }
      assertThat(holders.uncertain()).isEmpty();
      jobs()
          .forEach(job -> assertThat(job.record().span().endEpochMillis()).isEqualTo(JobSpan.OPEN));
    }
  }

  /** Kubernetes allows names of 63 and 253 characters. */
  @Test
  void podsWithNamesLongerThanAnIdMayBe_areJobsUnderIdsThatStay() {
    String name = "p".repeat(252);
    lists(name + "1", "GPU-1");
    lists(name + "2", "GPU-2");
    List<LocalJob> found = jobs();
    assertThat(found).hasSize(2).extracting(LocalJob::id).doesNotHaveDuplicates();
    assertThat(found)
        .allSatisfy(job -> {
          assertThat(job.id()).startsWith("a/ppp").hasSize(250);
          assertThat(job.record().details().name()).startsWith(name).hasSize(253);
        });
    assertThat(jobs()).isEqualTo(found);
  }
}
