// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.SeriesKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Generated input: values of any schema that are often what a site would say and often at an edge
 * or beyond it, and bytes that were valid once.
 */
@SuppressWarnings("EnumOrdinal") // a random constant
final class AnyWire {
  private static final long START = 1_700_000_000_000L;
  private static final long[] ODD_LONGS = {
    0,
    1,
    -1,
    2,
    127,
    128,
    -129,
    10_000,
    10_001,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 53,
    1L << 60,
    946_684_800_000L,
    946_684_799_999L,
    7_258_118_400_001L,
    0x7ffffffffffffff0L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1
  };
  private static final double[] ODD_DOUBLES = {
    0,
    -0.0,
    1e30,
    1e31,
    -1,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };
  private static final String[] ODD_TEXTS = {
    "",
    "/",
    "a/b",
    "=",
    "a=b",
    "site",
    "\n",
    "\u001b[2J",
    "\u009b",
    "\u2028",
    "\u202e",
    "\ud83d\ude00",
    "\ufffd",
    "n".repeat(250),
    "n".repeat(251),
    "t".repeat(1_024),
    "t".repeat(1_025),
    "\u20ac".repeat(250),
    "x".repeat(70_000)
  };

  private final Random random;

  AnyWire(Random random) {
    this.random = random;
  }

  // ---- values

