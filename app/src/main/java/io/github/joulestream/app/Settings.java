// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options that are given in the environment or in a properties file. */
final class Settings implements IDefaultValueProvider {
  static final String PREFIX = "JOULESTREAM_";

  private final Map<String, String> environment;
  private final Properties file;

  private Settings(Map<String, String> environment, Properties file) {
    this.environment = environment;
    this.file = file;
  }

  /**
   * Reads the file that {@code --config} or {@code JOULESTREAM_CONFIG} names, if any, and checks
   * the names of the environment variables that begin with {@code JOULESTREAM_}.
   *
   * @param environment environment variables by name
   * @param args the command line
   * @throws UserError if the file cannot be read, or if a key or a variable is of no option
   */
  static Settings load(Map<String, String> environment, String... args) {
    String name = environment.get(PREFIX + "CONFIG");
    List<String> list = Arrays.asList(args);
    int at = list.indexOf("--config");
    if (at >= 0 && at + 1 < list.size()) {
      name = list.get(at + 1);
    }
    for (String arg : list) {
      if (arg.startsWith("--config=")) {
        name = arg.substring("--config=".length());
      }
    }
    Properties file = new Properties();
    if (name != null) {
      try (Reader reader = Files.newBufferedReader(Path.of(name))) {
        file.load(reader);
      } catch (IOException e) {
        throw new UserError("cannot read the configuration file " + name, e);
      }
    }
    Set<String> variables =
        environment.keySet().stream()
            .filter(variable -> variable.startsWith(PREFIX))
            .filter(variable -> !Variables.isReserved(variable, environment))
            .collect(Collectors.toCollection(TreeSet::new));
    // the agent looks at the other commands' options only if there are more than its own
    Set<String> known = keys(Main.commandLine(args));
    if (!known.containsAll(file.stringPropertyNames())
        || !known.stream().map(Settings::variable).toList().containsAll(variables)) {
      known = keys(new CommandLine(new Main()));
    }
    for (String key : new TreeSet<>(file.stringPropertyNames())) {
      if (!known.contains(key)) {
        throw UserError.usage("%s: unknown key '%s'%s".formatted(name, key, hint(key, known)));
      }
    }
    Map<String, String> byVariable = new TreeMap<>();
    known.forEach(key -> byVariable.put(variable(key), key));
    for (String variable : variables) {
      if (!byVariable.containsKey(variable)) {
        throw UserError.usage(
            "unknown environment variable %s%s"
                .formatted(variable, Variables.hint(variable, byVariable.keySet())));
      }
    }
    return new Settings(environment, file);
  }

  /** What to write in place of an unknown key. */
  private static String hint(String key, Set<String> known) {
    int dot = key.lastIndexOf('.') + 1;
    String renamed = RenamedOptions.newName(key.substring(dot));
    if (renamed != null) {
      return ": it is %s%s now".formatted(key.substring(0, dot), renamed);
    }
    String nearest = Spelling.nearest(key, known);
    return nearest != null
        ? "; did you mean '%s'?".formatted(nearest)
        : "; known are the commands' options, such as up.data or data";
  }

  /** The environment variable of a key. */
  private static String variable(String key) {
    return PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private static Set<String> keys(CommandLine joulestream) {
    Set<String> keys = new TreeSet<>();
    joulestream
        .getSubcommands()
        .forEach((command, line) -> {
          collect(line.getCommandSpec(), command, keys);
          line.getSubcommands()
              .values()
              .forEach(sub -> collect(sub.getCommandSpec(), command, keys));
        });
    return keys;
  }

  private static void collect(CommandSpec spec, String command, Set<String> keys) {
    for (OptionSpec option : spec.options()) {
      keys.add(key(option));
      keys.add(command + "." + key(option));
    }
  }

  private static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^--", "");
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String key = key(option);
    String scoped = topCommand(arg.command()) + "." + key;
    for (String name : List.of(scoped, key)) {
      String value = environment.get(variable(name));
      if (value != null) {
        return value;
      }
    }
    String value = file.getProperty(scoped);
    return value != null ? value : file.getProperty(key);
  }

  private static String topCommand(CommandSpec spec) {
    CommandSpec top = spec;
    while (top.parent() != null && top.parent().parent() != null) {
      top = top.parent();
    }
    return top.name();
  }
}
