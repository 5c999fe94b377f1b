// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.cli.log.Logging;
import io.github.joulestream.runtime.DeadThreads;
import io.github.joulestream.runtime.FullDisk;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.kafka.KafkaTrouble;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs the command line of a program: options also from the environment and a file, one line for
 * each error, and the exit status 0 (done), 1 (failed) or 2 (usage).
 */
public final class Program {
  private static final int HELP_COLUMNS = 100;
  private static final int MAX_SUGGESTIONS = 3;

  private Program() {}

  private static final Set<String> ONLY_SHOW = Set.of("-h", "--help", "-V", "--version");
  private static final Set<String> ONLY_SHOW_FIRST = Set.of("help", "version");

  /** Begins a process: logging, and its end when a thread dies. Called once, before all else. */
  public static void start(String... args) {
    Logging.start(verbose(args));
    DeadThreads.endTheProcess(words -> System.err.println("joulestream: " + ShownText.of(words)));
    NativeLibraries.leaveNoFiles();
  }

  /** Runs a command and returns its exit status. */
  public static int run(CommandLine command, String... args) {
    boolean verbose = verbose(args);
    Logging.start(verbose);
    command.setUsageHelpWidth(HELP_COLUMNS);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.registerConverter(Duration.class, Durations::parse);
    command.setParameterExceptionHandler((e, _) -> refuse(e, verbose));
    command.setExecutionExceptionHandler((e, failed, _) -> fail(e, failed.getErr(), verbose));
    try {
      CommandLineSecrets.refuse(args);
    } catch (UserError e) {
      return fail(e, command.getErr(), verbose);
    }
    try {
      command.setDefaultValueProvider(Settings.load(System.getenv(), args));
    } catch (UserError e) {
      if (!onlyShows(args)) {
        return fail(e, command.getErr(), verbose);
      }
    }
    return command.execute(args);
  }

  /** True for help and version, which are shown also if a setting is wrong. */
  private static boolean onlyShows(String... args) {
    return args.length == 0
        || ONLY_SHOW_FIRST.contains(args[0])
        || List.of(args).stream().anyMatch(ONLY_SHOW::contains);
  }

  private static boolean verbose(String... args) {
    return List.of(args).contains("--verbose");
  }

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
      printTrace(e, err);
    }
    return CommandLine.ExitCode.USAGE;
  }

  /** Options or commands with a similar name. */
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
            .formatted(
                String.join(" or ", alike.subList(0, Math.min(MAX_SUGGESTIONS, alike.size()))));
  }

  private static int fail(Throwable e, PrintWriter err, boolean verbose) {
    Optional<String> words =
        e instanceof UserError
            ? Optional.of(String.valueOf(e.getMessage()))
            : KafkaTrouble.refusal(e).or(() -> fullDisk(e));
    boolean known = words.isPresent();
    err.println(
        "joulestream: "
            + oneLine(words.orElseGet(e::toString))
            + (known || verbose ? "" : " (--verbose shows more)"));
    if (verbose) {
      printTrace(e, err);
    }
    return e instanceof UserError user && user.isUsage()
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** A full disk shows in any library, in its own words. */
  private static Optional<String> fullDisk(Throwable e) {
    return FullDisk.in(e)
        .map(cause -> "a disk is full: %s; make room on it, and start this again".formatted(cause));
  }

  private static void printTrace(Throwable e, PrintWriter err) {
    err.print(ShownText.of(e));
    err.flush();
  }

  private static String oneLine(String message) {
    return ShownText.of(ShownUrl.within(message.replaceAll("\\s*\\R\\s*", " ")));
  }
}
