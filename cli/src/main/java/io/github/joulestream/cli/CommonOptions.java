// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command. */
public final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  boolean help;

  @Option(names = "--verbose", description = "Show log lines, and stack traces of errors.")
  boolean verbose;

  @Option(names = "--config", paramLabel = "FILE", description = "A properties file with options.")
  @Nullable Path config; // read by Settings, before anything else
}