  /** A record of that schema as Avro writes it, with its header. */
  byte[] record(Schema schema) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header(schema));
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      new GenericDatumWriter<>(schema).write(value(schema, schema.getName(), ""), encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] header(Schema schema) {
    WireWriter out = new WireWriter();
    out.writeFixed((byte) 0xC3, (byte) 1);
    out.writeFixedLong(KnownSchemas.fingerprint(schema));
    return out.written();
  }

  private @Nullable Object value(Schema schema, String of, String field) {
    return switch (schema.getType()) {
      case RECORD -> {
        GenericData.Record record = new GenericData.Record(schema);
        for (Schema.Field each : schema.getFields()) {
          record.put(each.pos(), value(each.schema(), schema.getName(), each.name()));
        }
        if (schema.getName().equals("Budget") && random.nextInt(6) > 0) {
          makeConsistent(record);
        }
        if (schema.getName().equals("Grid") && random.nextInt(6) > 0) {
          makeSeries(record);
        }
        if (schema.getName().equals("PoolPeaks")) {
          DeviceKind kind = random.nextBoolean() ? DeviceKind.MEMORY : DeviceKind.STORAGE;
          put(
              record,
              "resource",
              isOdd() ? record.get("resource") : symbol(record, "resource", kind));
        }
        if (schema.getName().equals("CapacityUse") && !isOdd()) {
          put(record, "allocatedMebibytes", record.get("seenMebibytes"));
        }
        yield record;
      }
      case ENUM ->
          new GenericData.EnumSymbol(
              schema, schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size())));
      case ARRAY -> {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = size(); i > 0; i--) {
          values.add(value(schema.getElementType(), of, field));
        }
        yield values;
      }
      case MAP -> {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (int i = size(); i > 0; i--) {
          values.put(text(of, "label") + i, value(schema.getValueType(), of, field));
        }
        yield values;
      }
      case UNION -> value(schema.getTypes().get(random.nextInt(schema.getTypes().size())), of, "");
      case STRING -> text(of, field);
      case INT -> (int) number(field, Integer.MAX_VALUE);
      case LONG -> number(field, Long.MAX_VALUE);
      case FLOAT -> random.nextFloat();
      case DOUBLE ->
          isOdd() ? ODD_DOUBLES[random.nextInt(ODD_DOUBLES.length)] : 1e6 * random.nextDouble();
      case BOOLEAN -> random.nextBoolean();
      case BYTES -> java.nio.ByteBuffer.wrap(new byte[random.nextInt(20)]);
      case FIXED -> new GenericData.Fixed(schema, new byte[schema.getFixedSize()]);
      case NULL -> null;
    };
  }

  /** Fields of a budget that must go together. */
  private void makeConsistent(GenericData.Record budget) {
    Scope.Kind kind = Scope.Kind.values()[random.nextInt(Scope.Kind.values().length)];
    put(budget, "scopeKind", symbol(budget, "scopeKind", kind));
    put(budget, "scopeLabel", kind == Scope.Kind.NODES ? "rack" : "");
    put(budget, "scopeName", kind == Scope.Kind.SITE ? "" : "gpu");
    boolean power = random.nextBoolean();
    put(
        budget,
        "quantity",
        symbol(budget, "quantity", power ? Quantity.POWER : Quantity.ENERGY_PER_DAY));
    put(budget, "limit", 1_000_000L + random.nextInt());
    int first = 1 + random.nextInt(100);
    put(budget, "thresholdsPercent", List.of(first, first + 1 + random.nextInt(100)));
    put(budget, "cooldownMillis", 10_000L + random.nextInt(1_000));
    if (!power) {
      put(budget, "advice", symbol(budget, "advice", CapMode.NONE));
      put(budget, "schedule", List.of());
    }
  }

  /** Fields of an interval that must go together. */
  private void makeSeries(GenericData.Record interval) {
    SeriesKind kind = SeriesKind.values()[random.nextInt(SeriesKind.values().length)];
    boolean carbon = kind == SeriesKind.CARBON;
    put(interval, "kind", symbol(interval, "kind", kind));
    put(interval, "method", constant(interval, "method", CarbonBasis.Method.values(), carbon));
    put(interval, "rate", constant(interval, "rate", CarbonBasis.Rate.values(), carbon));
    put(interval, "scope", constant(interval, "scope", CarbonBasis.Scope.values(), carbon));
    put(interval, "source", constant(interval, "source", EnergySource.values(), kind.hasSource()));
    put(interval, "currency", kind.isMoney() ? "EUR" : "");
    long from = START + 1_000L * random.nextInt(1_000_000);
    put(interval, "fromEpochMillis", from);
    put(interval, "toEpochMillis", from + 1_000L * (1 + random.nextInt(3_600)));
    if (!isOdd()) {
      put(interval, "valueNano", random.nextLong());
    }
  }

  /** The first is that of a series that has none. */
  private GenericData.@Nullable EnumSymbol constant(
      GenericData.Record record, String field, Enum<?>[] constants, boolean some) {
    return symbol(record, field, constants[some ? 1 + random.nextInt(constants.length - 1) : 0]);
  }

  private static void put(GenericData.Record record, String field, @Nullable Object value) {
    if (record.hasField(field)) {
      record.put(field, value);
    }
  }

  private static GenericData.@Nullable EnumSymbol symbol(
      GenericData.Record record, String field, Enum<?> constant) {
    Schema.Field of = record.getSchema().getField(field);
    return of == null ? null : new GenericData.EnumSymbol(of.schema(), constant.name());
  }

  /** Seldom: of a record's twenty values it is half of the times none. */
  private boolean isOdd() {
    return random.nextInt(30) == 0;
  }

  private int size() {
    return random.nextInt(40) == 0 ? 120 + random.nextInt(20) : random.nextInt(4);
  }

  private String text(String of, String field) {
    if (isOdd()) {
      return ODD_TEXTS[random.nextInt(ODD_TEXTS.length)];
    }
    return switch (field) {
      case "id", "inhibitedBy" ->
          of.equals("Alert") ? "%016x".formatted(random.nextLong()) : "id" + random.nextInt(5);
      case "scope" -> random.nextBoolean() ? "site" : "rack=r" + random.nextInt(9);
      case "scopeLabel" -> random.nextBoolean() ? "" : "rack";
      case "scopeName" -> random.nextBoolean() ? "" : "gpu";
      case "zone" -> random.nextBoolean() ? "UTC" : "Europe/Berlin";
      case "unit" -> "W";
      default -> field.toLowerCase(Locale.ROOT) + random.nextInt(50);
    };
  }

  private long number(String field, long most) {
    if (isOdd()) {
      long odd = ODD_LONGS[random.nextInt(ODD_LONGS.length)];
      return most == Integer.MAX_VALUE ? (int) odd : odd;
    }
    if (field.equals("windowStartEpochMillis")) {
      return START + 10_000L * random.nextInt(1_000);
    }
    if (field.equals("hourStartEpochMillis")) {
      return (START / 3_600_000 + random.nextInt(1_000)) * 3_600_000;
    }
    if (field.equals("windowMillis")) {
      return random.nextBoolean() ? 10_000 : 5_000;
    }
    if (field.endsWith("EpochMillis")) {
      return START + random.nextInt(1_000_000_000);
    }
    return random.nextInt(
        field.endsWith("BasisPoints") || field.equals("basisPoints") ? 10_001 : 60);
  }

  /**
   * A record whose first array of records, or else whose first array or map, has as many elements
   * as fit; each of them is as small as it can be.
   */
  static byte[] dense(Schema schema, int bytes) {
    WireWriter out = new WireWriter();
    out.writeFixed(header(schema));
    Schema.Field filled = null;
    for (Schema.Field field : schema.getFields()) {
      boolean array = field.schema().getType() == Schema.Type.ARRAY;
      if (array
          && (filled == null || field.schema().getElementType().getType() == Schema.Type.RECORD)) {
        filled = field;
      } else if (filled == null && field.schema().getType() == Schema.Type.MAP) {
        filled = field;
      }
    }
    for (Schema.Field field : schema.getFields()) {
      if (!field.equals(filled)) {
        smallest(field.schema(), out);
        continue;
      }
      boolean map = field.schema().getType() == Schema.Type.MAP;
      Schema element = map ? field.schema().getValueType() : field.schema().getElementType();
      WireWriter one = new WireWriter();
      smallest(element, one);
      int count = bytes / (one.written().length + (map ? 1 : 0));
      out.writeBlock(count);
      for (int i = 0; i < count; i++) {
        if (map) {
          out.writeString("");
        }
        smallest(element, out);
      }
      out.writeEnd();
    }
    return out.written();
  }

  private static void smallest(Schema schema, WireWriter out) {
    switch (schema.getType()) {
      case RECORD -> schema.getFields().forEach(field -> smallest(field.schema(), out));
      case STRING -> out.writeString("a");
      case DOUBLE -> out.writeDouble(0);
      case NULL -> {}
      case UNION -> {
        out.writeIndex(0);
        smallest(schema.getTypes().getFirst(), out);
      }
      default -> out.writeLong(0);
    }
  }

  // ---- telemetry, whose values must be as many as its devices say

  /** A batch: any differences, so that values wrap around at 2^64. */
  byte[] telemetry() {
    WireWriter out = new WireWriter();
    out.writeFixed(header(KnownSchemas.own("telemetry")));
    out.writeString(text("", "site"));
    out.writeString(text("", "node"));
    out.writeLong(random.nextLong());
    out.writeLong(random.nextInt(1_000));
    out.writeLong(random.nextInt(3) == 0 ? random.nextInt() : 0);
    int common = random.nextInt(4);
    out.writeBlock(common);
    for (int i = 0; i < common; i++) {
      out.writeLong(delta());
    }
    out.writeEnd();
    List<Long> values = new ArrayList<>();
    int devices = random.nextInt(5);
    out.writeBlock(devices);
    for (int d = 0; d < devices; d++) {
      int columns = random.nextInt(128);
      describe(d, columns, out);
      int rows = common;
      if ((columns & TelemetryCodec.OWN_TIMES) != 0) {
        rows = random.nextInt(4);
        values.add((long) rows);
        add(rows, values);
      }
      for (int column : TelemetryCodec.COLUMNS) {
        if ((columns & column) != 0) {
          if (column == io.github.joulestream.energy.ReadingColumns.ENERGY) {
            values.add((long) random.nextInt(7));
          }
          add(rows, values);
        }
      }
    }
    out.writeEnd();
    out.writeBlock(values.size());
    values.forEach(out::writeLong);
    out.writeEnd();
    statuses(devices, out);
    return out.written();
  }

  private void statuses(int devices, WireWriter out) {
    int rows = devices == 0 ? 0 : random.nextInt(3);
    out.writeBlock(rows);
    for (int i = 0; i < rows; i++) {
      out.writeInt(random.nextInt(20) == 0 ? devices : random.nextInt(devices));
      out.writeLong(delta());
      // one bit more than there are columns: a later release may have it
      int columns = random.nextInt(1 << (StatusColumn.count() + 1));
      out.writeInt(columns);
      int values = Integer.bitCount(columns);
      out.writeBlock(values);
      for (; values > 0; values--) {
        out.writeLong(delta());
      }
      out.writeEnd();
    }
    out.writeEnd();
  }

  private void add(int rows, List<Long> values) {
    for (int i = 0; i < rows; i++) {
      values.add(delta());
    }
  }

  private long delta() {
    return switch (random.nextInt(8)) {
      case 0 -> Readings.MISSING;
      case 1 -> ODD_LONGS[random.nextInt(ODD_LONGS.length)];
      case 2 -> random.nextLong();
      default -> random.nextInt(2_000_000) - 500_000;
    };
  }

  private void describe(int number, int columns, WireWriter out) {
    Device device =
        Device.sensor("d" + number, DeviceKind.values()[random.nextInt(DeviceKind.values().length)])
            .withModel(text("", "model"), random.nextInt(1_000_000));
    out.writeString(isOdd() ? text("", "id") : device.id());
    out.writeEnum(device.kind());
    out.writeEnum(PowerSource.values()[random.nextInt(PowerSource.values().length)]);
    out.writeIndex(0);
    out.writeString(device.model());
    out.writeLong(device.powerLimitMilliwatts());
    out.writeInt((int) number("averagingMillis", Integer.MAX_VALUE));
    out.writeLong(number("counterEpoch", Long.MAX_VALUE));
    out.writeLong(number("counterWrap", Long.MAX_VALUE));
    out.writeLong(number("capacity", Long.MAX_VALUE));
    out.writeString(random.nextBoolean() ? "" : text("", "id"));
    out.writeInt(columns);
  }

  // ---- bytes

  /** Valid bytes after some damage; the header stays whole, mostly. */
  byte[] damaged(byte[] good, byte[] other) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes =
          switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> inserted(bytes, number());
            case 2 -> inserted(bytes, piece(bytes));
            case 3 -> inserted(bytes, piece(other));
            case 4 -> removed(bytes);
            case 5 -> replaced(bytes, number());
            default -> altered(bytes);
          };
    }
    return bytes;
  }

  private int place(byte[] bytes) {
    int header = random.nextInt(50) == 0 ? 0 : Math.min(10, bytes.length);
    return header + random.nextInt(bytes.length - header + 1);
  }

  private byte[] altered(byte[] bytes) {
    int at = place(bytes);
    if (at < bytes.length) {
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt(256)
              : (byte) (bytes[at] ^ 1 << random.nextInt(8));
    }
    return bytes;
  }

  private byte[] removed(byte[] bytes) {
    int at = place(bytes);
    int gone = Math.min(bytes.length - at, 1 + random.nextInt(8));
    byte[] less = new byte[bytes.length - gone];
    System.arraycopy(bytes, 0, less, 0, at);
    System.arraycopy(bytes, at + gone, less, at, less.length - at);
    return less;
  }

  private byte[] inserted(byte[] bytes, byte[] more) {
    int at = place(bytes);
    byte[] all = new byte[bytes.length + more.length];
    System.arraycopy(bytes, 0, all, 0, at);
    System.arraycopy(more, 0, all, at, more.length);
    System.arraycopy(bytes, at, all, at + more.length, bytes.length - at);
    return all;
  }

  /** With something else in place of one byte, which most numbers are. */
  private byte[] replaced(byte[] bytes, byte[] by) {
    int at = place(bytes);
    int after = Math.min(bytes.length, at + 1);
    byte[] all = new byte[at + by.length + bytes.length - after];
    System.arraycopy(bytes, 0, all, 0, at);
    System.arraycopy(by, 0, all, at, by.length);
    System.arraycopy(bytes, after, all, at + by.length, bytes.length - after);
    return all;
  }

  private byte[] piece(byte[] of) {
    int from = random.nextInt(of.length + 1);
    return Arrays.copyOfRange(of, from, Math.min(of.length, from + random.nextInt(64)));
  }

  /** A number as counts and lengths are written, large ones among them. */
  private byte[] number() {
    WireWriter out = new WireWriter();
    out.writeLong(
        random.nextBoolean()
            ? ODD_LONGS[random.nextInt(ODD_LONGS.length)]
            : random.nextInt(200_000) - 1_000);
    return out.written();
  }
}
