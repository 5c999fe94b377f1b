// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.schemas.Topic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Records that a defect, another program or an attacker may write to our topics. They are put
 * together by Avro from the schemas alone, so that they may hold what our own classes refuse to.
 */
final class HostileRecords {
  /** What is wrong with a record, or unusual about it. */
  enum Kind {
    NULL_KEY,
    NULL_VALUE,
    NULL_KEY_AND_VALUE,
    EMPTY_VALUE,
    EMPTY_KEY,
    GARBAGE,
    LARGE_GARBAGE,
    UNKNOWN_SCHEMA,
    OTHER_SCHEMA,
    OTHER_KEY,
    LARGE_KEY,
    CONTROL_KEY,
    CUT_SHORT,
    LONG_TEXTS,
    MANY,
    TIME_ZERO,
    YEAR_2001,
    TIME_GREATEST,
    GREATEST,
    LEAST,
    /** A device that is something else than before. */
    CHANGED_DEVICE,
    /** Written with a schema that is made to cost time or memory; and that schema. */
    HOSTILE_SCHEMA,
    /** A number that a batch of a node has, with other content. */
    FORGED_REPEAT,
    /** A number that a node's batch will have, with no content. */
    FORGED_AHEAD;

    /** True for those that there are for every topic. */
    boolean ofEveryTopic() {
      return compareTo(LEAST) <= 0;
    }

    /** True for what its schema describes in full, whatever it says. */
    boolean readable() {
      return compareTo(LONG_TEXTS) >= 0 && this != HOSTILE_SCHEMA;
    }
  }

  /**
   * One record.
   *
   * @param topic a topic of the catalogue, or another's
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Hostile(String topic, Kind kind, byte @Nullable [] key, byte @Nullable [] value) {
    @Override
    public String toString() {
      return "%s of %s".formatted(kind, topic);
    }
  }

  private static final int LONG_TEXT = 70_000;
  private static final int LARGE_KEY_BYTES = 100_000;
  private static final byte[] LARGE_GARBAGE = "garbage ".repeat(625_000).getBytes(UTF_8);
  private static final int ELEMENTS = 40_000;
  private static final long YEAR_2001 = 978_307_200_000L;

  /** The schema of each topic's values; schemas and dead letters have none. */
  private static final Map<Topic, String> SCHEMAS =
      Map.ofEntries(
          Map.entry(Topic.TELEMETRY, "telemetry"),
          Map.entry(Topic.ALLOCATIONS, "allocation"),
          Map.entry(Topic.JOBS, "job"),
          Map.entry(Topic.BUDGETS, "budget"),
          Map.entry(Topic.NODES, "node"),
          Map.entry(Topic.GRID, "grid"),
          Map.entry(Topic.JOB_WINDOW, "job-window"),
          Map.entry(Topic.SITE_WINDOW, "site-window"),
          Map.entry(Topic.NODE_WINDOW, "node-window"),
          Map.entry(Topic.POWER_SNAPSHOT, "power-snapshot"),
          Map.entry(Topic.CAPACITY, "capacity"),
          Map.entry(Topic.POOL_PEAK, "pool-peak"),
          Map.entry(Topic.LEDGER, "site-window"),
          Map.entry(Topic.JOB_SUMMARY, "job-summary"),
          Map.entry(Topic.ALERTS, "alert"),
          Map.entry(Topic.CAP_ADVICE, "cap-advice"));

  private final String site;
  private final long nowEpochMillis;
  private final Random random;

  /**
   * @param site whose records these pretend to be
   */
  HostileRecords(String site, long nowEpochMillis, long seed) {
    this.site = site;
    this.nowEpochMillis = nowEpochMillis;
    this.random = new Random(seed);
  }

