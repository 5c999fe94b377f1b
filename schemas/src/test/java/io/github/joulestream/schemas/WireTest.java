// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DevicePower;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.EnergyCounter;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Cap;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Reduction;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

/**
 * Codecs and schemas agree; releases understand each other; nothing on the wire breaks a reader.
 */
class WireTest {
  private static final long SEED = 77;
  // the last is today's
  private static final List<String> GOLDEN = List.of("0.1.0", "0.1.1");

  record Message(Codec<?> codec, Serde<?> serde, Object value) {}

  /** One of each, with every field set to something of its own. */
  static Map<String, Message> messages() {
    return messages(1_700_000_000_000L);
  }

  /**
   * The same, at other times.
   *
   * @param zero times of events count from here
   */
  private static Map<String, Message> messages(long zero) {
    Map<String, Message> all = new LinkedHashMap<>();
    Device gpu =
        new Device(
            "gpu0",
            DeviceKind.GPU,
            PowerSource.COUNTER,
            DeviceKind.NODE,
            "H100",
            new DevicePower(700_000, 1_000),
            new EnergyCounter(3, 1L << 32),
            5,
            "gpu");
    long[] times = {1_700_000_000_000L, 1_700_000_001_000L, 1_699_999_999_000L};
    long[] some = {0, Readings.MISSING, Long.MAX_VALUE};
    long[] counter = {Long.MAX_VALUE - 5, Readings.MISSING, 7};
    TelemetryBatch batch =
        new TelemetryBatch(
            "site",
            "node-1",
            42,
            7,
            List.of(
                new DeviceSeries(
                    gpu,
                    new Readings(
                        times,
                        some,
                        counter,
                        new long[0],
                        some.clone(),
                        counter.clone(),
                        new long[] {1, 2, 3})),
                new DeviceSeries(
                    Device.sensor("memory", DeviceKind.MEMORY),
                    Readings.ofPower(new long[0], new long[0]))),
            -4,
            List.of(
                new DeviceStatus("gpu0", 1_700_000_000_500L, statusOfAll()),
                new DeviceStatus(
                    "gpu0",
                    1_700_000_000_100L,
                    Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, -7L))));
    all.put("telemetry", new Message(new TelemetryCodec(), WireSerdes.telemetry(), batch));
    all.put(
        "allocation",
        new Message(
            new AllocationCodec(),
            WireSerdes.allocations(),
            new AllocationEvent(
                "site",
                "node-1",
                "job/1",
                AllocationEvent.Action.RELEASE,
                zero + 99,
                List.of(new DeviceShare("gpu3", 2_500)),
                new NodeShares(1, 2, 3, 4),
                8,
                AllocationEvent.Reporter.AGENT)));
    all.put(
        "job",
        new Message(
            new JobCodec(),
            WireSerdes.jobs(),
            new JobRecord(
                "site",
                "job/1",
                new JobDetails("üser", "project", "name", "queue", Map.of("b", "2", "a", "1")),
                new JobSpan(zero + 5, zero + 6),
                JobState.TIMEOUT,
                new JobWork(1.5, "tokens"),
                9)));
    all.put(
        "job-window",
        new Message(
            new JobWindowCodec(),
            WireSerdes.jobWindows(),
            new JobWindows(
                List.of(
                    new JobWindow("site", "job/1", 10_000, 10_000, filled(Totals.ofJob()), 17),
                    new JobWindow("site", "job/2", 20_000, 10_000, filled(Totals.ofJob()), 18)))));
    all.put(
        "site-window",
        new Message(
            new SiteWindowCodec(),
            WireSerdes.siteWindows(),
            new SiteWindow("site", -20_000, 10_000, filled(Totals.ofSite()), 18)));
    all.put(
        "node-window",
        new Message(
            new NodeWindowCodec(),
            WireSerdes.nodeWindows(),
            new NodeWindows(
                List.of(
                    new NodeWindow("site", "node-1", -20_000, 10_000, filled(Totals.ofSite()), 18),
                    new NodeWindow(
                        "site", "node-2", -10_000, 10_000, filled(Totals.ofSite()), 18)))));
    all.put(
        "power-snapshot",
        new Message(
            new PowerSnapshotCodec(),
            WireSerdes.powerSnapshot(),
            new PowerSnapshot(
                "site",
                7,
                5_000,
                List.of(
                    new NodePower(
                        "node-1",
                        4_000,
                        900_000,
                        List.of(1L, 2L, 3L, 4L, 5L, 6L),
                        100_000,
                        List.of(new JobPower("job/1", 800_000, 20_000, 5_000)),
                        List.of(new GpuPower("gpu0", 300_000, 9_900))),
                    new NodePower("node-2", 4_500, 0, List.of(), 0, List.of(), List.of()),
                    new NodePower(
                        "node-3",
                        4_600,
                        1,
                        List.of(),
                        0,
                        List.of(),
                        List.of(),
                        new NodeCapacity(
                            new CapacityUse(2_097_152, 1_048_576, 204_800),
                            new CapacityUse(14_648_436, 0, CapacityUse.UNKNOWN),
                            8,
                            75_000))))));
    all.put(
        "capacity",
        new Message(
            new CapacityCodec(),
            WireSerdes.capacities(),
            new Capacity(
                "site",
                3_600_000,
                3_600_000,
                360,
                1_000,
                999,
                7_992,
                60_000_000,
                new SiteCapacity(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
                new SiteCapacity(11, 12, 13, 14, 0, -1, -1, -1, -1, 20),
                new StorageGrowth.Forecast(1L << 40, 1L << 39, 3L << 39, zero, zero + 1, -1))));
    all.put(
        "pool-peak",
        new Message(
            new PoolPeaksCodec(),
            WireSerdes.poolPeaks(),
            new PoolPeaks(
                "site",
                7_200_000,
                DeviceKind.STORAGE,
                8,
                List.of(new PoolPeaks.Group(0, 5, 6), new PoolPeaks.Group(124, 7, 8)))));
    all.put(
        "node",
        new Message(
            new NodeCodec(),
            WireSerdes.nodes(),
            new NodeRecord(
                "site",
                "node-1",
                6,
                "0.1",
                Map.of("row", "a", "rack", "r12"),
                7,
                8,
                List.of("NVML unavailable, because there is no library"),
                9,
                List.of("job 4711: '2'"))));
    all.put(
        "device-window",
        new Message(
            new DeviceWindowCodec(),
            WireSerdes.deviceWindows(),
            new DeviceWindow(
                "site",
                "node-1",
                -20_000,
                10_000,
                List.of(
                    new DeviceTotals(
                        "gpu0", DeviceKind.GPU, "H100", 80L << 30, filled(Totals.ofDevice())),
                    new DeviceTotals("ups", DeviceKind.UPS, "", 0, Totals.ofDevice())),
                18)));
    all.put(
        "placement",
        new Message(
            new PlacementCodec(),
            WireSerdes.placements(),
            new Placement(
                "site",
                "node-1",
                "job/1",
                zero + 1,
                zero + 2,
                zero + 3,
                Placement.EndedBy.TAKEN_OVER,
                List.of(
                    new Placement.HeldDevice("gpu0", zero + 2, zero + 3, 5_000),
                    new Placement.HeldDevice("gpu1", zero + 2, Placement.OPEN, 10_000)),
                new NodeShares(1, 2, NodeShares.BY_GPUS, 4),
                8)));
    all.put(
        "job-quarter-hour",
        new Message(
            new JobQuarterHourCodec(),
            WireSerdes.jobQuarterHours(),
            new JobQuarterHour(
                "site",
                "job/1",
                new JobDetails("user", "project", "name", "queue", Map.of("k", "v")),
                900_000,
                900_000,
                filled(Totals.ofJob()),
                19)));
    all.put(
        "job-summary",
        new Message(
            new JobSummaryCodec(),
            WireSerdes.jobSummaries(),
            new JobSummary(
                "site",
                "job/1",
                new JobDetails("user", "project", "name", "queue", Map.of("k", "v")),
                JobState.FAILED,
                new JobTimes(1, 2, 3, 4),
                5,
                new JobWork(6.25, "samples"),
                filled(Totals.ofJob()),
                19,
                3)));
    all.put(
        "budget",
        new Message(
            new BudgetCodec(),
            WireSerdes.budgets(),
            new Budget(
                "site",
                "rack-12",
                Scope.nodes("rack", "r12"),
                new PowerLimit(
                    40_000_000,
                    List.of(
                        new Reduction(
                            Set.of(DayOfWeek.MONDAY, DayOfWeek.SUNDAY), 1_020, 1_200, 30_000_000)),
                    CapMode.PRIORITY),
                "Europe/Berlin",
                new Thresholds(List.of(80, 100, 110), 7),
                new AlertTiming(5_000, 120_000, 30_000, 900_000),
                "facility@example.org",
                "breaker of rack 12",
                4)));
    all.put("grid", grid(zero));
    all.put(
        "alert",
        new Message(
            new AlertCodec(),
            WireSerdes.alerts(),
            new Alert(
                Alert.fingerprint("site", Rule.POWER_BUDGET, Scope.nodes("rack", "r12")),
                new AlertSubject(Rule.MONTH_FORECAST, "site", "rack-12", "rack=r12"),
                Severity.WARNING,
                AlertState.RESOLVED,
                new AlertMeasurement(41_000.5, 40_000, "W", 95, 9_700),
                new AlertTimes(zero + 1, zero + 2, zero + 3),
                List.of(
                    new Contributor(Contributor.Consumer.JOB, "job/1", 6_000, 24_600_000),
                    new Contributor(Contributor.Consumer.NODE, "n1", 100, 410_000)),
                "rack=r12 draws 41.0 kW",
                7,
                new AlertRouting(
                    "0123456789abcdef", "facility@example.org", "breaker of rack 12"))));
    all.put(
        "cap-advice",
        new Message(
            new CapAdviceCodec(),
            WireSerdes.capAdvices(),
            new CapAdvice(
                "site",
                "rack-12",
                "rack=r12",
                5,
                40_000_000,
                41_000_000,
                6,
                CapMode.PROPORTIONAL,
                List.of(new Cap(Contributor.Consumer.NODE, "n1", 9_000, 8_000, 2)))));
    return all;
  }

