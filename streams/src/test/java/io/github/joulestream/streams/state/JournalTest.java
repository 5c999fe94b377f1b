// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.streams.state.Journal.Entry;
import io.github.joulestream.streams.state.Journal.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  private Journal journal() {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    var context = new MockProcessorContext<>(config, new TaskId(0, 0), folder.toFile());
    Journal journal = Journal.builder("journal").withLoggingDisabled().build();
    journal.init(context.getStateStoreContext(), journal);
    return journal;
  }

  private static void append(Journal journal, String node, Kind kind, long offset, byte[] value) {
    journal.append(node.getBytes(UTF_8), kind, 1_000 + offset, offset, value, null, 0, 0);
  }

  private static List<Entry> reopen(Journal journal) {
    journal.clearCache();
    List<Entry> entries = new ArrayList<>();
    journal.open(entries::add);
    return entries;
  }

  private static String text(Entry entry) {
    Journal.Slice value = entry.value();
    return "%s %s %d %d %s"
        .formatted(
            entry.node(),
            entry.kind(),
            entry.arrivalEpochMillis(),
            entry.offset(),
            new String(value.bytes(), value.from(), value.length(), UTF_8));
  }

  @Test
  void codesOfKinds_areThoseOfEarlierReleases() {
    assertThat(Arrays.stream(Kind.values()).map(kind -> kind.name() + " " + kind.code))
        .containsExactly("ALLOCATION 0", "TELEMETRY 1", "WITHOUT_DEVICES 2", "EMITTED 3");
    for (Kind kind : Kind.values()) {
      assertThat(Kind.of(kind.code)).isEqualTo(kind);
    }
  }

  @Test
  void entries_areReadAgainAsTheyWereAppended_overChunks() {
    Journal journal = journal();
    append(journal, "s/n1", Kind.TELEMETRY, 1, "first".getBytes(UTF_8));
    append(journal, "s/n2", Kind.ALLOCATION, 2, "held".getBytes(UTF_8));
    journal.flushCache();
    journal.append(
        "s/n1".getBytes(UTF_8),
        Kind.WITHOUT_DEVICES,
        1_003,
        3,
        "be[devices]tween".getBytes(UTF_8),
        null,
        2,
        11);
    journal.appendEmitted();
    journal.flushCache();
    assertThat(journal.entriesOf("s/n1".getBytes(UTF_8), 0).stream().map(JournalTest::text))
        .containsExactly("s/n1 TELEMETRY 1001 1 first", "s/n1 WITHOUT_DEVICES 1003 3 between");
    long position = journal.position();
    List<Entry> entries = reopen(journal);
    assertThat(entries.stream().map(JournalTest::text))
        .containsExactly(
            "s/n1 TELEMETRY 1001 1 first",
            "s/n2 ALLOCATION 1002 2 held",
            "s/n1 WITHOUT_DEVICES 1003 3 between",
            " EMITTED 0 0 ");
    assertThat(entries.getLast().position()).isEqualTo(position);
    assertThat(journal.position()).isEqualTo(position);
  }

  /** Fragments of node windows are distinguished by it. */
  @Test
  void aPosition_neverComesAgain_thoughEarlierChunksWereDeleted() {
    Journal journal = journal();
    for (int i = 0; i < 100; i++) {
      append(journal, "s/n1", Kind.TELEMETRY, i, new byte[500]);
      journal.appendEmitted();
      journal.deleteBefore(journal.position());
      journal.flushCache();
    }
    long position = journal.position();
    List<Entry> left = reopen(journal);
    assertThat(left).hasSize(2);
    assertThat(journal.position()).isEqualTo(position).isGreaterThan(50_000);
    append(journal, "s/n1", Kind.TELEMETRY, 100, new byte[500]);
    assertThat(journal.entriesOf("s/n1".getBytes(UTF_8), position)).hasSize(1);
  }

  @Test
  void anEntryLargerThanAChunk_hasOneOfItsOwn() {
    Journal journal = journal();
    byte[] large = new byte[200_000];
    Arrays.fill(large, (byte) 7);
    append(journal, "s/n1", Kind.TELEMETRY, 1, new byte[10]);
    append(journal, "s/n1", Kind.TELEMETRY, 2, large);
    append(journal, "s/n1", Kind.TELEMETRY, 3, new byte[10]);
    journal.flushCache();
    assertThat(reopen(journal).stream().map(entry -> entry.value().length()))
        .containsExactly(10, 200_000, 10);
  }
}
