// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.log.Logging;
import io.github.joulestream.app.up.NativeLibraries;
import io.github.joulestream.app.up.TemporaryFolder;
import io.github.joulestream.runtime.DeadThreads;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.Version;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

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
      AlertCommand.class,
      BudgetCommand.class,
      JobCommand.class,
      SlurmJobsCommand.class,
      NodeCommand.class,
      SiteCommand.class,
      DeadLetterCommand.class,
      TopicsCommand.class,
      DoctorCommand.class,
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
    Logging.start(verbose(args));
    DeadThreads.endTheProcess(words -> System.err.println("joulestream: " + words));
    TemporaryFolder.tidy();
    NativeLibraries.leaveNoFiles();
    System.exit(run(args));
  }

  /** Runs a command and returns its exit status. */
  public static int run(String... args) {
    boolean verbose = verbose(args);
    Logging.start(verbose);
    CommandLine command = commandLine(args);
    command.setUsageHelpWidth(100);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.registerConverter(java.time.Duration.class, Durations::parse);
    command.setParameterExceptionHandler((e, _) -> refuse(e, verbose));
    command.setExecutionExceptionHandler((e, failed, _) -> fail(e, failed.getErr(), verbose));
    try {
      command.setDefaultValueProvider(Settings.load(System.getenv(), args));
    } catch (UserError e) {
      return fail(e, command.getErr(), verbose);
    }
    return command.execute(args);
  }

  private static boolean verbose(String... args) {
    return List.of(args).contains("--verbose");
  }

  /** The agent shares its node with others' work: it loads no class of the other commands. */
  static CommandLine commandLine(String... args) {
    return args.length > 0 && args[0].equals("agent")
        ? new CommandLine(new AgentAlone()).addSubcommand(new AgentCommand())
        : new CommandLine(new Main());
  }

  /** The command as the agent sees it. */
  @Command(name = "joulestream")
  private static final class AgentAlone {}

  private static int refuse(ParameterException e, boolean verbose) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(
        "joulestream: %s%s (try '%s --help')"
            .formatted(
                oneLine(String.valueOf(e.getMessage()))
                    .replaceFirst("is not an? (int|long)$", "is not a whole number"),
                suggestion(e),
                command.getCommandSpec().qualifiedName()));
    if (verbose) {
      e.printStackTrace(err);
    }
    return CommandLine.ExitCode.USAGE;
  }

  /** What is like it: an option or a command. */
  private static String suggestion(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    for (String argument : unmatched.getUnmatched()) {
      String renamed =
          RenamedOptions.newName(argument.replaceFirst("^--", "").replaceFirst("=.*$", ""));
      if (argument.startsWith("--") && renamed != null) {
        return "; it is --%s now".formatted(renamed);
      }
    }
    List<String> alike = unmatched.getSuggestions();
    return alike.isEmpty()
        ? ""
        : "; did you mean %s?"
            .formatted(String.join(" or ", alike.subList(0, Math.min(3, alike.size()))));
  }

  private static int fail(Throwable e, PrintWriter err, boolean verbose) {
    boolean known = e instanceof UserError;
    err.println(
        "joulestream: "
            + oneLine(known ? String.valueOf(e.getMessage()) : e.toString())
            + (known || verbose ? "" : " (--verbose shows more)"));
    if (verbose) {
      e.printStackTrace(err);
    }
    return e instanceof UserError user && user.isUsage()
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  private static String oneLine(String message) {
    return ShownText.of(message.replaceAll("\\s*\\R\\s*", " "));
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
