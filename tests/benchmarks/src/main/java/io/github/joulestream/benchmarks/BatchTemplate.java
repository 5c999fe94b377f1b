// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.util.Arrays;
import java.util.List;

/**
 * An encoded batch of telemetry, of which equal batches of other nodes and times are made by
 * changing a few bytes: the node's name, the sequence and the time of the first reading. All other
 * times are differences to it, and the columns, which are most of the bytes, are copied as they
 * are.
 */
final class BatchTemplate {
  // before the value: marker and fingerprint of Avro's single-object encoding
  private static final int HEADER_BYTES = 10;

  private final byte[] bytes;
  private final int nodeFrom;
  private final int nodeTo;
  private final int sequenceFrom;
  private final int sequenceTo;
  private final int timeFrom;
  private final int timeTo;
  private final long firstEpochMillis;
  private final boolean movable;
  private final int readings;

  private BatchTemplate(TelemetryBatch batch) {
    this.bytes = WireSerdes.telemetry().serializer().serialize("telemetry", batch);
    this.readings = batch.readings();
    List<DeviceSeries> devices = batch.devices();
    long[] times = devices.isEmpty() ? new long[0] : devices.getFirst().readings().epochMillis();
    // a device with times of its own has them among its columns, statuses have theirs
    this.movable =
        times.length > 0
            && batch.statuses().isEmpty()
            && devices.stream()
                .allMatch(series -> Arrays.equals(times, series.readings().epochMillis()));
    this.firstEpochMillis = movable ? times[0] : 0;
    this.nodeFrom = afterText(HEADER_BYTES);
    this.nodeTo = afterText(nodeFrom);
    this.sequenceFrom = afterNumber(nodeTo);
    this.sequenceTo = afterNumber(sequenceFrom);
    // after the offset of the clock and the number of times
    this.timeFrom = movable ? afterNumber(afterNumber(sequenceTo)) : sequenceTo;
    this.timeTo = movable ? afterNumber(timeFrom) : sequenceTo;
  }

  static BatchTemplate of(TelemetryBatch batch) {
    return new BatchTemplate(batch);
  }

  int readings() {
    return readings;
  }

  /**
   * The encoded batch of another node.
   *
   * @param node its name, UTF-8
   * @param laterMillis by so much later is each reading
   */
  byte[] of(byte[] node, long sequence, long laterMillis) {
    if (laterMillis != 0 && !movable) {
      throw new IllegalArgumentException("a batch whose readings do not share their times");
    }
    long time = firstEpochMillis + laterMillis;
    int more =
        lengthOf(node.length)
            + node.length
            + lengthOf(sequence)
            + (movable ? lengthOf(time) : 0)
            - (nodeTo - nodeFrom)
            - (sequenceTo - sequenceFrom)
            - (timeTo - timeFrom);
    byte[] to = new byte[bytes.length + more];
    System.arraycopy(bytes, 0, to, 0, nodeFrom);
    int at = write(node.length, to, nodeFrom);
    System.arraycopy(node, 0, to, at, node.length);
    at = copy(nodeTo, sequenceFrom, to, at + node.length);
    at = write(sequence, to, at);
    at = copy(sequenceTo, timeFrom, to, at);
    at = movable ? write(time, to, at) : at;
    at = copy(timeTo, bytes.length, to, at);
    if (at != to.length) {
      throw new IllegalStateException(at + " of " + to.length + " bytes");
    }
    return to;
  }

  private int copy(int from, int until, byte[] to, int at) {
    System.arraycopy(bytes, from, to, at, until - from);
    return at + until - from;
  }

  private int afterText(int from) {
    return afterNumber(from) + (int) number(from);
  }

  private int afterNumber(int from) {
    int at = from;
    while (bytes[at] < 0) {
      at++;
    }
    return at + 1;
  }

  private long number(int from) {
    long zigzag = 0;
    for (int at = from, shift = 0; ; at++, shift += 7) {
      zigzag |= (long) (bytes[at] & 0x7f) << shift;
      if (bytes[at] >= 0) {
        return zigzag >>> 1 ^ -(zigzag & 1);
      }
    }
  }

  private static int lengthOf(long value) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros((value << 1 ^ value >> 63) | 1);
    return Math.ceilDiv(bits, 7);
  }

  private static int write(long value, byte[] to, int from) {
    long left = value << 1 ^ value >> 63;
    int at = from;
    while ((left & ~0x7fL) != 0) {
      to[at++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    to[at++] = (byte) left;
    return at;
  }
}
