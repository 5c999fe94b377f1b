// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkPairTest {
  private static EndedJob job(double perJoule, String unit, String... labels) {
    Map<String, String> byName = new HashMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      byName.put(labels[i], labels[i + 1]);
    }
    return WorkedJobs.of(perJoule * 1_000, unit, 1_000, byName);
  }

  private static List<WorkPair> pairs(String unit, EndedJob... jobs) {
    return WorkPair.of(WorkGroups.of(List.of(jobs), WorkKey.BY_MODEL), unit);
  }

  @Test
  void twoModels_areOnePair_theBetterFirst_withWhatIsNotEqual() {
    List<WorkPair> pairs =
        pairs(
            "tokens",
            job(4, "tokens", "model", "d", "arch", "dense", "precision", "fp16"),
            job(8, "tokens", "model", "m", "arch", "moe", "precision", "fp8"));
    assertThat(pairs).hasSize(1);
    assertThat(pairs.getFirst().first()).isEqualTo("m (moe, fp8), 1 job");
    assertThat(pairs.getFirst().second()).isEqualTo("d (dense, fp16), 1 job");
    assertThat(pairs.getFirst().comparison().ratio()).isCloseTo(2, within(1e-12));
    assertThat(pairs.getFirst().limits())
        .containsExactly("hardware not known", "other precision", "task not known");
  }

  @Test
  void severalModelsOfAnArchitecture_areComparedTogetherToo() {
    List<WorkPair> pairs =
        pairs(
            "tokens",
            job(4, "tokens", "model", "d1", "arch", "dense"),
            job(2, "tokens", "model", "d2", "arch", "dense"),
            job(9, "tokens", "model", "m", "arch", "moe"));
    assertThat(pairs).hasSize(4);
    // the pairs of other architecture first, then that of the same, then what is of several models
    assertThat(pairs.subList(0, 2)).allMatch(pair -> pair.first().startsWith("m (moe)"));
    assertThat(pairs.get(2).first()).startsWith("d1");
    assertThat(pairs.getLast().first()).isEqualTo("mixtures of experts, 1 job");
    assertThat(pairs.getLast().second()).isEqualTo("dense models, 2 jobs");
    assertThat(pairs.getLast().comparison().ratio()).isCloseTo(3, within(1e-12));
  }

  @Test
  void otherPhasesAndOtherTasks_areNoPair() {
    assertThat(
            pairs(
                "tokens",
                job(4, "tokens", "model", "a", "phase", "train"),
                job(8, "tokens", "model", "a", "phase", "infer")))
        .isEmpty();
    // a sample of an image and of a protein are not the same thing
    assertThat(
            pairs(
                "samples",
                job(4, "samples", "model", "a", "task", "images"),
                job(8, "samples", "model", "b", "task", "proteins")))
        .isEmpty();
    assertThat(pairs("samples", job(4, "samples", "model", "a"), job(8, "samples", "model", "b")))
        .isEmpty();
    assertThat(
            pairs(
                "samples",
                job(4, "samples", "model", "a", "task", "images"),
                job(8, "samples", "model", "b", "task", "images")))
        .hasSize(1);
    assertThat(
            pairs(
                "samples",
                job(4, "samples", "model", "a", "batch", "8"),
                job(8, "samples", "model", "a", "batch", "32")))
        .hasSize(1);
  }
}