  /** Every kind for every topic; and those that are no Avro for topics of others. */
  List<Hostile> all(List<String> topicsOfOthers) {
    List<Hostile> all = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      for (Kind kind : Kind.values()) {
        if (kind.ofEveryTopic()) {
          all.add(of(topic, kind));
        }
      }
    }
    for (String topic : topicsOfOthers) {
      for (Kind kind : Kind.values()) {
        if (!kind.readable() && kind.ofEveryTopic()) {
          all.add(plain(topic, kind));
        }
      }
    }
    return all;
  }

  /** A record of that kind. */
  Hostile of(Topic topic, Kind kind) {
    String schema = SCHEMAS.get(topic);
    if (schema == null) {
      return plain(topic.topicName(), kind);
    }
    String name = kind.readable() ? "n-" + kind : "n-valid";
    byte[] valid = encode(filled(schema, name, null));
    byte[] key = key(topic, name);
    byte[] value =
        switch (kind) {
          case NULL_KEY, EMPTY_KEY, OTHER_KEY, LARGE_KEY, CONTROL_KEY -> valid;
          case CUT_SHORT -> Arrays.copyOf(valid, valid.length - 3);
          case OTHER_SCHEMA ->
              encode(filled(topic == Topic.GRID ? "job" : "grid", "n-valid", null));
          case LONG_TEXTS, MANY, TIME_ZERO, YEAR_2001, TIME_GREATEST, GREATEST, LEAST ->
              encode(filled(schema, name, kind));
          default -> plainValue(kind);
        };
    return new Hostile(topic.topicName(), kind, key(kind, key), value);
  }

  private Hostile plain(String topic, Kind kind) {
    byte[] key = (site + "/n-valid").getBytes(UTF_8);
    return new Hostile(topic, kind, key(kind, key), plainValue(kind));
  }

  private byte @Nullable [] plainValue(Kind kind) {
    return switch (kind) {
      case NULL_VALUE, NULL_KEY_AND_VALUE -> null;
      case EMPTY_VALUE -> new byte[0];
      case LARGE_GARBAGE -> LARGE_GARBAGE;
      case UNKNOWN_SCHEMA -> singleObject(random.nextLong(), garbage(100));
      default -> garbage(100);
    };
  }

  private byte[] garbage(int bytes) {
    byte[] garbage = new byte[bytes];
    random.nextBytes(garbage);
    return garbage;
  }

  private byte @Nullable [] key(Kind kind, byte[] right) {
    return switch (kind) {
      case NULL_KEY, NULL_KEY_AND_VALUE -> null;
      case EMPTY_KEY -> new byte[0];
      case OTHER_KEY -> (site + "-else/n-other").getBytes(UTF_8);
      case LARGE_KEY -> (site + "/" + "k".repeat(LARGE_KEY_BYTES)).getBytes(UTF_8);
      case CONTROL_KEY -> (site + "/n\u001b[2J\r\nvalid\u0000").getBytes(UTF_8);
      default -> right;
    };
  }

  /** The key that a record of that node, job or budget has. */
  private byte[] key(Topic topic, String name) {
    String key =
        switch (topic) {
          case SITE_WINDOW, LEDGER, POWER_SNAPSHOT, CAP_ADVICE -> site;
          case ALERTS -> name;
          case GRID -> site + "/export/" + nowEpochMillis + "/" + nowEpochMillis;
          default -> site + "/" + name;
        };
    return key.getBytes(UTF_8);
  }

  // ---- records that undo what is known of a node, or of a schema

  /** A GPU that a job holds, and that is a site's meter a second later. */
  List<Hostile> aDeviceThatChangesItsKind() {
    List<Hostile> all = new ArrayList<>();
    String node = "n-kind";
    GenericRecord hold = filled("allocation", node, null);
    GenericRecord share =
        new GenericData.Record(hold.getSchema().getField("devices").schema().getElementType());
    share.put("deviceId", "x");
    share.put("basisPoints", 10_000);
    hold.put("devices", List.of(share));
    hold.put("atEpochMillis", nowEpochMillis - 60_000);
    all.add(
        new Hostile(
            "allocations", Kind.CHANGED_DEVICE, key(Topic.ALLOCATIONS, node), encode(hold)));
    for (int second = 0; second < 4; second++) {
      GenericRecord batch = filled("telemetry", node, null);
      batch.put("sequence", (long) second);
      batch.put("epochMillisDeltas", List.of(nowEpochMillis - 30_000 + second * 1_000L));
      GenericRecord device = (GenericRecord) ((List<?>) batch.get("devices")).getFirst();
      Schema kind = device.getSchema().getField("kind").schema();
      device.put("kind", new GenericData.EnumSymbol(kind, second < 2 ? "GPU" : "FACILITY"));
      all.add(
          new Hostile("telemetry", Kind.CHANGED_DEVICE, key(Topic.TELEMETRY, node), encode(batch)));
    }
    return all;
  }

  /** A schema that contains itself, under its own fingerprint, and a value as deep as it likes. */
  List<Hostile> aSchemaThatContainsItself() {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Telemetry",
                 "namespace": "io.github.joulestream.schemas.avro",
                 "fields": [{"name": "deeper", "type": ["null", "Telemetry"]}]}
                """);
    byte[] deep = new byte[900_000];
    Arrays.fill(deep, (byte) 2); // the second branch of the union
    return withSchema(schema, deep);
  }

  /** A schema of arrays of arrays of nothing, of which a few bytes claim billions. */
  List<Hostile> aSchemaOfNothing() {
    Schema nothing = Schema.createArray(Schema.createArray(Schema.create(Schema.Type.NULL)));
    Schema schema =
        Schema.createRecord(
            "Telemetry",
            "",
            "io.github.joulestream.schemas.avro",
            false,
            List.of(new Schema.Field("nothing", nothing)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      encoder.writeLong(1_000);
      for (int i = 0; i < 1_000; i++) {
        encoder.writeLong(30_000_000);
        encoder.writeLong(0);
      }
      encoder.writeLong(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return withSchema(schema, out.toByteArray());
  }

  private List<Hostile> withSchema(Schema schema, byte[] body) {
    long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
    byte[] key = "%016x".formatted(fingerprint).getBytes(UTF_8);
    byte[] value = singleObject(fingerprint, body);
    return List.of(
        new Hostile("schemas", Kind.HOSTILE_SCHEMA, key, schema.toString().getBytes(UTF_8)),
        new Hostile("telemetry", Kind.HOSTILE_SCHEMA, key(Topic.TELEMETRY, "n-deep"), value),
        new Hostile("jobs", Kind.HOSTILE_SCHEMA, key(Topic.JOBS, "n-deep"), value));
  }

  // ---- values by their schemas

  private static Schema schema(String name) {
    try (InputStream in = Topic.class.getResourceAsStream(name + ".avsc")) {
      if (in == null) {
        throw new IllegalArgumentException("no schema " + name);
      }
      return new Schema.Parser().parse(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A value of that schema: usual, or as extreme in one way as its types let it be. */
  private GenericRecord filled(String schema, String name, @Nullable Kind extreme) {
    GenericRecord value = new Filler(name, extreme, -1).record(schema(schema));
    if (schema.equals("telemetry")) {
      givePower(value, extreme);
    }
    if (schema.equals("grid") && extreme == null) {
      // the first constants of its enums are no series
      Schema kind = value.getSchema().getField("kind").schema();
      value.put("kind", new GenericData.EnumSymbol(kind, "EXPORT"));
      value.put("currency", "");
      value.put("toEpochMillis", (long) value.get("fromEpochMillis") + 3_600_000);
    }
    return value;
  }

  /** Every device of a batch reads its power once, at the time of the batch. */
  private void givePower(GenericRecord batch, @Nullable Kind extreme) {
    long time = time(extreme, nowEpochMillis);
    long power =
        switch (extreme) {
          case GREATEST -> Long.MAX_VALUE;
          case LEAST -> Long.MIN_VALUE + 1;
          case null, default -> 500_000;
        };
    // two readings, the second of now: what is between them may be years
    boolean two = extreme == Kind.YEAR_2001;
    List<Long> times = two ? List.of(time, nowEpochMillis - time) : List.of(time);
    batch.put("epochMillisDeltas", times);
    List<Long> values = new ArrayList<>();
    List<?> devices = (List<?>) batch.get("devices");
    for (int i = 0; i < devices.size(); i++) {
      GenericRecord device = (GenericRecord) devices.get(i);
      device.put("columns", ReadingColumns.POWER);
      values.add(i == 0 ? power : 0); // differences from device to device
      if (two) {
        values.add(1_000L);
      }
    }
    batch.put("values", values);
  }

  /** Fills in a value's fields; of an array's elements each has its own. */
  private final class Filler {
    private final String name;
    private final @Nullable Kind extreme;
    private final int element;

    /**
     * @param name of the node, job or budget
     * @param element number of the array's element that is filled in, or -1
     */
    Filler(String name, @Nullable Kind extreme, int element) {
      this.name = name;
      this.extreme = extreme;
      this.element = element;
    }

    GenericRecord record(Schema schema) {
      GenericRecord record = new GenericData.Record(schema);
      for (Schema.Field field : schema.getFields()) {
        boolean usual = extreme == null && field.hasDefaultValue();
        record.put(
            field.pos(),
            usual ? GenericData.get().getDefaultValue(field) : value(field.schema(), field.name()));
      }
      return record;
    }

    private @Nullable Object value(Schema schema, String field) {
      return switch (schema.getType()) {
        case RECORD -> record(schema);
        case STRING -> text(field);
        case INT -> Math.clamp(number(field), Integer.MIN_VALUE, Integer.MAX_VALUE);
        case LONG -> number(field);
        case DOUBLE -> extreme == Kind.GREATEST ? Double.MAX_VALUE : 1.0;
        case ENUM -> new GenericData.EnumSymbol(schema, schema.getEnumSymbols().getFirst());
        case NULL -> null;
        case UNION -> value(schema.getTypes().getFirst(), field);
        case ARRAY -> {
          List<@Nullable Object> elements = new ArrayList<>();
          for (int i = 0; i < elements(); i++) {
            elements.add(new Filler(name, extreme, i).value(schema.getElementType(), field));
          }
          yield elements;
        }
        case MAP -> {
          Map<String, @Nullable Object> entries = new HashMap<>();
          for (int i = 0; i < elements(); i++) {
            String key = extreme == Kind.LONG_TEXTS ? "l".repeat(LONG_TEXT) : "label" + i;
            entries.put(key, value(schema.getValueType(), field));
          }
          yield entries;
        }
        default -> throw new IllegalArgumentException(schema.getType() + " of " + field);
      };
    }

    private int elements() {
      return extreme == Kind.MANY && element < 0 ? ELEMENTS : 1;
    }

    private String text(String field) {
      boolean ofKey = element < 0 && List.of("site", "node", "job", "id").contains(field);
      if (extreme == Kind.LONG_TEXTS && !ofKey) {
        return "x".repeat(LONG_TEXT);
      }
      String usual =
          switch (field) {
            case "site" -> site;
            case "node", "job", "id" -> name;
            case "zone" -> "UTC";
            case "scope" -> "site";
            case "scopeLabel", "scopeName", "instanceOf" -> "";
            default -> "x";
          };
      return element < 0 ? usual : usual + element;
    }

    private long number(String field) {
      if (field.toLowerCase(Locale.ROOT).endsWith("epochmillis")) {
        return time(extreme, nowEpochMillis - nowEpochMillis % 10_000);
      }
      if (extreme == Kind.GREATEST) {
        return Long.MAX_VALUE;
      }
      if (extreme == Kind.LEAST) {
        return Long.MIN_VALUE;
      }
      return switch (field) {
        case "windowMillis" -> 10_000;
        case "thresholdsPercent" -> 90;
        case "resolveAfterMillis", "cooldownMillis" -> 60_000;
        case "limit" -> 1_000_000;
        case "agentEpoch" -> nowEpochMillis;
        case "basisPoints" -> 10_000;
        case "averagingMillis", "counterEpoch", "counterWrapMicrojoules" -> 0;
        default -> 1;
      };
    }
  }

  private static long time(@Nullable Kind extreme, long otherwise) {
    return switch (extreme) {
      case TIME_ZERO -> 0;
      case YEAR_2001 -> YEAR_2001;
      case TIME_GREATEST -> Long.MAX_VALUE;
      case null, default -> otherwise;
    };
  }

  private static byte[] encode(GenericRecord value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(value.getSchema()).write(value, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return singleObject(
        SchemaNormalization.parsingFingerprint64(value.getSchema()), out.toByteArray());
  }

  private static byte[] singleObject(long fingerprint, byte[] body) {
    return ByteBuffer.allocate(10 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0xC3)
        .put((byte) 1)
        .putLong(fingerprint)
        .put(body)
        .array();
  }
}
