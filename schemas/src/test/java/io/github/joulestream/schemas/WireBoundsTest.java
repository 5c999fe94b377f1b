// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is at its bound is read, what is beyond it is refused with a reason; by whoever wrote it.
 */
class WireBoundsTest {
  private static final long TIME = 1_700_000_000_000L;

  private static WireTest.Message message(String name) {
    return Objects.requireNonNull(WireTest.messages().get(name), name);
  }

  @SuppressWarnings("unchecked")
  private static byte[] valid(String name) {
    return ((AvroSerde<Object>) message(name).serde())
        .serializer()
        .serialize("topic", message(name).value());
  }

  /** A valid message with something else in some field, as Avro itself writes it. */
  private static byte[] with(String name, BiConsumer<GenericRecord, Schema> change) {
    byte[] valid = valid(name);
    Schema schema = KnownSchemas.own(name);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      GenericRecord record =
          new GenericDatumReader<GenericRecord>(schema)
              .read(null, DecoderFactory.get().binaryDecoder(valid, 10, valid.length - 10, null));
      change.accept(record, schema);
      out.write(valid, 0, 10);
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] with(String name, String field, Object value) {
    return with(name, (record, _) -> record.put(field, value));
  }

  private static Object read(String name, byte[] bytes) {
    return message(name).serde().deserializer().deserialize("topic", bytes);
  }

  private static void assertRead(String name, byte[] bytes) {
    assertThatCode(() -> read(name, bytes)).as(name).doesNotThrowAnyException();
  }

  private static void assertRefused(String name, byte[] bytes, String why) {
    assertThatThrownBy(() -> read(name, bytes))
        .as(name)
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining(why)
        .extracting(Throwable::getMessage, as(STRING))
        .satisfies(message -> {
          assertThat(message).as("a message is short").hasSizeLessThan(500);
          assertThat(Bounds.firstUnprintable(message)).isEqualTo(message.length());
        });
  }

  @ParameterizedTest
  @CsvSource({
    "telemetry, site",
    "telemetry, node",
    "allocation, site",
    "allocation, node",
    "allocation, job",
    "job, site",
    "job, job",
    "node, site",
    "node, node",
    "job-summary, site",
    "job-summary, job",
    "job-window, site",
    "job-window, job",
    "site-window, site",
    "node-window, site",
    "node-window, node",
    "power-snapshot, site",
    "budget, site",
    "budget, id",
    "alert, site",
    "alert, budget",
    "grid, site",
    "cap-advice, site",
    "cap-advice, budget"
  })
  void names(String name, String field) {
    assertRead(name, with(name, field, "n".repeat(Bounds.NAME_CHARACTERS)));
    assertRefused(name, with(name, field, "n".repeat(Bounds.NAME_CHARACTERS + 1)), "250");
    assertRefused(name, with(name, field, "n".repeat(70_000)), "250");
    for (String bad : List.of("a\u009bb", "a\u2028b", "a\u202eb", "\u001b[2J", "a\nb")) {
      assertRefused(name, with(name, field, bad), "");
    }
    if (!field.equals("job")) {
      assertRefused(name, with(name, field, "a/b"), "slash");
    }
  }

  @ParameterizedTest
  @CsvSource({"job, user", "job, project", "job, name", "job, partition", "job, workUnit"})
  void texts(String name, String field) {
    assertRead(name, with(name, field, "\u009b\n\u20ac".repeat(341)));
    assertRefused(name, with(name, field, "t".repeat(Bounds.TEXT_CHARACTERS + 1)), "may have 1024");
  }

  @ParameterizedTest
  @CsvSource({
    "allocation, memoryBasisPoints, 10000",
    "allocation, cpuBasisPoints, 10000",
    "allocation, gpusOnNode, 4096",
    "job, nodes, 1000000",
    "job-summary, nodes, 1000000"
  })
  void numbers(String name, String field, int most) {
    assertRead(name, with(name, field, most));
    assertRefused(name, with(name, field, most + 1), "");
    assertRefused(name, with(name, field, -2), "");
  }

