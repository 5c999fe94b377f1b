// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.StaticTokens;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a static token. */
@Command(
    name = "new",
    sortOptions = false,
    description = "Print a new token, which is kept nowhere, and the line with its hash.",
    footer = {
      "",
      "The token goes to standard output, the line for the file of --tokens to standard error:",
      "",
      "  umask 077; joulestream token new grafana --role viewer > grafana.token 2>> tokens"
    })
final class TokenNew implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NAME", description = "What it is for, for people.")
  String name = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      required = true,
      description = "user, manager, viewer or admin: docs/access.md.")
  Role role = Role.USER;

  @Option(names = "--user", paramLabel = "NAME", description = "Whose jobs are its own.")
  @Nullable String user;

  @Option(
      names = "--projects",
      paramLabel = "NAMES",
      split = ",",
      description = "Projects whose sums it may read; of a manager also the jobs.")
  List<String> projects = new ArrayList<>();

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "When it is not taken any more: 2027-01-31T12:00:00Z (default: never).")
  @Nullable String expires;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  @Override
  public Integer call() {
    StringBuilder words = new StringBuilder("name=").append(name);
    words.append(" role=").append(role.name().toLowerCase(Locale.ROOT));
    if (user != null) {
      words.append(" user=").append(user);
    }
    if (!projects.isEmpty()) {
      words.append(" projects=").append(String.join(",", projects));
    }
    if (expires != null) {
      words.append(" expires=").append(expires);
    }
    String token = StaticTokens.create();
    String line;
    try {
      line = StaticTokens.line(token, words.toString());
    } catch (IllegalArgumentException e) {
      throw UserError.usage("no such token can be made: " + e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    out.println(token);
    err.println(line);
    return 0;
  }
}