  private static Message grid(long zero) {
    return new Message(
        new GridCodec(),
        WireSerdes.grid(),
        new GridRecord(
            new GridInterval(
                "site",
                GridSeries.carbon(
                    new CarbonBasis(
                        CarbonBasis.Method.RESIDUAL,
                        CarbonBasis.Rate.MARGINAL,
                        CarbonBasis.Scope.DIRECT)),
                zero + 900_000,
                zero + 1_800_000,
                -232_239_104_000L,
                "",
                GridQuality.FORECAST,
                zero + 7,
                false,
                new GridInterval.Origin("watttime", "CAISO_NORTH", "-512 lb/MWh")),
            false));
  }

  private static Map<StatusColumn, Long> statusOfAll() {
    Map<StatusColumn, Long> values = new EnumMap<>(StatusColumn.class);
    for (StatusColumn column : StatusColumn.values()) {
      values.put(column, 10L + column.position());
    }
    return values;
  }

  private static Message message(String name) {
    return java.util.Objects.requireNonNull(messages().get(name), name);
  }

  private static <A extends Enum<A>> Totals<A> filled(Totals<A> totals) {
    for (int i = 0; i < totals.size(); i++) {
      totals.set(i, i % 3 == 0 ? -1_000_003L * i : Long.MAX_VALUE / (i + 1));
    }
    return totals;
  }