  @ParameterizedTest
  @CsvSource({
    "allocation, atEpochMillis, false",
    "job, endEpochMillis, true",
    "grid, issuedEpochMillis, false",
    "alert, sinceEpochMillis, true",
    "alert, updatedEpochMillis, true",
    "alert, endedEpochMillis, true"
  })
  void times(String name, String field, boolean mayBeUnknown) {
    assertRead(name, with(name, field, TIME + 10_000));
    assertRead(name, with(name, field, Bounds.NEWEST_EPOCH_MILLIS));
    for (long none : new long[] {1_000, Bounds.OLDEST_EPOCH_MILLIS - 1, Long.MAX_VALUE}) {
      byte[] bytes =
          name.equals("job")
              ? with(
                  name,
                  (record, _) -> {
                    record.put("startEpochMillis", -1L);
                    record.put(field, none);
                  })
              : with(name, field, none);
      assertRefused(name, bytes, "from the year 2000 to 2200");
    }
    if (mayBeUnknown) {
      assertRead(name, with(name, field, -1L));
    } else {
      assertRefused(name, with(name, field, -1L), "from the year 2000 to 2200");
    }
  }

  @Test
  void startOfAJob_mayBeUnsaid_butNotOf1970() {
    assertRead("job", with("job", "startEpochMillis", -1L));
    assertRefused("job", with("job", "startEpochMillis", 3_600_000L), "start of a job");
  }

  @Test
  void anInterval_isOfOneSeries_ofWholeSeconds_andEndsAfterItsStart() {
    assertRefused("grid", with("grid", "fromEpochMillis", 900_000L), "start of an interval");
    assertRead("grid", with("grid", "toEpochMillis", Bounds.NEWEST_EPOCH_MILLIS));
    assertRefused(
        "grid", with("grid", "toEpochMillis", Bounds.NEWEST_EPOCH_MILLIS + 1_000), "end of an");
    for (String field : List.of("fromEpochMillis", "toEpochMillis")) {
      byte[] uneven = with("grid", (record, _) -> record.put(field, (long) record.get(field) + 1));
      assertRefused("grid", uneven, "whole second");
    }
    byte[] empty =
        with("grid", (record, _) -> record.put("toEpochMillis", record.get("fromEpochMillis")));
    assertRefused("grid", empty, "an interval from");
    assertRefused("grid", with("grid", "currency", "EUR"), "in currency 'EUR'");
    for (String field : List.of("method", "rate", "scope")) {
      assertRefused("grid", symbol(field, "NONE"), "needs a method, a rate and a scope");
    }
    assertRefused("grid", symbol("kind", "PRICE"), "PRICE");
    assertRefused("grid", symbol("source", "SOLAR"), "CARBON of source SOLAR");
    for (String field : List.of("provider", "zone", "given")) {
      assertRead("grid", with("grid", field, "x".repeat(Bounds.NAME_CHARACTERS)));
      assertRefused("grid", with("grid", field, "x".repeat(Bounds.NAME_CHARACTERS + 1)), "250");
    }
  }

  private static byte[] symbol(String field, String symbol) {
    return with(
        "grid",
        (record, schema) ->
            record.put(field, new GenericData.EnumSymbol(schema.getField(field).schema(), symbol)));
  }

  @Test
  void anAlert_isWhatAPersonCanBeSent() {
    for (String bad : List.of("", "x", "0123456789ABCDEF", "0123456789abcde\n", "0123\r\nX: y")) {
      assertRefused("alert", with("alert", "id", bad), "id of an alert must have 16 hex");
    }
    assertRefused("alert", with("alert", "inhibitedBy", "a\r\nb"), "must have 16 hex");
    assertRead("alert", with("alert", "inhibitedBy", ""));
    for (String bad : List.of("", "rack", "kind=nonsense", "site=x", "job=", "rack=\u001b")) {
      assertRefused("alert", with("alert", "scope", bad), "");
      assertRefused("cap-advice", with("cap-advice", "scope", bad), "");
    }
    assertRefused("alert", with("alert", "unit", "W\r\n"), "no unit");
    assertRead("alert", with("alert", "summary", "s".repeat(Bounds.LONG_TEXT_CHARACTERS)));
    assertRefused(
        "alert", with("alert", "summary", "s".repeat(Bounds.LONG_TEXT_CHARACTERS + 1)), "summary");
  }

