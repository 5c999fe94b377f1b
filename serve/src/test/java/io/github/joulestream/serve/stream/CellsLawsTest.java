// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.serve.live.NodeTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellsLawsTest {
  private static final long NOW = FakeSite.NOW;

  /** A client that takes some frames and misses others. */
  private static final class Reader {
    final FakeSink sink = new FakeSink();
    long base;

    void take(Cells cells, long frame) {
      send("nodes", cells.names(base));
      send("cells", cells.changes(base));
      base = frame;
    }

    private void send(String event, byte @Nullable [] data) {
      if (data != null) {
        sink.send("", event, data);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 127, 128, 129, 1_000, 20_000})
  void whateverFramesAClientMisses_itHasWhatTheNodesDo(int nodes) {
    Random random = new Random(nodes);
    NodeTable table = FakeSite.table(1, nodes, 16);
    BitSet held = new BitSet();
    Cells cells = new Cells();
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      readers.add(new Reader());
    }
    long frame = 0;
    for (int round = 0; round < 60; round++) {
      if (random.nextInt(20) == 0) {
        table = FakeSite.table(table.version() + 1, nodes, 16);
      }
      change(table, held, random);
      boolean changed = cells.update(table, held, NOW, frame + 1);
      frame += changed ? 1 : 0;
      for (int i = 0; i < readers.size(); i++) {
        // the first takes every frame, the others ever fewer
        if (random.nextInt(i * i + 1) == 0) {
          readers.get(i).take(cells, frame);
        }
      }
      assertThat(readers.getFirst().sink.cells).isDeepEqualTo(expected(table, held));
    }
    for (Reader reader : readers) {
      reader.take(cells, frame);
      assertThat(reader.sink.cells).isDeepEqualTo(expected(table, held));
      assertThat(reader.sink.names).isEqualTo(table.names());
      assertThat(cells.changes(frame)).isNull();
    }
  }

  private static void change(NodeTable table, BitSet held, Random random) {
    int nodes = table.names().size();
    int changes = random.nextInt(4) == 0 ? nodes : random.nextInt(Math.max(1, nodes / 50) + 1);
    for (int c = 0; c < changes; c++) {
      int i = random.nextInt(nodes);
      table.milliwatts()[i] = random.nextLong(-1, 2_000_000);
      table.highestMilliwatts()[i] = random.nextLong(1_900_000);
      table.busyBasisPoints()[i] = random.nextInt(-1, 10_001);
      table.heldIdleBasisPoints()[i] = random.nextInt(-1, 10_001);
      table.temperatureDecidegrees()[i] =
          random.nextInt(9) == 0 ? Integer.MIN_VALUE : random.nextInt(-100, 3_000);
      table.readingEpochMillis()[i] =
          random.nextInt(9) == 0 ? 0 : NOW - random.nextLong(-2_000, 400_000);
      table.silent().set(i, random.nextBoolean());
      table.alerting().set(i, random.nextBoolean());
      held.set(i, random.nextBoolean());
    }
  }

  /** After the document. */
  private static int[][] expected(NodeTable table, BitSet held) {
    int[][] cells = new int[table.names().size()][];
    for (int i = 0; i < cells.length; i++) {
      long power = table.milliwatts()[i];
      long highest = table.highestMilliwatts()[i];
      int tenths = table.temperatureDecidegrees()[i];
      long reading = table.readingEpochMillis()[i];
      long age = Math.max(0, NOW - reading) / 1_000;
      cells[i] =
          new int[] {
            power < 0
                ? 255
                : highest == 0 ? 0 : (int) Math.min(250, Math.round(250.0 * power / highest)),
            percent(table.busyBasisPoints()[i]),
            percent(table.heldIdleBasisPoints()[i]),
            tenths == Integer.MIN_VALUE
                ? 255
                : (int) Math.min(254, Math.max(0, Math.floor((tenths + 5) / 10.0))),
            reading == 0 ? 255 : (int) (Math.min(age, 250) - Math.min(age, 250) % 5),
            (table.silent().get(i) ? 1 : 0)
                + (table.alerting().get(i) ? 2 : 0)
                + (held.get(i) ? 4 : 0)
          };
    }
    return cells;
  }

  private static int percent(int basisPoints) {
    return basisPoints < 0 ? 255 : (int) Math.floor((basisPoints + 50) / 100.0);
  }

  @Test
  void aDelta_isSentOnlyIfItIsShorter() {
    NodeTable table = FakeSite.table(1, 100, 10);
    Cells cells = new Cells();
    cells.update(table, new BitSet(), NOW, 1);
    table.milliwatts()[99] = 5;
    table.highestMilliwatts()[99] = 10;
    cells.update(table, new BitSet(), NOW, 2);
    // 99 - -1 is 100, one byte; then six
    assertThat(text(cells.changes(1)))
        .isEqualTo("{\"version\":1,\"full\":false,\"count\":100,\"cells\":\"ZH3/////AA==\"}");
    table.milliwatts()[0] = 1;
    Arrays.fill(table.milliwatts(), 0);
    cells.update(table, new BitSet(), NOW, 3);
    assertThat(text(cells.changes(2))).contains("\"full\":true");
  }

  @Test
  void clientsWithTheSameFrame_areSentTheSameBytes() {
    NodeTable table = FakeSite.table(1, 10, 10);
    Cells cells = new Cells();
    cells.update(table, new BitSet(), NOW, 1);
    assertThat(cells.changes(0)).isNotNull().isSameAs(cells.changes(0));
    assertThat(cells.names(0)).isSameAs(cells.names(0));
    assertThat(cells.names(1)).isNull();
  }

  private static String text(byte @Nullable [] event) {
    return event == null ? "" : new String(event, US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 1", "4, 2", "7, 3"})
  void aRack_isTheSumOrTheHighestOfItsNodes(int seed, int known) {
    Random random = new Random(seed);
    NodeTable table = FakeSite.table(7, 12, 4);
    BitSet held = new BitSet();
    for (int i = 0; i < known; i++) {
      table.milliwatts()[i] = random.nextLong(1_000);
      table.highestMilliwatts()[i] = 1_000;
      table.busyBasisPoints()[i] = 100 * (i + 1);
      table.temperatureDecidegrees()[i] = 200 + i;
      table.readingEpochMillis()[i] = NOW - 1_000L * (i + 1);
    }
    table.silent().set(5);
    table.alerting().set(11);
    held.set(4);
    Racks racks = Racks.of(table, null);
    NodeTable rows = racks.table();
    assertThat(rows.names()).containsExactly("r0", "r1", "r2");
    assertThat(rows.version()).isEqualTo(7);
    long sum = 0;
    for (int i = 0; i < known; i++) {
      sum += table.milliwatts()[i];
    }
    assertThat(rows.milliwatts()).containsExactly(known == 0 ? -1 : sum, -1, -1);
    assertThat(rows.highestMilliwatts()).containsExactly(1_000L * known, 0, 0);
    assertThat(rows.busyBasisPoints()).containsExactly(known == 0 ? -1 : 50 * (known + 1), -1, -1);
    assertThat(rows.temperatureDecidegrees()[0])
        .isEqualTo(known == 0 ? Integer.MIN_VALUE : 199 + known);
    assertThat(rows.readingEpochMillis()[0]).isEqualTo(known == 0 ? 0 : NOW - 1_000L * known);
    assertThat(rows.silent()).isEqualTo(BitSet.valueOf(new long[] {2}));
    assertThat(rows.alerting()).isEqualTo(BitSet.valueOf(new long[] {4}));
    assertThat(racks.of(held)).isEqualTo(BitSet.valueOf(new long[] {2}));
    assertThat(racks.positions(new int[] {0, 1, 4, 5, 11})).containsExactly(0, 1, 2);
    assertThat(Racks.of(FakeSite.table(7, 12, 4), racks).table().names()).isEqualTo(rows.names());
  }
}
