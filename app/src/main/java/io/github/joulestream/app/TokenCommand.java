// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import picocli.CommandLine.Command;

/** Static tokens of the API. */
@Command(
    name = "token",
    description = "Make tokens with which programs read the API.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = TokenNew.class)
final class TokenCommand extends CommandGroup {}