  @ParameterizedTest
  @CsvSource({
    "allocation, devices, 4096",
    "cap-advice, caps, 100000",
    "alert, contributors, 100",
    "node, unavailable, 100",
    "budget, schedule, 100"
  })
  void counts(String name, String field, int most) {
    IntFunction<byte[]> of =
        count ->
            with(
                name,
                (record, _) ->
                    record.put(
                        field,
                        Collections.nCopies(count, ((List<?>) record.get(field)).getFirst())));
    assertRead(name, of.apply(most));
    assertRefused(name, of.apply(most + 1), "may be 0 to " + most);
  }

  @Test
  void labels() {
    for (String name : List.of("job", "node", "job-summary")) {
      Map<String, String> labels = new HashMap<>();
      for (int i = 0; i < Bounds.LABELS; i++) {
        labels.put("l" + i, "v".repeat(200));
      }
      assertRead(name, with(name, "labels", labels));
      labels.put("more", "");
      assertRefused(name, with(name, "labels", labels), "may be 0 to 128");
      assertRefused(
          name,
          with(name, "labels", Map.of("a", "v".repeat(Bounds.LONG_TEXT_CHARACTERS + 1))),
          "value of a label");
      String longest = "v".repeat(Bounds.LONG_TEXT_CHARACTERS);
      assertRefused(
          name,
          with(name, "labels", Map.of("a", longest, "b", longest, "c", longest)),
          "characters together");
    }
  }

  @Test
  void devicesOfABatch() {
    assertRead("telemetry", batchOf(Bounds.DEVICES));
    assertRefused("telemetry", batchOf(Bounds.DEVICES + 1), "devices of a batch");
    List<DeviceSeries> many =
        Collections.nCopies(
            Bounds.DEVICES + 1,
            new DeviceSeries(
                Device.sensor("d", DeviceKind.GPU), Readings.ofPower(new long[0], new long[0])));
    assertThatThrownBy(() -> new TelemetryBatch("s", "n", 1, 1, many))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("devices of a batch: 4097, and may be 0 to 4096");
  }

  private static byte[] batchOf(int devices) {
    return with(
        "telemetry",
        (record, _) -> {
          // without columns and rows, so that their number alone is what is looked at
          GenericRecord device = (GenericRecord) ((List<?>) record.get("devices")).getFirst();
          device.put("columns", 0);
          record.put("epochMillisDeltas", List.of());
          record.put("devices", Collections.nCopies(devices, device));
          record.put("values", List.of());
        });
  }

  @Test
  void readingsOfABatch() {
    byte[] most = batchOfRows(Bounds.READINGS);
    assertRead("telemetry", most);
    assertRefused("telemetry", batchOfRows(Bounds.READINGS + 1), "readings of a batch");
    // and where they are not times that all devices share
    assertRefused(
        "telemetry",
        with(
            "telemetry",
            (record, _) -> {
              GenericRecord device = (GenericRecord) ((List<?>) record.get("devices")).getFirst();
              device.put("columns", 0);
              record.put("epochMillisDeltas", Collections.nCopies(50_001, 1L));
              record.put("devices", List.of(device, device));
              record.put("values", List.of());
            }),
        "more readings than bytes, or than 100000");
    long[] times = new long[Bounds.READINGS + 1];
    List<DeviceSeries> series =
        List.of(
            new DeviceSeries(
                Device.sensor("d", DeviceKind.GPU), Readings.ofPower(times, times.clone())));
    assertThatThrownBy(() -> new TelemetryBatch("s", "n", 1, 1, series))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("readings of a batch: 100001, and may be 0 to 100000");
  }

