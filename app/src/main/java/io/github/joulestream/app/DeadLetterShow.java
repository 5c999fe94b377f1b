// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.letters.DeadLetter;
import io.github.joulestream.app.letters.DeadLetter.Place;
import io.github.joulestream.app.letters.DeadLetterTopic;
import io.github.joulestream.app.letters.RefusalAdvice;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.DecodedText;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.kafka.DeadLetters;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One of them. */
@Command(
    name = "show",
    sortOptions = false,
    description =
        "One refused record: why, what to do, its headers, and what is in it; of a value that cannot"
            + " be read the first bytes.")
final class DeadLetterShow implements Callable<Integer> {
  private static final int SHOWN_BYTES = 1_024;
  private static final int ROW_BYTES = 16;
  private static final int MAX_CHARACTERS = 2_000;
  private static final int MAX_CONTENT_CHARACTERS = 20_000;

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
    kafka.join();
    ConsumerRecord<byte[], byte[]> record =
        new DeadLetterTopic(kafka.clients()).find(new Place(topic, partition, offset));
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
    DeadLetter letter = DeadLetter.of(record);
    TextTable fields = new TextTable(Column.left(""), Column.left(""));
    fields.row("refused", DeadLetterCommand.time(record.timestamp()));
    fields.row("what to do", RefusalAdvice.of(letter.reason()).words());
    fields.row("key", key == null ? "(none)" : ShownText.of(key, MAX_CHARACTERS));
    for (Header header : record.headers()) {
      fields.row(
          ShownText.of(header.key(), MAX_CHARACTERS),
          header.value() == null ? "(none)" : ShownText.of(header.value(), MAX_CHARACTERS));
    }
    fields.row("value", value == null ? "(none)" : size(record, value));
    if (value != null) {
      Content content = Content.of(letter, value);
      fields.row("content", content.words());
      System.out.print(fields);
      if (!content.isRead()) {
        printBytes(value);
      }
    } else {
      System.out.print(fields);
    }
  }

  /** What is in a value, or why that is not known. */
  private record Content(boolean isRead, String words) {
    static Content of(DeadLetter letter, byte[] value) {
      if (letter.sizeBytes() > value.length) {
        return new Content(false, "not readable: it was cut");
      }
      try {
        Optional<String> text =
            Stream.of(Topic.values())
                .filter(one -> one.topicName().equals(letter.place().topic()))
                .findAny()
                .flatMap(one -> DecodedText.of(one, value));
        return text.map(json -> new Content(true, ShownText.of(json, MAX_CONTENT_CHARACTERS)))
            .orElseGet(() -> new Content(false, "values of this topic have no schema of ours"));
      } catch (SerializationException e) {
        return new Content(
            false,
            "not readable now: " + ShownText.of(String.valueOf(e.getMessage()), MAX_CHARACTERS));
      }
    }
  }

  private static void printBytes(byte[] value) {
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
