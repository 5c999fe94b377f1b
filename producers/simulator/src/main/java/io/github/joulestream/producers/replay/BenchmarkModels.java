// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Labels of a run's model, by the name that MLPerf gives to the benchmark: the rules fix the model
 * of each, so the name alone settles architecture and size. A benchmark that is not known here has
 * its own name as model, and nothing else; precision is never in a name.
 *
 * <p>Sizes are those of the models' own publications: Llama 2 (arXiv 2307.09288), Mixtral of
 * Experts (arXiv 2401.04088; 46.7 B and 12.9 B in Mistral AI's announcement of 11 December 2023),
 * The Llama 3 Herd of Models (arXiv 2407.21783), DeepSeek-V3 (arXiv 2412.19437, the base of R1),
 * BERT (arXiv 1810.04805), GPT-3 (arXiv 2005.14165), GPT-J
 * (github.com/kingoflolz/mesh-transformer-jax).
 */
final class BenchmarkModels {
  private static final String DENSE = "dense";

  // longest name first where one begins with another
  private static final List<Model> MODELS =
      List.of(
          new Model("mixtral-8x7b", "moe", "46.7e9", "12.9e9", "8", "2"),
          new Model("deepseek-r1", "moe", "671e9", "37e9", "", ""),
          new Model("llama2-70b", "70e9"),
          new Model("llama3.1-405b", "405e9"),
          new Model("llama31-405b", "405e9"),
          new Model("llama3.1-8b", "8e9"),
          new Model("llama31-8b", "8e9"),
          new Model("gpt3", "175e9"),
          new Model("gptj", "6e9"),
          new Model("bert", "340e6"),
          new Model("resnet50", ""),
          new Model("resnet", ""),
          new Model("3d-unet", ""),
          new Model("unet3d", ""),
          new Model("retinanet", ""));

  private record Model(
      String name,
      String arch,
      String paramsTotal,
      String paramsActive,
      String experts,
      String expertsActive) {
    /** A model all of whose parameters take part in every input. */
    Model(String name, String params) {
      this(name, DENSE, params, params, "", "");
    }

    /** True for {@code llama2-70b-99} (an accuracy) and {@code llama2-70b-lora} (a method). */
    boolean isOf(String benchmark) {
      return benchmark.equals(name) || benchmark.startsWith(name + "-");
    }
  }

  private BenchmarkModels() {}

  /**
   * Labels of a run.
   *
   * @param benchmark name of its folder
   * @param phase {@code train} or {@code infer}
   */
  static Map<String, String> labels(String benchmark, String phase) {
    Map<String, String> labels = new HashMap<>();
    labels.put("phase", phase);
    labels.put("task", benchmark);
    String name = benchmark.toLowerCase(Locale.ROOT).replace('_', '-');
    labels.put("model", name);
    for (Model model : MODELS) {
      if (model.isOf(name)) {
        put("model", model.name, labels);
        put("arch", model.arch, labels);
        put("params_total", model.paramsTotal, labels);
        put("params_active", model.paramsActive, labels);
        put("experts", model.experts, labels);
        put("experts_active", model.expertsActive, labels);
        break;
      }
    }
    return new TreeMap<>(labels);
  }

  private static void put(String label, String value, Map<String, String> labels) {
    if (!value.isEmpty()) {
      labels.put(label, value);
    }
  }
}