  private static byte[] batchOfRows(int rows) {
    return with(
        "telemetry",
        (record, _) -> {
          GenericRecord device = (GenericRecord) ((List<?>) record.get("devices")).getFirst();
          device.put("columns", 0);
          record.put("epochMillisDeltas", Collections.nCopies(rows, 1L));
          record.put("devices", List.of(device));
          record.put("values", List.of());
        });
  }

  @ParameterizedTest
  @CsvSource({
    "id, 1 to 250",
    "instanceOf, 1 to 250",
    "model, may have 1024",
    "powerLimitMilliwatts, power limit",
    "averagingMillis, averaging",
    "counterWrapMicrojoules, modulus",
    "capacityBytes, bytes of a device",
    "columns, columns"
  })
  void propertiesOfADevice(String field, String why) {
    assertRefused(
        "telemetry",
        with(
            "telemetry",
            (record, _) -> {
              GenericRecord device = (GenericRecord) ((List<?>) record.get("devices")).getFirst();
              Object before = device.get(field);
              device.put(
                  field,
                  before instanceof CharSequence
                      ? "x".repeat(70_000)
                      : before instanceof Long
                          ? (Object) Long.MAX_VALUE
                          : (Object) Integer.MAX_VALUE);
            }),
        why);
  }

  @Test
  void aClockThatIsOffByMoreThanACentury_isRefused() {
    assertRead("telemetry", with("telemetry", "clockOffsetMillis", TIME));
    assertRefused("telemetry", with("telemetry", "clockOffsetMillis", Long.MIN_VALUE), "a clock");
  }

  @Test
  void aWindow_hasALength_andBeginsAtAMultipleOfIt() {
    for (String name : List.of("job-window", "site-window", "node-window")) {
      for (int none : new int[] {0, -1, 7, Bounds.WINDOW_MILLIS + 1}) {
        assertRefused(name, with(name, "windowMillis", none), "window");
      }
    }
  }

  /** Values that wrap to what stands for none could not be written again. */
  @Test
  void aValueThatIsNone_isRefused() {
    List<Long> wraps = new ArrayList<>(List.of(Long.MIN_VALUE + 1, -1L));
    assertRefused(
        "telemetry",
        with(
            "telemetry",
            (record, _) -> {
              GenericRecord device = (GenericRecord) ((List<?>) record.get("devices")).getFirst();
              device.put("columns", 1);
              record.put("epochMillisDeltas", List.of(TIME, 1L));
              record.put("devices", List.of(device));
              record.put("values", wraps);
            }),
        "-2^63");
    assertRefused(
        "telemetry",
        with(
            "telemetry",
            (record, _) -> {
              GenericRecord device = (GenericRecord) ((List<?>) record.get("devices")).getFirst();
              device.put("columns", 2);
              record.put("epochMillisDeltas", List.of(TIME));
              record.put("devices", List.of(device));
              record.put("values", List.of(6L, Long.MAX_VALUE));
            }),
        "beyond 64 bits");
  }

  /** What nobody else may write, none of ours can make. */
  @Test
  void writers_meetTheSameBounds() {
    String large = "x".repeat(70_000);
    assertThatThrownBy(() -> AllocationEvent.release("s", "n", large, TIME))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DeviceShare.whole(large)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            AllocationEvent.hold(
                "s",
                "n",
                "j",
                TIME,
                Collections.nCopies(Bounds.SHARES + 1, DeviceShare.whole("d")),
                1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("devices of an allocation event: 4097, and may be 0 to 4096");
    assertThatThrownBy(() -> new NodeRecord("s", "n", TIME, "1", Map.of(), 0, 0, List.of(large)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            new JobRecord(
                "s",
                "j",
                new JobDetails("u", "p", large, "", Map.of()),
                JobSpan.NONE,
                JobState.RUNNING,
                JobWork.NONE,
                0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("name of a job has 70000 characters, and may have 1024: 'xxx");
  }
}
