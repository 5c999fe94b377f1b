// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reference;

import static io.github.joulestream.app.reference.ReferencePagesTest.cell;

import io.github.joulestream.app.Main;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** docs/configuration.md, from the commands. */
final class ConfigurationPage {
  private ConfigurationPage() {}

  static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Commands and configuration

            Each option can be given on the command line, in the environment or in a properties file (`--config FILE` or `JOULESTREAM_CONFIG`), and the first of
            these counts. `--data` of `up` is `JOULESTREAM_UP_DATA` or `up.data`; `JOULESTREAM_DATA` and `data` are for all commands. Subcommands use the name of
            their command. An unknown key or `JOULESTREAM_` variable stops the start. No secret is taken on the command line, which everybody on the machine can read: `--token`, or a URL
            with a password in it, is refused there ([why](decisions/0075-files-and-secrets.md)). This page is generated from the commands ([how](../CONTRIBUTING.md#recipes)).
            """);
    append(page, new CommandLine(new Main()), "");
    return page.toString();
  }

  private static void append(StringBuilder page, CommandLine line, String prefix) {
    for (Map.Entry<String, CommandLine> entry : line.getSubcommands().entrySet()) {
      CommandSpec spec = entry.getValue().getCommandSpec();
      if (spec.usageMessage().hidden() || entry.getKey().equals("help")) {
        continue;
      }
      String name = prefix + entry.getKey();
      page.append(
          "%n## %s%n%n%s%n"
              .formatted(name, cell(String.join(" ", spec.usageMessage().description()))));
      table(page, spec);
      append(page, entry.getValue(), name + " ");
    }
  }

  private static void table(StringBuilder page, CommandSpec spec) {
    StringBuilder rows = new StringBuilder();
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      if (!parameter.hidden()) {
        rows.append(
            "| `%s` | %s |%n"
                .formatted(parameter.paramLabel(), text(parameter.description(), null)));
      }
    }
    for (OptionSpec option : spec.options()) {
      if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        rows.append(
            "| `%s%s` | %s |%n"
                .formatted(
                    option.longestName(), value, text(option.description(), default_(option))));
      }
    }
    if (!rows.isEmpty()) {
      page.append("%n| option | meaning |%n|---|---|%n".formatted()).append(rows);
    }
  }

  /** The default as on any machine; empty if there is none. */
  private static String default_(OptionSpec option) {
    String value = option.defaultValueString();
    if (value == null || value.equals("null")) {
      return "";
    }
    return value;
  }

  private static String text(String[] description, @Nullable String value) {
    String text = String.join(" ", description);
    if (value != null) {
      text = text.replace("${DEFAULT-VALUE}", value);
    }
    if (text.contains("${")) {
      throw new IllegalStateException("not resolved: " + text);
    }
    return cell(text.replace("%%", "%").replace("%n", " "));
  }
}