  @SuppressWarnings("unchecked")
  private static byte[] write(Serde<?> serde, Object value) {
    return ((Serde<Object>) serde).serializer().serialize("topic", value);
  }

  private static Object read(Serde<?> serde, byte[] bytes) {
    return serde.deserializer().deserialize("topic", bytes);
  }

  @Test
  void everyMessage_comesBackAsItWas() {
    messages()
        .forEach((name, message) ->
            assertThat(read(message.serde, write(message.serde, message.value)))
                .as(name)
                .isEqualTo(message.value));
  }

  @Test
  void codecs_writeWhatTheirSchemaSays() throws IOException {
    for (Map.Entry<String, Message> entry : messages().entrySet()) {
      Message message = entry.getValue();
      byte[] bytes = write(message.serde, message.value);
      Schema schema = message.codec.schema();
      GenericRecord generic = generic(bytes, schema, schema);
      // written again by Avro itself: the same bytes, so every field is where the schema has it
      assertThat(withHeader(schema, generic)).as(entry.getKey()).isEqualTo(bytes);
    }
    GenericRecord job =
        generic(
            write(WireSerdes.jobWindows(), message("job-window").value),
            KnownSchemas.own("job-window"),
            KnownSchemas.own("job-window"));
    assertThat(((GenericRecord) job.get("totals")).get("gpuBusyMillis"))
        .isEqualTo(filled(Totals.ofJob()).get(JobAmount.GPU_BUSY_MILLIS));
  }

