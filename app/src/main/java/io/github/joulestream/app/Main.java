// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.query.JobsCommand;
import io.github.joulestream.app.query.TopCommand;
import io.github.joulestream.app.query.UsageCommand;
import io.github.joulestream.app.up.TemporaryFolder;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.Program;
import io.github.joulestream.producers.command.AgentCommand;
import io.github.joulestream.runtime.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code joulestream} command. */
@Command(
    name = "joulestream",
    description = "Energy accounting for GPU sites: from power samples to energy per job.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Release.class,
    subcommands = {
      UpCommand.class,
      AgentCommand.class,
      SimulateCommand.class,
      ReplayCommand.class,
      StreamsCommand.class,
      StoreWriterCommand.class,
      AlertSenderCommand.class,
      ServeCommand.class,
      AlertCommand.class,
      BudgetCommand.class,
      JobsCommand.class,
      UsageCommand.class,
      TopCommand.class,
      JobCommand.class,
      SlurmJobsCommand.class,
      NodeCommand.class,
      SiteCommand.class,
      GridCommand.class,
      DeadLetterCommand.class,
      TokenCommand.class,
      KeyCommand.class,
      TopicsCommand.class,
      ResetCommand.class,
      DoctorCommand.class,
      ReportCommand.class,
      Main.VersionCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:failed, or not healthy: what was asked for could not be done",
      "2:usage: the command line or a setting is wrong; nothing was begun"
    },
    footer = {
      "",
      "Every option can also be given in the environment (--data of up as JOULESTREAM_UP_DATA, or",
      "JOULESTREAM_DATA for all commands) or in a properties file (--config FILE; up.data=..., or",
      "data=... for all commands). The command line comes first, then the environment, then the file."
    })
public final class Main implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  /** Runs a command. */
  public static void main(String[] args) {
    Program.start(args);
    TemporaryFolder.tidy();
    System.exit(run(args));
  }

  /** Runs a command and returns its exit status. */
  public static int run(String... args) {
    return Program.run(new CommandLine(new Main()), args);
  }

  /** What {@code --version} prints. */
  static final class Release implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"joulestream " + Version.CURRENT};
    }
  }

  /** Which release this is, as {@code --version}. */
  @Command(name = "version", description = "Print which release this is.")
  static final class VersionCommand implements Runnable {
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public void run() {
      System.out.printf("joulestream %s%n", Version.CURRENT);
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
