// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.ShownText;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that reads the API and prints what it says. */
abstract class QueryCommand implements Callable<Integer> {
  @Option(names = "--json", description = "As the API gives it.")
  boolean json;

  @Mixin ApiOptions options = new ApiOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  final EpochClock clock = EpochClock.system();

  @Override
  public Integer call() throws Exception {
    try (ApiClient api = options.client(System.getenv())) {
      query(api);
      return 0;
    } catch (ApiClient.Unreachable e) {
      throw e.asError();
    }
  }

  abstract void query(ApiClient api) throws Exception;

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  void print(Iterable<String> lines) {
    lines.forEach(line -> out().println(ShownText.of(line)));
  }

  void print(JsonNode json) {
    out().println(ShownText.lines(json.toPrettyString()));
  }

  /** Parameters that have a value. */
  static Map<String, String> parameters(@Nullable String... namesAndValues) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String name = namesAndValues[i];
      String value = namesAndValues[i + 1];
      if (name != null && value != null) {
        parameters.put(name, value);
      }
    }
    return parameters;
  }
}