  @Test
  void totalsInTheSchemas_areTheAmounts() {
    assertThat(fieldNames("job-window")).isEqualTo(camel(JobAmount.values()));
    assertThat(fieldNames("job-summary")).isEqualTo(camel(JobAmount.values()));
    assertThat(fieldNames("site-window")).isEqualTo(camel(SiteAmount.values()));
    assertThat(fieldNames("node-window")).isEqualTo(camel(SiteAmount.values()));
    assertThat(fieldNames("job-quarter-hour")).isEqualTo(camel(JobAmount.values()));
    assertThat(symbols("pool-peak", "resource")).isEqualTo(names(DeviceKind.values()));
    assertThat(symbols("placement", "endedBy")).isEqualTo(names(Placement.EndedBy.values()));
    Schema device = KnownSchemas.own("device-window").getField("devices").schema().getElementType();
    assertThat(device.getField("kind").schema().getEnumSymbols())
        .isEqualTo(names(DeviceKind.values()));
    assertThat(device.getField("amounts").doc())
        .contains(String.join(", ", camel(DeviceAmount.values())));
    Schema status = KnownSchemas.own("telemetry").getField("statuses").schema().getElementType();
    for (StatusColumn column : StatusColumn.values()) {
      assertThat(status.getField("columns").doc())
          .contains((1L << column.position()) + " " + column.name().toLowerCase(Locale.ROOT));
    }
    Schema series = KnownSchemas.own("telemetry").getField("devices").schema().getElementType();
    assertThat(series.getField("kind").schema().getEnumSymbols())
        .isEqualTo(Arrays.stream(DeviceKind.values()).map(Enum::name).toList());
    assertThat(series.getField("source").schema().getEnumSymbols())
        .isEqualTo(Arrays.stream(PowerSource.values()).map(Enum::name).toList());
    assertThat(KnownSchemas.own("job").getField("state").schema().getEnumSymbols())
        .isEqualTo(Arrays.stream(JobState.values()).map(Enum::name).toList());
    assertThat(symbols("budget", "scopeKind")).isEqualTo(names(Scope.Kind.values()));
    assertThat(symbols("budget", "quantity")).isEqualTo(names(Quantity.values()));
    assertThat(symbols("budget", "advice")).isEqualTo(names(CapMode.values()));
    assertThat(symbols("cap-advice", "mode")).isEqualTo(names(CapMode.values()));
    assertThat(symbols("grid", "kind")).isEqualTo(names(SeriesKind.values()));
    assertThat(symbols("grid", "method")).isEqualTo(names(CarbonBasis.Method.values()));
    assertThat(symbols("grid", "rate")).isEqualTo(names(CarbonBasis.Rate.values()));
    assertThat(symbols("grid", "scope")).isEqualTo(names(CarbonBasis.Scope.values()));
    assertThat(symbols("grid", "source")).isEqualTo(names(EnergySource.values()));
    assertThat(symbols("grid", "quality")).isEqualTo(names(GridQuality.values()));
    assertThat(symbols("alert", "rule")).isEqualTo(names(Rule.values()));
    assertThat(symbols("alert", "severity")).isEqualTo(names(Severity.values()));
    assertThat(symbols("alert", "state")).isEqualTo(names(AlertState.values()));
    assertThat(symbols("allocation", "action")).isEqualTo(names(AllocationEvent.Action.values()));
    assertThat(symbols("allocation", "reporter"))
        .isEqualTo(names(AllocationEvent.Reporter.values()));
    assertThat(KnownSchemas.own("alert").getField("contributors").schema().getElementType())
        .extracting(contributor -> contributor.getField("kind").schema().getEnumSymbols())
        .isEqualTo(names(Contributor.Consumer.values()));
    assertThat(KnownSchemas.own("cap-advice").getField("caps").schema().getElementType())
        .extracting(cap -> cap.getField("kind").schema().getEnumSymbols())
        .isEqualTo(names(Contributor.Consumer.values()));
  }

