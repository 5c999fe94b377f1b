// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A batch of a {@link Cycle}, which is sent once in each turn. Its counters rise from turn to turn,
 * so it is encoded once for a turn, and all copies of its node are made of that.
 */
final class CycleBatch {
  /** What a node reads at a time, as a batch of one row. */
  record Row(long epochMillis, TelemetryBatch read) {}

  /**
   * How a turn differs from the one before.
   *
   * @param millis that it lasts
   * @param first by device, what the counters have at its beginning
   * @param end by device, what they have where the next begins
   */
  record Turn(long millis, List<DeviceSeries> first, List<DeviceSeries> end) {}

  /** The encoded batch in a turn. */
  private record Encoded(int turn, BatchTemplate template) {}

  private final int node;
  private final List<Row> before;
  private final List<Row> rows;
  private final Turn change;
  private volatile @Nullable Encoded last;

  /**
   * @param node its number
   * @param before rows that were read where the turn before ended
   */
  CycleBatch(int node, List<Row> before, List<Row> rows, Turn change) {
    this.node = node;
    this.before = List.copyOf(before);
    this.rows = List.copyOf(rows);
    this.change = change;
  }

  int node() {
    return node;
  }

  String site() {
    return rows.getFirst().read.site();
  }

  String nodeName() {
    return rows.getFirst().read.node();
  }

  /** Encoded, at the times of the first turn. */
  BatchTemplate template(int turn) {
    Encoded encoded = last;
    if (encoded == null || encoded.turn != turn) {
      // of many threads the last one's is kept: they are equal
      encoded = new Encoded(turn, BatchTemplate.of(batch(turn, Long.MIN_VALUE)));
      last = encoded;
    }
    return encoded.template;
  }

  /**
   * The batch, at the times of the first turn.
   *
   * @param fromEpochMillis rows of an earlier time are left out
   */
  TelemetryBatch batch(int turn, long fromEpochMillis) {
    List<Row> taken = new ArrayList<>();
    List<Integer> turns = new ArrayList<>();
    for (Row row : before) {
      if (row.epochMillis - change.millis >= fromEpochMillis) {
        taken.add(row);
        turns.add(turn - 1);
      }
    }
    for (Row row : rows) {
      if (row.epochMillis >= fromEpochMillis) {
        taken.add(row);
        turns.add(turn);
      }
    }
    TelemetryBatch any = rows.getFirst().read;
    List<DeviceSeries> devices = new ArrayList<>();
    for (int d = 0; d < any.devices().size(); d++) {
      int device = d;
      Readings first = change.first.get(d).readings();
      Readings end = change.end.get(d).readings();
      devices.add(
          new DeviceSeries(
              any.devices().get(d).device(),
              new Readings(
                  column(
                      taken,
                      (row, i) -> row.epochMillis + (turns.get(i) == turn ? 0 : -change.millis)),
                  values(taken, device, Readings::powerMilliwatts),
                  counter(taken, turns, device, first, end, Readings::energyMicrojoules),
                  values(taken, device, Readings::utilisationBasisPoints),
                  values(taken, device, Readings::usedBytes),
                  counter(taken, turns, device, first, end, Readings::readBytes),
                  counter(taken, turns, device, first, end, Readings::writtenBytes))));
    }
    return new TelemetryBatch(any.site(), any.node(), any.agentEpoch(), 0, devices);
  }

  /** A column of a device. */
  private interface Column {
    long[] of(Readings readings);
  }

  private static long[] column(List<Row> rows, ToLongBiFunction<Row, Integer> value) {
    long[] column = new long[rows.size()];
    for (int i = 0; i < column.length; i++) {
      column[i] = value.applyAsLong(rows.get(i), i);
    }
    return column;
  }

  private static long[] values(List<Row> rows, int device, Column column) {
    return column.of(rows.getFirst().read.devices().get(device).readings()).length == 0
        ? new long[0]
        : column(rows, (row, _) -> column.of(row.read.devices().get(device).readings())[0]);
  }

  private static long[] counter(
      List<Row> rows,
      List<Integer> turns,
      int device,
      Readings first,
      Readings end,
      Column column) {
    if (column.of(first).length == 0) {
      return new long[0];
    }
    long each = column.of(end)[0] - column.of(first)[0];
    return column(
        rows,
        (row, i) -> column.of(row.read.devices().get(device).readings())[0] + turns.get(i) * each);
  }
}
