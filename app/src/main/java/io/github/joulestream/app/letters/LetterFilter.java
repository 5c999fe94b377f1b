// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

import io.github.joulestream.cli.Times;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for which dead letters are meant: those that are as all of them say. */
public final class LetterFilter {
  private static final int MOST = 10_000;

  @Option(names = "--topic", paramLabel = "TOPIC", description = "Read from this topic only.")
  @Nullable String topic;

  @Option(names = "--site", paramLabel = "NAME", description = "Of this site only, by the key.")
  @Nullable String site;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "Of this node only, by the key of telemetry, allocations and nodes.")
  @Nullable String node;

  @Option(names = "--key", paramLabel = "KEY", description = "With this key only.")
  @Nullable String key;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Only those whose reason holds this text; upper and lower case are the same.")
  @Nullable String reason;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Refused since then, as 2026-01-31T12:00:00Z or as 2h (ago); default: all there is.")
  @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Refused before then.")
  @Nullable String until;

  private long untilEpochMillis = Long.MAX_VALUE;

  /**
   * Reads the times; before {@link #matches}.
   *
   * @return since when, epoch ms
   */
  public long begin() {
    long now = EpochClock.system().epochMillis();
    long from = since == null ? 0 : Times.parse(since, now);
    untilEpochMillis = until == null ? Long.MAX_VALUE : Times.parse(until, now);
    if (untilEpochMillis <= from) {
      throw UserError.usage("--until is not after --since");
    }
    return from;
  }

  /** Refuses a number that is out of bounds. */
  public static void checkLimit(int limit) {
    if (limit < 1 || limit > MOST) {
      throw UserError.usage("--limit must be between 1 and %d".formatted(MOST));
    }
  }

  /** True if the letter is meant. */
  public boolean matches(DeadLetter letter) {
    return (topic == null || letter.place().topic().equals(topic))
        && (site == null || letter.site().filter(site::equals).isPresent())
        && (node == null || (isOfNodes(letter) && letter.name().filter(node::equals).isPresent()))
        && (key == null || letter.keyText().filter(key::equals).isPresent())
        && (reason == null
            || letter.reason().toLowerCase(Locale.ROOT).contains(reason.toLowerCase(Locale.ROOT)))
        && letter.epochMillis() < untilEpochMillis;
  }

  private static boolean isOfNodes(DeadLetter letter) {
    return switch (letter.place().topic()) {
      case "telemetry", "allocations", "nodes", "node-window", "device-window", "placement" -> true;
      default -> false;
    };
  }

  /** The topic that was asked for, if one was. */
  public @Nullable String topic() {
    return topic;
  }
}
