// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.app.DeadLetterTopic.Letter;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.Times;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.kafka.DeadLetters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was refused. */
@Command(
    name = "dead-letter",
    description = "Show records that were refused, and why.",
    synopsisSubcommandLabel = "(list | show)",
    subcommands = {DeadLetterCommand.ListAll.class, DeadLetterCommand.Show.class})
final class DeadLetterCommand extends CommandGroup {
  // escapes leave nothing in it that acts on a terminal
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static String time(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The newest first. */
  @Command(
      name = "list",
      sortOptions = false,
      description = "The newest refused records, one a line.",
      footer = {"", "What to do about them: docs/dead-letter.md."})
  static final class ListAll implements Callable<Integer> {
    private static final int KEY_CHARACTERS = 60;
    private static final int REASON_CHARACTERS = 200;
    private static final int MOST = 10_000;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Read from this topic only.")
    @Nullable String topic;

    @Option(names = "--site", paramLabel = "NAME", description = "Of this site only, by the key.")
    @Nullable String site;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description =
            "Refused since then, as 2026-01-31T12:00:00Z or as 2h (ago); default: all there is.")
    @Nullable String since;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "At most so many (default: ${DEFAULT-VALUE}).")
    int limit;

    @Option(names = "--json", description = "In full, as JSON.")
    boolean json;

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      if (limit < 1 || limit > MOST) {
        throw UserError.usage("--limit must be between 1 and %d".formatted(MOST));
      }
      long from = since == null ? 0 : Times.parse(since, EpochClock.system().epochMillis());
      kafka.reach();
      // one more shows whether there are more
      List<Letter> letters =
          new DeadLetterTopic(kafka.clients()).newest(from, limit + 1, this::isWanted);
      boolean more = letters.size() > limit;
      List<Letter> shown = more ? letters.subList(0, limit) : letters;
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

    private boolean isWanted(Letter letter) {
      byte[] key = letter.key();
      return (topic == null || letter.topic().equals(topic))
          && (site == null || (key != null && Keys.site(new String(key, UTF_8)).equals(site)));
    }

    private static void table(List<Letter> letters) {
      TextTable table =
          new TextTable(
              Column.left("refused"),
              Column.left("topic partition offset"),
              Column.left("key"),
              Column.right("bytes"),
              Column.left("reason"));
      for (Letter letter : letters) {
        byte[] key = letter.key();
        table.row(
            time(letter.epochMillis()),
            "%s %d %d"
                .formatted(ShownText.of(letter.topic(), 60), letter.partition(), letter.offset()),
            key == null ? "(none)" : ShownText.of(key, KEY_CHARACTERS),
            letter.sizeBytes() < 0 ? "(none)" : "%,d".formatted(letter.sizeBytes()),
            ShownText.of(letter.reason(), REASON_CHARACTERS));
      }
      System.out.print(table);
    }

    private static String json(List<Letter> letters, boolean more) {
      ObjectNode root = JSON.createObjectNode();
      ArrayNode list = root.putArray("dead_letters");
      for (Letter letter : letters) {
        byte[] key = letter.key();
        list.addObject()
            .put("refused", Instant.ofEpochMilli(letter.epochMillis()).toString())
            .put("topic", letter.topic())
            .put("partition", letter.partition())
            .put("offset", letter.offset())
            .put("key", key == null ? null : new String(key, UTF_8))
            .put("reason", letter.reason())
            .put("bytes", letter.sizeBytes() < 0 ? null : (Long) letter.sizeBytes());
      }
      root.put("more", more);
      try {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("texts can always be written", e);
      }
    }
  }

  /** One of them. */
  @Command(
      name = "show",
      sortOptions = false,
      description = "One refused record: its headers, and the first bytes of its value.")
  static final class Show implements Callable<Integer> {
    private static final int SHOWN_BYTES = 1_024;
    private static final int ROW_BYTES = 16;
    private static final int MAX_CHARACTERS = 2_000;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic it was read from,")
    String topic = "";

    @Parameters(index = "1", paramLabel = "PARTITION", description = "its partition there,")
    int partition;

    @Parameters(index = "2", paramLabel = "OFFSET", description = "and its offset, as in list.")
    long offset;

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.reach();
      ConsumerRecord<byte[], byte[]> record =
          new DeadLetterTopic(kafka.clients()).find(topic, partition, offset);
      if (record == null) {
        throw new UserError(
            "no record of %s %d %d was refused; 'joulestream dead-letter list' shows those that were"
                .formatted(ShownText.of(topic), partition, offset));
      }
      print(record);
      return 0;
    }

    private static void print(ConsumerRecord<byte[], byte[]> record) {
      byte[] key = record.key();
      byte[] value = record.value();
      TextTable fields = new TextTable(Column.left(""), Column.left(""));
      fields.row("refused", time(record.timestamp()));
      fields.row("key", key == null ? "(none)" : ShownText.of(key, MAX_CHARACTERS));
      for (Header header : record.headers()) {
        fields.row(
            ShownText.of(header.key(), MAX_CHARACTERS),
            header.value() == null ? "(none)" : ShownText.of(header.value(), MAX_CHARACTERS));
      }
      fields.row("value", value == null ? "(none)" : size(record, value));
      System.out.print(fields);
      if (value == null) {
        return;
      }
      TextTable bytes = new TextTable(Column.left(""), Column.left(""), Column.left(""));
      for (int from = 0; from < Math.min(value.length, SHOWN_BYTES); from += ROW_BYTES) {
        addRow(bytes, value, from, Math.min(value.length, from + ROW_BYTES));
      }
      System.out.print(bytes);
      if (value.length > SHOWN_BYTES) {
        System.out.printf(Locale.ROOT, "... %,d bytes more%n", value.length - SHOWN_BYTES);
      }
    }

    private static String size(ConsumerRecord<byte[], byte[]> record, byte[] value) {
      return Quantities.count(value.length, "byte")
          + (record.headers().lastHeader(DeadLetters.SIZE) == null
              ? ""
              : " of it are kept; the topic that it came from has all of it until its retention ends");
    }

    private static void addRow(TextTable table, byte[] value, int from, int to) {
      StringBuilder text = new StringBuilder();
      for (int i = from; i < to; i++) {
        text.append(value[i] >= ' ' && value[i] < 0x7f ? (char) value[i] : '.');
      }
      table.row(
          "%08x".formatted(from),
          HexFormat.ofDelimiter(" ").formatHex(value, from, to),
          text.toString());
    }
  }
}
