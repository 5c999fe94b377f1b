// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.letters.DeadLetter;
import io.github.joulestream.app.letters.LetterFilter;
import io.github.joulestream.app.letters.LetterReplay;
import io.github.joulestream.app.letters.LetterReplay.Plan;
import io.github.joulestream.app.letters.Verdict.Unfit;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Once what they were refused for is cured. */
@Command(
    name = "replay",
    sortOptions = false,
    description = "Write refused records to their topics again, once their reason is cured.",
    footer = {
      "",
      "As they were, the oldest first. A record is written once: what was written is noted in the",
      "topic, and left out the next time. Every check is made again, and what is refused again is a",
      "new dead letter that names the first one. See docs/dead-letter.md."
    })
final class DeadLetterReplay implements Callable<Integer> {
  private static final int SHOWN = 50;

  @Mixin LetterFilter filter = new LetterFilter();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Write at most so many (default: ${DEFAULT-VALUE}).")
  int limit;

  @Option(
      names = "--again",
      description = "Also those that were written again and then refused again.")
  boolean again;

  @Option(names = "--dry-run", description = "Only show what would be written, and what not.")
  boolean dryRun;

  @Option(names = "--json", description = "As JSON.")
  boolean json;

  @Mixin ConfirmOption confirmation = new ConfirmOption();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    LetterFilter.checkLimit(limit);
    filter.begin();
    kafka.reach();
    try (LetterReplay replay = new LetterReplay(kafka.clients())) {
      if (!dryRun) {
        replay.begin();
      }
      Plan plan = replay.plan(filter, limit, again);
      int found = plan.replayable().size();
      if (!json) {
        print(plan);
      }
      int written = 0;
      if (!dryRun && found > 0) {
        confirmation.confirm(
            "write %s to the topics again".formatted(Quantities.count(found, "refused record")));
        written = replay.write(plan);
      }
      if (json) {
        System.out.println(json(plan, written));
      } else if (!dryRun) {
        System.out.printf("%s written again%n", Quantities.count(written, "record"));
      }
    }
    return 0;
  }

  private void print(Plan plan) {
    List<DeadLetter> replayable = plan.replayable();
    if (dryRun && !replayable.isEmpty()) {
      TextTable table =
          new TextTable(
              Column.left("topic partition offset"), Column.left("key"), Column.right("bytes"));
      for (DeadLetter letter : replayable.subList(0, Math.min(SHOWN, replayable.size()))) {
        table.row(
            DeadLetterList.place(letter.place()),
            DeadLetterList.key(letter),
            "%,d".formatted(letter.sizeBytes()));
      }
      System.out.print(table);
      printMore(replayable.size());
    }
    List<Unfit> unfit = plan.unfit();
    if (!unfit.isEmpty()) {
      TextTable table =
          new TextTable(
              Column.left("topic partition offset"),
              Column.left("key"),
              Column.left("not written again because"));
      for (Unfit one : unfit.subList(0, Math.min(SHOWN, unfit.size()))) {
        table.row(
            DeadLetterList.place(one.letter().place()),
            DeadLetterList.key(one.letter()),
            one.why());
      }
      System.out.print(table);
      printMore(unfit.size());
    }
    System.out.printf(
        "%s to be written again, %,d cannot be, %,d already are or are by another letter%n",
        Quantities.count(replayable.size(), "record"), unfit.size(), plan.done());
    if (plan.more()) {
      System.out.printf(
          Locale.ROOT, "there are more than %,d; run it again for the others%n", limit);
    }
  }

  private static void printMore(int count) {
    if (count > SHOWN) {
      System.out.printf(Locale.ROOT, "... and %,d more; --json has all%n", count - SHOWN);
    }
  }

  private String json(Plan plan, int written) {
    ObjectNode root = new JsonMapper().createObjectNode();
    root.put("written", written);
    root.put("dry_run", dryRun);
    root.put("written_before_or_by_another_letter", plan.done());
    root.put("more", plan.more());
    ArrayNode replayable = root.putArray("replayable");
    plan.replayable().forEach(letter -> replayable.add(DeadLetterList.node(letter)));
    ArrayNode unfit = root.putArray("unfit");
    plan.unfit().forEach(one -> unfit.add(DeadLetterList.node(one.letter()).put("why", one.why())));
    return DeadLetterList.text(root);
  }
}
