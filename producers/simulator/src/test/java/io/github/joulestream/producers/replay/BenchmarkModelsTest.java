// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchmarkModelsTest {
  @Test
  void aMixtureOfExperts_hasItsActiveParametersAndExperts() {
    assertThat(BenchmarkModels.labels("mixtral-8x7b", "infer"))
        .isEqualTo(
            Map.of(
                "phase", "infer",
                "task", "mixtral-8x7b",
                "model", "mixtral-8x7b",
                "arch", "moe",
                "params_total", "46.7e9",
                "params_active", "12.9e9",
                "experts", "8",
                "experts_active", "2"));
  }

  @Test
  void accuracyTargetsAndMethods_areNotPartOfTheModel() {
    for (String benchmark :
        new String[] {"llama2-70b", "llama2-70b-99", "llama2-70b-99.9", "llama2_70b_lora"}) {
      assertThat(BenchmarkModels.labels(benchmark, "train"))
          .as(benchmark)
          .containsEntry("model", "llama2-70b")
          .containsEntry("task", benchmark)
          .containsEntry("arch", "dense")
          .containsEntry("params_active", "70e9")
          .containsEntry("phase", "train")
          .doesNotContainKey("experts");
    }
  }

  @Test
  void whatTheNameDoesNotSettle_isNoLabel() {
    assertThat(BenchmarkModels.labels("dlrm-v2-99", "infer"))
        .isEqualTo(Map.of("phase", "infer", "task", "dlrm-v2-99", "model", "dlrm-v2-99"));
    assertThat(BenchmarkModels.labels("bertha", "train"))
        .containsEntry("model", "bertha")
        .doesNotContainKey("arch");
    assertThat(BenchmarkModels.labels("resnet", "train"))
        .containsEntry("arch", "dense")
        .doesNotContainKeys("params_total", "params_active");
  }
}
