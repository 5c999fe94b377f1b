// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.grid.GridTopic;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.reports.feed.FeedTimes;
import io.github.joulestream.reports.feed.KeptText;
import io.github.joulestream.reports.feed.KnownSupply;
import io.github.joulestream.reports.feed.Withdrawal;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.Topic;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes intervals back. */
@Command(
    name = "withdraw",
    sortOptions = false,
    description = "Take the intervals of a series in a range of time out of force.",
    footer = {
      "",
      "Reports as of a time before it still have them. Withdraw values before others of another",
      "length are imported for the same time."
    })
final class GridWithdraw implements Callable<Integer> {
  @Option(names = "--site", required = true, description = "The site.")
  String site = "";

  @Option(
      names = "--series",
      paramLabel = "SERIES",
      required = true,
      description = "The series, such as price or mix-solar.")
  String series = "";

  @Option(
      names = "--from",
      paramLabel = "TIME",
      required = true,
      description = "From then on: 2026-10-01, 2026-10-01T02:00, 2026-10-01T02:00:00+02:00.")
  String from = "";

  @Option(names = "--to", paramLabel = "TIME", required = true, description = "Before then.")
  String to = "";

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      defaultValue = "UTC",
      description = "Time zone of times, given and shown (default: ${DEFAULT-VALUE}).")
  ZoneId zone = ZoneOffset.UTC;

  @Mixin ConfirmOption confirmation = new ConfirmOption();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    GridSeries one = GridShow.series(series);
    long first = FeedTimes.ofOption("--from", from, zone);
    long end = FeedTimes.ofOption("--to", to, zone);
    if (first >= end) {
      throw UserError.usage("--from must be before --to");
    }
    kafka.join();
    kafka.requireTopics(List.of(Topic.GRID));
    GridTopic topic = new GridTopic(kafka.clients());
    List<GridRecord> records =
        Withdrawal.of(
            new KnownSupply(topic.read(site, List.of(one), first, end)),
            one,
            first,
            end,
            EpochClock.system().epochMillis());
    if (records.isEmpty()) {
      throw new UserError(
          "site %s has no values of %s from %s to %s; 'joulestream grid list' shows what there is"
              .formatted(
                  ShownText.of(site),
                  one.text(),
                  KeptText.time(first, zone),
                  KeptText.time(end, zone)));
    }
    String what =
        "%s of %s of site %s, from %s to %s"
            .formatted(
                Quantities.count(records.size(), "interval"),
                one.text(),
                ShownText.of(site),
                KeptText.time(records.getFirst().interval().from(), zone),
                KeptText.time(records.getLast().interval().to(), zone));
    confirmation.confirm("withdraw " + what);
    topic.publish(records);
    System.out.printf("withdrawn: %s%n", what);
    return 0;
  }
}
