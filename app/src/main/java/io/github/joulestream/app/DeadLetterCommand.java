// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;

/** What was refused. */
@Command(
    name = "dead-letter",
    description = "Show records that were refused, and why; write them to their topics again.",
    synopsisSubcommandLabel = "(list | show | replay)",
    subcommands = {DeadLetterList.class, DeadLetterShow.class, DeadLetterReplay.class})
final class DeadLetterCommand extends CommandGroup {
  /** A point in time, to the second. */
  static String time(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
