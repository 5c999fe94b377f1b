// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import io.github.joulestream.cli.Program;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The node agent as a program of its own: it shares its node with others' jobs, so that no class of
 * another command is on its class path.
 */
@Command(name = "joulestream")
public final class AgentMain {
  private static final String COMMAND = "agent";

  private AgentMain() {}

  /**
   * Runs the agent.
   *
   * @param options of the command {@code joulestream agent}
   */
  public static void main(String[] options) {
    String[] args = Stream.concat(Stream.of(COMMAND), Stream.of(options)).toArray(String[]::new);
    Program.start(args);
    System.exit(
        Program.run(new CommandLine(new AgentMain()).addSubcommand(new AgentCommand()), args));
  }
}
