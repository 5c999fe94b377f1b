// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.letters.DeadLetter;
import io.github.joulestream.app.letters.DeadLetter.Place;
import io.github.joulestream.app.letters.DeadLetterTopic;
import io.github.joulestream.app.letters.LetterFilter;
import io.github.joulestream.app.letters.LetterSummary;
import io.github.joulestream.app.letters.LetterSummary.Row;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The newest first. */
@Command(
    name = "list",
    sortOptions = false,
    description = "The newest refused records, one a line.",
    footer = {"", "What to do about them: docs/dead-letter.md."})
final class DeadLetterList implements Callable<Integer> {
  private static final int TOPIC_CHARACTERS = 60;
  private static final int KEY_CHARACTERS = 60;
  private static final int REASON_CHARACTERS = 200;
  // escapes leave nothing in it that acts on a terminal
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @Mixin LetterFilter filter = new LetterFilter();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  int limit;

  @Option(
      names = "--summary",
      description = "How many there are of each topic and kind of reason, of all that are meant.")
  boolean summary;

  @Option(names = "--json", description = "In full, as JSON.")
  boolean json;

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    LetterFilter.checkLimit(limit);
    long from = filter.begin();
    kafka.reach();
    DeadLetterTopic topic = new DeadLetterTopic(kafka.clients());
    if (summary) {
      printSummary(LetterSummary.of(topic, from, filter).rows());
      return 0;
    }
    // one more shows whether there are more
    List<DeadLetter> letters = topic.newest(from, limit + 1, filter::matches);
    boolean more = letters.size() > limit;
    List<DeadLetter> shown = more ? letters.subList(0, limit) : letters;
    if (json) {
      System.out.println(json(shown, more));
    } else if (shown.isEmpty()) {
      System.out.println("no record was refused");
    } else {
      table(shown);
      if (more) {
        System.out.printf(
            Locale.ROOT, "there are more than %,d; --limit N shows more of them%n", limit);
      }
    }
    return 0;
  }

  private static void table(List<DeadLetter> letters) {
    TextTable table =
        new TextTable(
            Column.left("refused"),
            Column.left("topic partition offset"),
            Column.left("key"),
            Column.right("bytes"),
            Column.left("reason"));
    for (DeadLetter letter : letters) {
      table.row(
          DeadLetterCommand.time(letter.epochMillis()),
          place(letter.place()),
          key(letter),
          letter.sizeBytes() < 0 ? "(none)" : "%,d".formatted(letter.sizeBytes()),
          ShownText.of(letter.reason(), REASON_CHARACTERS) + ofReplay(letter));
    }
    System.out.print(table);
  }

  /** As {@code show} takes it. */
  static String place(Place place) {
    return "%s %d %d"
        .formatted(
            ShownText.of(place.topic(), TOPIC_CHARACTERS), place.partition(), place.offset());
  }

  /** The key as far as it has room in a table. */
  static String key(DeadLetter letter) {
    byte[] key = letter.key();
    return key == null ? "(none)" : ShownText.of(key, KEY_CHARACTERS);
  }

  private static String ofReplay(DeadLetter letter) {
    return letter.replays() == 0
        ? ""
        : " (replay %d of %s)"
            .formatted(letter.replays(), ShownText.of(letter.replayOf(), TOPIC_CHARACTERS));
  }

  private void printSummary(List<Row> rows) {
    if (json) {
      ObjectNode root = JSON.createObjectNode();
      ArrayNode list = root.putArray("reasons");
      for (Row row : rows) {
        list.addObject()
            .put("topic", row.topic())
            .put("reason", row.reason())
            .put("count", row.count())
            .put("first", Instant.ofEpochMilli(row.firstEpochMillis()).toString())
            .put("last", Instant.ofEpochMilli(row.lastEpochMillis()).toString());
      }
      System.out.println(text(root));
      return;
    }
    if (rows.isEmpty()) {
      System.out.println("no record was refused");
      return;
    }
    TextTable table =
        new TextTable(
            Column.right("count"),
            Column.left("topic"),
            Column.left("first"),
            Column.left("last"),
            Column.left("reason"));
    for (Row row : rows) {
      table.row(
          "%,d".formatted(row.count()),
          ShownText.of(row.topic(), TOPIC_CHARACTERS),
          DeadLetterCommand.time(row.firstEpochMillis()),
          DeadLetterCommand.time(row.lastEpochMillis()),
          ShownText.of(row.reason(), REASON_CHARACTERS));
    }
    System.out.print(table);
  }

  private static String json(List<DeadLetter> letters, boolean more) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode list = root.putArray("dead_letters");
    for (DeadLetter letter : letters) {
      list.add(node(letter));
    }
    root.put("more", more);
    return text(root);
  }

  /** A letter for programs. */
  static ObjectNode node(DeadLetter letter) {
    @Nullable Long bytes = letter.sizeBytes() < 0 ? null : (Long) letter.sizeBytes();
    ObjectNode node =
        JSON.createObjectNode()
            .put("refused", Instant.ofEpochMilli(letter.epochMillis()).toString())
            .put("topic", letter.place().topic())
            .put("partition", letter.place().partition())
            .put("offset", letter.place().offset())
            .put("key", letter.keyText().orElse(null))
            .put("reason", letter.reason())
            .put("bytes", bytes);
    if (letter.replays() > 0) {
      node.put("replay_of", letter.replayOf()).put("replays", letter.replays());
    }
    return node;
  }

  /** As a text that acts on no terminal. */
  static String text(ObjectNode root) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can always be written", e);
    }
  }
}