  @Test
  void everyField_isDocumented() {
    for (Schema schema : KnownSchemas.own()) {
      assertDocumented(schema);
    }
  }

  @Test
  void anOlderReader_understandsANewerWriter() throws IOException {
    for (Map.Entry<String, Message> entry : messages().entrySet()) {
      Message message = entry.getValue();
      Schema own = message.codec.schema();
      // a later release puts a field first and one last
      String json = own.toString();
      int fields = json.indexOf("\"fields\":[") + "\"fields\":[".length();
      String newer =
          json.substring(0, fields)
              + "{\"name\":\"rack\",\"type\":\"string\",\"doc\":\"Rack.\",\"default\":\"\"},"
              + json.substring(fields, json.length() - 2)
              + ",{\"name\":\"tenant\",\"type\":[\"null\",\"string\"],\"default\":null}]}";
      Schema newerSchema = KnownSchemas.parse(newer);
      GenericRecord value = generic(write(message.serde, message.value), own, newerSchema);
      value.put("rack", "r17");
      value.put("tenant", "t");
      byte[] bytes = withHeader(newerSchema, value);

      KnownSchemas known = new KnownSchemas();
      Serde<?> reader = new AvroSerde<>(message.codec, known);
      assertThatThrownBy(() -> read(reader, bytes))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("is not known here");
      known.learn(newerSchema);
      assertThat(read(reader, bytes)).as(entry.getKey()).isEqualTo(message.value);
    }
  }

  @Test
  void aNewerReader_understandsAnOlderWriter() throws IOException {
    // the older release did not have the fields with defaults
    Message message = message("telemetry");
    String json =
        "{\"type\":\"record\",\"name\":\"Telemetry\",\"namespace\":\"io.github.joulestream.schemas.avro\",\"fields\":["
            + "{\"name\":\"site\",\"type\":\"string\"},{\"name\":\"node\",\"type\":\"string\"},"
            + "{\"name\":\"agentEpoch\",\"type\":\"long\"},{\"name\":\"sequence\",\"type\":\"long\"},"
            + "{\"name\":\"epochMillisDeltas\",\"type\":{\"type\":\"array\",\"items\":\"long\"}},"
            + "{\"name\":\"devices\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"DescribedDevice\",\"fields\":["
            + "{\"name\":\"id\",\"type\":\"string\"},"
            + "{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"DeviceKind\",\"symbols\":[\"GPU\",\"NODE\"]}},"
            + "{\"name\":\"source\",\"type\":{\"type\":\"enum\",\"name\":\"PowerSource\",\"symbols\":[\"COUNTER\",\"SENSOR\"]}},"
            + "{\"name\":\"columns\",\"type\":\"int\"}]}}},"
            + "{\"name\":\"values\",\"type\":{\"type\":\"array\",\"items\":\"long\"}}]}";
    Schema older = KnownSchemas.parse(json);
    Schema deviceSchema = older.getField("devices").schema().getElementType();
    GenericRecord device = new GenericData.Record(deviceSchema);
    device.put("id", "meter");
    device.put("kind", new GenericData.EnumSymbol(deviceSchema.getField("kind").schema(), "NODE"));
    device.put(
        "source", new GenericData.EnumSymbol(deviceSchema.getField("source").schema(), "SENSOR"));
    device.put("columns", 1);
    GenericRecord batch = new GenericData.Record(older);
    batch.put("site", "s");
    batch.put("node", "n");
    batch.put("agentEpoch", 1L);
    batch.put("sequence", 2L);
    batch.put("epochMillisDeltas", List.of(1_000L, 500L));
    batch.put("devices", List.of(device));
    batch.put("values", List.of(5L, 1L));

    KnownSchemas known = new KnownSchemas();
    known.learn(older);
    Serde<?> reader = new AvroSerde<>(message.codec, known);
    assertThat(read(reader, withHeader(older, batch)))
        .isEqualTo(
            new TelemetryBatch(
                "s",
                "n",
                1,
                2,
                List.of(
                    new DeviceSeries(
                        Device.sensor("meter", DeviceKind.NODE),
                        Readings.ofPower(new long[] {1_000, 1_500}, new long[] {5, 6})))));
  }

