// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.signing.KeyFile;
import io.github.joulestream.schemas.signing.SiteKey;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keys that sign records. */
@Command(
    name = "key",
    description = "Make keys with which sites and nodes sign their records.",
    synopsisSubcommandLabel = "(new | node)",
    subcommands = {KeyCommand.New.class, KeyCommand.Node.class},
    footer = {
      "",
      "  joulestream key new dc1 --to dc1.key",
      "  joulestream key node dc1/n1 --site-key dc1.key --to n1.key",
      "  joulestream agent --site dc1 --node n1 --key-file n1.key ...",
      "  joulestream streams --site-keys dc1.key ..."
    })
final class KeyCommand extends CommandGroup {
  @Command(
      name = "new",
      sortOptions = false,
      description = "Make the key of a site, in a new file that its owner alone may read.")
  static final class New implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SITE", description = "The site.")
    String site = "";

    @Option(
        names = "--to",
        paramLabel = "FILE",
        description = "The file, which must not exist (default: SITE.key).")
    @Nullable Path to;

    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
      SiteKey key = made(() -> SiteKey.create(site));
      Path file = to == null ? Path.of(site + ".key") : to;
      KeyFile.write(file, key);
      System.out.printf("%s written to %s%n", key, file);
      return 0;
    }
  }

  @Command(
      name = "node",
      sortOptions = false,
      description = "Derive the key of a node, into a new file that its owner alone may read.")
  static final class Node implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SITE/NODE", description = "The node.")
    String name = "";

    @Option(
        names = "--site-key",
        paramLabel = "FILE",
        required = true,
        description = "The file with the key of its site.")
    Path siteKey = Path.of("");

    @Option(
        names = "--to",
        paramLabel = "FILE",
        description = "The file, which must not exist (default: NODE.key).")
    @Nullable Path to;

    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
      String site = Keys.site(name);
      if (site.length() == name.length()) {
        throw UserError.usage("a node is named SITE/NODE, as in dc1/n1, not '%s'".formatted(name));
      }
      String node = name.substring(site.length() + 1);
      SiteKey key = KeyFile.readSite(siteKey);
      if (!key.site().equals(site)) {
        throw new UserError(
            "%s holds the %s; the key of site %s is needed".formatted(siteKey, key, site));
      }
      Path file = to == null ? Path.of(node + ".key") : to;
      KeyFile.write(file, made(() -> key.ofNode(node)));
      System.out.printf("key of node %s/%s written to %s%n", site, node, file);
      return 0;
    }
  }

  /** Makes a key; a name that is none is a mistake of the command line. */
  private static <K> K made(Supplier<K> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw UserError.usage(String.valueOf(e.getMessage()), e);
    }
  }
}
