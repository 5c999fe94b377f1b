// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import picocli.CommandLine.Command;

/** What the electricity of sites cost, emitted and came from. */
@Command(
    name = "grid",
    description = "The supply of a site: carbon intensity, mix, price, own generation, contracts.",
    synopsisSubcommandLabel = "(import | list | gaps | withdraw)",
    subcommands = {
      GridImport.class,
      GridShow.ListAll.class,
      GridShow.Gaps.class,
      GridWithdraw.class
    })
final class GridCommand extends CommandGroup {}