  /**
   * What any release wrote must be readable for ever: read today, and written in the schema of that
   * time again, it has the same bytes.
   */
  @Test
  void goldenBytes_ofEveryRelease_areReadable() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      Path folder =
          Files.createDirectories(Path.of("src/test/resources/golden/" + GOLDEN.getLast()));
      for (Map.Entry<String, Message> entry : messages(0).entrySet()) {
        Message message = entry.getValue();
        Files.write(folder.resolve(entry.getKey() + ".bin"), write(message.serde, message.value));
        Files.writeString(
            folder.resolve(entry.getKey() + ".avsc"), message.codec.schema().toString());
      }
    }
    for (String version : GOLDEN) {
      for (Map.Entry<String, Message> entry : messages(0).entrySet()) {
        String file = "/golden/" + version + "/" + entry.getKey();
        if (WireTest.class.getResource(file + ".bin") == null) {
          assertThat(version).as(file).isNotEqualTo(GOLDEN.getLast());
          continue; // a later release made this record
        }
        Schema then =
            KnownSchemas.parse(
                new String(resource(file + ".avsc"), java.nio.charset.StandardCharsets.UTF_8));
        KnownSchemas known = new KnownSchemas();
        known.learn(then);
        Message message = entry.getValue();
        byte[] golden = resource(file + ".bin");
        Object read = read(new AvroSerde<>(unchecked(message.codec), known), golden);
        byte[] today = write(message.serde, read);
        assertThat(withHeader(then, generic(today, message.codec.schema(), then)))
            .as(file)
            .isEqualTo(golden);
        if (version.equals(GOLDEN.getLast())) {
          assertThat(read).as(file).isEqualTo(message.value);
        }
      }
    }
  }

  /**
   * Cut, altered and invented bytes are read or refused with the one exception; never otherwise.
   */
  @Test
  void anyBytes_areReadOrRefused() {
    System.out.println("WireTest seed " + SEED);
    Random random = new Random(SEED);
    int refused = 0;
    int tried = 0;
    for (Message message : messages().values()) {
      byte[] good = write(message.serde, message.value);
      for (int round = 0; round < 5_000; round++) {
        byte[] bytes =
            switch (random.nextInt(3)) {
              case 0 -> Arrays.copyOf(good, random.nextInt(good.length));
              case 1 -> altered(good, random);
              default -> invented(good, random);
            };
        tried++;
        try {
          read(message.serde, bytes);
        } catch (SerializationException e) {
          refused++;
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
    assertThat(refused).isGreaterThan(tried / 3);
  }

  @Test
  void nodesOfTheSameDevices_haveOneDescription() {
    TelemetryReader reader = new TelemetryReader();
    byte[] bytes = write(WireSerdes.telemetry(), anyBatch(new Random(SEED), 0));
    reader.read(bytes, 0, bytes.length, null);
    TelemetryReader.DeviceBlock first = reader.deviceBlock();
    reader.read(bytes, 0, bytes.length, null);
    assertThat(reader.deviceBlock()).isSameAs(first);
  }

  /** Far more than the table of descriptions has places. */
  @Test
  void nodesOfManyDescriptions_haveTheirOwn() {
    TelemetryReader reader = new TelemetryReader();
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = write(WireSerdes.telemetry(), anyBatch(new Random(SEED + i % 700), 0));
      reader.read(bytes, 0, bytes.length, null);
      TelemetryReader fresh = new TelemetryReader();
      fresh.read(bytes, 0, bytes.length, null);
      assertThat(reader.deviceBlock().bytes()).isEqualTo(fresh.deviceBlock().bytes());
    }
  }

  /** What is known of the devices saves work, and changes nothing. */
  @Test
  void aReader_thatKnowsTheDevices_readsTheSame() {
    Random random = new Random(SEED);
    TelemetryReader reader = new TelemetryReader();
    TelemetryReader.DeviceBlock known = null;
    for (int round = 0; round < 500; round++) {
      TelemetryBatch batch = anyBatch(random, round);
      byte[] bytes = write(WireSerdes.telemetry(), batch);
      byte[] within = new byte[bytes.length + 7];
      System.arraycopy(bytes, 0, within, 3, bytes.length);
      reader.read(within, 3, bytes.length, known);
      assertThat(reader.batch()).isEqualTo(batch);
      assertThat(reader.columns().series()).isEqualTo(batch.devicesInTime());
      if (round % 20 > 0) {
        // the same devices as long as their description is the same
        assertThat(reader.deviceBlock()).isSameAs(known);
      }
      known = reader.deviceBlock();
      int content = reader.content();
      // and without that description, kept beside it
      int at = reader.deviceBlockFrom();
      int cut = reader.deviceBlockTo() - at;
      byte[] bare = new byte[bytes.length - cut];
      System.arraycopy(within, 3, bare, 0, at - 3);
      System.arraycopy(within, at + cut, bare, at - 3, bare.length - at + 3);
      reader.readWithoutDevices(
          bare, 0, bare.length, TelemetryReader.DeviceBlock.of(known.bytes()));
      assertThat(reader.batch()).isEqualTo(batch);
      assertThat(reader.content()).isEqualTo(content);
      assertOtherContent(bytes, content, random);
    }
  }

  /**
   * A batch that another release kept without its devices is read after an upgrade, and one that
   * arrives again after it is the same batch: its content is what that release computed.
   */
  @Test
  void aBatchOfTheReleaseBefore_isReadWithoutItsDevices_andHasTheContentItHad() throws IOException {
    Schema before =
        KnownSchemas.parse(
            new String(
                resource("/golden/0.1.0/telemetry.avsc"), java.nio.charset.StandardCharsets.UTF_8));
    KnownSchemas.INSTANCE.learn(before);
    Random random = new Random(SEED);
    TelemetryReader reader = new TelemetryReader();
    for (int round = 0; round < 100; round++) {
      TelemetryBatch batch = anyBatch(random, round);
      byte[] own = write(WireSerdes.telemetry(), batch);
      reader.read(own, 0, own.length, null);
      int at = reader.deviceBlockFrom();
      int end = reader.deviceBlockTo();
      byte[] devices = reader.deviceBlock().bytes();
      // it had no statuses: no empty array at the end
      byte[] older = Arrays.copyOf(own, own.length - 1);
      ByteBuffer.wrap(older)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(2, KnownSchemas.fingerprint(before));

      reader.read(older, 0, older.length, null);
      assertThat(reader.batch()).isEqualTo(batch);
      CRC32C rest = new CRC32C();
      rest.update(older, 0, at);
      rest.update(older, end, older.length - end);
      CRC32C ofDevices = new CRC32C();
      ofDevices.update(devices, 0, devices.length);
      int content = (int) rest.getValue() ^ Integer.rotateLeft((int) ofDevices.getValue(), 16);
      assertThat(reader.content()).isEqualTo(content);

      byte[] bare = new byte[older.length - (end - at)];
      System.arraycopy(older, 0, bare, 0, at);
      System.arraycopy(older, end, bare, at, bare.length - at);
      reader.readWithoutDevices(bare, 0, bare.length, TelemetryReader.DeviceBlock.of(devices));
      assertThat(reader.batch()).isEqualTo(batch);
      assertThat(reader.content()).isEqualTo(content);
    }
  }

  /** Whatever else a batch says, and with whichever number, its content is another. */
  private static void assertOtherContent(byte[] bytes, int content, Random random) {
    TelemetryReader reader = new TelemetryReader();
    for (int i = 0; i < 20; i++) {
      byte[] other = bytes.clone();
      other[10 + random.nextInt(bytes.length - 10)] ^= (byte) (1 << random.nextInt(8));
      try {
        reader.read(other, 0, other.length, null);
      } catch (SerializationException e) {
        continue; // that is no batch
      }
      assertThat(reader.content()).isNotEqualTo(content);
    }
  }

  private static TelemetryBatch anyBatch(Random random, int round) {
    long[] times = column(random, 1 + random.nextInt(4), 1);
    List<DeviceSeries> series = new ArrayList<>();
    for (int d = 0; d < 5; d++) {
      long[] own = d == 3 ? column(random, 5, 1) : times;
      series.add(
          new DeviceSeries(
              Device.sensor("d" + d, DeviceKind.GPU).withCounter(round / 20, 1L << 40),
              new Readings(
                  own,
                  column(random, own.length, 1),
                  column(random, own.length, d == 1 ? 1 : 1_000),
                  column(random, own.length, 1),
                  new long[0],
                  column(random, own.length, 1),
                  new long[0])));
    }
    return new TelemetryBatch("s", "n", 1, round, series, random.nextInt(3));
  }

  private static long[] column(Random random, int rows, long unit) {
    long[] values = new long[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = unit * (1_700_000_000_000L + random.nextInt());
    }
    return values;
  }

  @Test
  void aReading_costsFewBytes() {
    long[] times = new long[100];
    long[] power = new long[100];
    long[] counter = new long[100];
    for (int i = 0; i < 100; i++) {
      times[i] = 1_700_000_000_000L + 1_000L * (long) i;
      power[i] = 400_000L + i;
      counter[i] = 9_000_000_000_000L + 400_000_000L * (long) i;
    }
    byte[] bytes =
        WireSerdes.telemetry()
            .serializer()
            .serialize(
                "telemetry",
                new TelemetryBatch(
                    "site",
                    "node",
                    1,
                    1,
                    List.of(
                        new DeviceSeries(
                            Device.sensor("gpu0", DeviceKind.GPU),
                            Readings.ofCounter(times, power, counter)))));
    assertThat(bytes.length / 100.0).isLessThan(12);
  }

  /** The golden bytes are of 1970, which no site can say any more. */
  private static <T> Codec<T> unchecked(Codec<T> codec) {
    return new Codec<>() {
      @Override
      public Schema schema() {
        return codec.schema();
      }

      @Override
      public void write(T value, WireWriter out) {
        codec.write(value, out);
      }

      @Override
      public T read(WireReader in) throws IOException {
        return codec.read(in);
      }
    };
  }

  private static byte[] altered(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      bytes[10 + random.nextInt(bytes.length - 10)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static byte[] invented(byte[] good, Random random) {
    byte[] bytes = new byte[10 + random.nextInt(200)];
    random.nextBytes(bytes);
    System.arraycopy(good, 0, bytes, 0, 10);
    return bytes;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = WireTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  private static GenericRecord generic(byte[] bytes, Schema writer, Schema reader)
      throws IOException {
    return new GenericDatumReader<GenericRecord>(writer, reader)
        .read(null, DecoderFactory.get().binaryDecoder(bytes, 10, bytes.length - 10, null));
  }

  private static byte[] withHeader(Schema schema, GenericRecord value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(10)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) 0x01C3)
            .putLong(KnownSchemas.fingerprint(schema))
            .array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(schema).write(value, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static List<String> fieldNames(String schema) {
    return KnownSchemas.own(schema).getField("totals").schema().getFields().stream()
        .map(Schema.Field::name)
        .toList();
  }

  private static List<String> symbols(String schema, String field) {
    return KnownSchemas.own(schema).getField(field).schema().getEnumSymbols();
  }

  private static List<String> names(Enum<?>[] constants) {
    return Arrays.stream(constants).map(Enum::name).toList();
  }

  private static List<String> camel(Enum<?>[] constants) {
    return Arrays.stream(constants)
        .map(constant -> {
          String[] words = constant.name().toLowerCase(Locale.ROOT).split("_", -1);
          StringBuilder name = new StringBuilder(words[0]);
          for (int i = 1; i < words.length; i++) {
            name.append(Character.toUpperCase(words[i].charAt(0)))
                .append(words[i], 1, words[i].length());
          }
          return name.toString();
        })
        .toList();
  }

  private static void assertDocumented(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        assertThat(schema.getDoc()).as(schema.getName()).isNotBlank();
        for (Schema.Field field : schema.getFields()) {
          assertThat(field.doc()).as(schema.getName() + "." + field.name()).isNotBlank();
          assertDocumented(field.schema());
        }
      }
      case ARRAY -> assertDocumented(schema.getElementType());
      case ENUM -> assertEquals(false, schema.getDoc().isBlank(), schema.getName());
      default -> {}
    }
  }
}
