// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command of commands: by itself it prints which there are. */
abstract class CommandGroup implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
