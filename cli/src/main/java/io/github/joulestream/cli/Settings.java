// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.runtime.Spelling;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
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
public final class Settings implements IDefaultValueProvider {
  /** The resource with one line {@code command.option} for each option of each command. */
  public static final String KEYS = "keys.txt";

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
  public static Settings load(Map<String, String> environment, String... args) {
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
      try (Reader reader = SmallFile.namedReader(Path.of(name))) {
        file.load(reader);
        CommandLineSecrets.warnIfOthersRead(Path.of(name), file);
      } catch (IOException e) {
        throw new UserError(
            "cannot read the configuration file %s: %s".formatted(name, e.getMessage()), e);
      }
    }
    Set<String> variables =
        environment.keySet().stream()
            .filter(variable -> variable.startsWith(PREFIX))
            .filter(variable -> !Variables.isReserved(variable, environment))
            .collect(Collectors.toCollection(TreeSet::new));
    if (!file.isEmpty() || !variables.isEmpty()) {
      check(name, file, variables);
    }
    return new Settings(environment, file);
  }

  private static void check(@Nullable String name, Properties file, Set<String> variables) {
    Set<String> known = keys();
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
  static String variable(String key) {
    return PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /**
   * Keys of all commands, also of those that are not on the class path: one file may serve several
   * programs. The resource is checked against the commands by a test of the app.
   */
  private static Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    try (InputStream in = Settings.class.getResourceAsStream(KEYS)) {
      String text = new String(requireNonNull(in, KEYS).readAllBytes(), UTF_8);
      text.lines()
          .forEach(key -> {
            keys.add(key);
            keys.add(key.substring(key.indexOf('.') + 1));
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  /** Keys of the commands of a command line, as the resource lists them. */
  public static Set<String> keysOf(CommandLine program) {
    Set<String> keys = new TreeSet<>();
    program
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
    spec.options().forEach(option -> keys.add(command + "." + key(option)));
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
      String variable = variable(name);
      String value = environment.get(variable);
      if (value != null && !Variables.isOfService(variable, environment)) {
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
