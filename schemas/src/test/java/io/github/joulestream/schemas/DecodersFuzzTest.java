// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

/**
 * Bytes that nobody of ours has written: each is read, or refused with the one exception that is
 * declared, and costs no more memory than {@value #FIXED_BYTES} bytes and {@value #MULTIPLE} times
 * its own size. What is read can be written again and is then the same. Long form: {@code
 * -Dfuzz.inputs=N -Dfuzz.seed=S}.
 */
class DecodersFuzzTest {
  /** An exception with its trace, a table of recent names, the first arrays. */
  private static final long FIXED_BYTES = 65_536;

  /** The most is a device of another release of which a few bytes say all. */
  private static final long MULTIPLE = 256;

  private static final int INPUTS = Integer.getInteger("fuzz.inputs", 60_000);
  private static final long SEED = Long.getLong("fuzz.seed", 4_711L);
  private static final int WARM_UP = 20_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Random random = new Random(SEED);
  private final AnyWire any = new AnyWire(random);

  /** Reads some bytes, or throws what is declared. */
  private interface Decoder {
    void decode(byte[] bytes);
  }

  /** What is fuzzed: how it is read, and valid bytes of it. */
  private static final class Target {
    final String name;
    final Decoder decoder;
    final List<byte[]> good;
    final Class<? extends RuntimeException> declared;
    long inputs;
    long read;
    long most;
    int mostFor;

    Target(
        String name,
        List<byte[]> good,
        Class<? extends RuntimeException> declared,
        Decoder decoder) {
      this.name = name;
      this.good = good;
      this.declared = declared;
      this.decoder = decoder;
    }

    void feed(byte[] bytes, boolean measured) {
      long allocated = allocatedBy(bytes);
      if (!measured) {
        read = 0;
        return;
      }
      long bound = FIXED_BYTES + MULTIPLE * bytes.length;
      for (int again = 0; again < 3 && allocated > bound; again++) {
        allocated = Math.min(allocated, allocatedBy(bytes)); // the first may have loaded classes
      }
      inputs++;
      if (allocated - MULTIPLE * bytes.length > most - MULTIPLE * mostFor) {
        most = allocated;
        mostFor = bytes.length;
      }
      assertThat(allocated)
          .as(() -> "bytes allocated for %s".formatted(described(bytes)))
          .isLessThanOrEqualTo(bound);
    }

    private long allocatedBy(byte[] bytes) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        decoder.decode(bytes);
        read++;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        if (!declared.isInstance(e)) {
          throw new AssertionError("not declared, for " + described(bytes), e);
        }
      }
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private String described(byte[] bytes) {
      return "%s, seed %d, %d bytes: %s"
          .formatted(
              name,
              SEED,
              bytes.length,
              HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 4_000)));
    }

    @Override
    public String toString() {
      return "%-22s %,10d inputs, %,10d read, most allocated beyond the multiple: %,9d B for %,d B"
          .formatted(name, inputs, read, most, mostFor);
    }
  }

  @Test
  void anyBytes_areReadOrRefused_atACostInProportion() throws IOException {
    System.out.printf("DecodersFuzzTest seed %d, %,d inputs%n", SEED, INPUTS);
    List<Target> targets = targets();
    byte[] other = new byte[200];
    for (long i = -WARM_UP; i < INPUTS; i++) {
      Target target = targets.get((int) Math.floorMod(i, (long) targets.size()));
      byte[] good = target.good.get(random.nextInt(target.good.size()));
      byte[] bytes = any.damaged(good, other);
      target.feed(bytes, i >= 0);
      other = bytes.length == 0 ? other : bytes;
      if (random.nextInt(64) == 0) {
        renew(target);
      }
    }
    targets.forEach(System.out::println);
    // else it would say nothing of what is read
    assertThat(targets.stream().mapToLong(target -> target.read).sum()).isGreaterThan(INPUTS / 50);
    assertThat(targets)
        .allSatisfy(target -> {
          if (target.inputs >= 10_000) {
            assertThat(target.read).as(target.name + " read").isPositive();
          }
          assertThat(target.inputs).as(target.name + " refused").isGreaterThan(target.read / 2);
        });
  }

  /** As much as can be said in as few bytes as can be: many small elements. */
  @Test
  void denseBytes_costNoMoreThanTheMultiple() throws IOException {
    for (Target target : targets()) {
      Schema schema = generated.get(target.name);
      if (schema != null) {
        byte[] dense = AnyWire.dense(schema, 100_000);
        target.feed(dense, false);
        target.feed(dense, true);
        System.out.printf(
            "%-22s %,d dense bytes, %.1f times as many allocated%n",
            target.name, dense.length, (double) target.allocatedBy(dense) / dense.length);
      }
    }
  }

  /** Other valid bytes to begin with. */
  private void renew(Target target) {
    Schema schema = generated.get(target.name);
    if (schema != null) {
      byte[] value =
          schema.equals(KnownSchemas.own("telemetry")) ? any.telemetry() : any.record(schema);
      if (value.length < 20_000) {
        // the last stays: one that is read
        target.good.set(random.nextInt(target.good.size() - 1), value);
      }
    }
  }

  private final Map<String, Schema> generated = new LinkedHashMap<>();

  private List<Target> targets() throws IOException {
    List<Target> targets = new ArrayList<>();
    for (Map.Entry<String, WireTest.Message> entry : WireTest.messages().entrySet()) {
      String name = entry.getKey();
      targets.add(ofOurs(name, entry.getValue()));
      for (Map.Entry<String, Schema> foreign : foreign(name).entrySet()) {
        targets.add(ofForeign(name + foreign.getKey(), entry.getValue(), foreign.getValue()));
      }
    }
    byte[] described;
    {
      TelemetryReader reader = new TelemetryReader();
      byte[] batch = write(requireNonNull(WireTest.messages().get("telemetry")));
      reader.read(batch, 0, batch.length, null);
      described = reader.deviceBlock().bytes();
    }
    targets.add(
        new Target(
            "devices",
            new ArrayList<>(List.of(described)),
            SerializationException.class,
            TelemetryReader.DeviceBlock::of));
    List<byte[]> schemas = new ArrayList<>();
    KnownSchemas.own().forEach(own -> schemas.add(own.toString().getBytes(UTF_8)));
    targets.add(
        new Target("schemas", schemas, IllegalArgumentException.class, ForeignSchema::read));
    return targets;
  }

  @SuppressWarnings("unchecked")
  private static byte[] write(WireTest.Message message) {
    return ((org.apache.kafka.common.serialization.Serde<Object>) message.serde())
        .serializer()
        .serialize("topic", message.value());
  }

  private <T> Target ofOurs(String name, WireTest.Message message) {
    @SuppressWarnings("unchecked")
    AvroSerde<T> serde = (AvroSerde<T>) message.serde();
    generated.put(name, message.codec().schema());
    return new Target(
        name,
        new ArrayList<>(List.of(write(message), write(message), write(message))),
        SerializationException.class,
        bytes -> WireLaws.comesBack(serde, bytes));
  }

  private <T> Target ofForeign(String name, WireTest.Message message, Schema schema)
      throws IOException {
    @SuppressWarnings("unchecked")
    Codec<T> codec = (Codec<T>) message.codec();
    KnownSchemas known = new KnownSchemas();
    known.learn(
        ForeignSchema.accept(ForeignSchemaTest.key(schema), schema.toString().getBytes(UTF_8)));
    AvroSerde<T> serde = new AvroSerde<>(codec, known);
    generated.put(name, schema);
    List<byte[]> good = new ArrayList<>();
    while (good.size() < 4) {
      byte[] value = any.record(schema);
      if (value.length < 5_000) {
        good.add(value);
      }
    }
    return new Target(
        name, good, SerializationException.class, bytes -> WireLaws.comesBack(serde, bytes));
  }

  /** Schemas of other releases: earlier ones as they were, later ones as they may be. */
  private static Map<String, Schema> foreign(String name) throws IOException {
    Map<String, Schema> all = new LinkedHashMap<>();
    String own = KnownSchemas.own(name).toString();
    all.put(
        "+field",
        KnownSchemas.parse(
            own.substring(0, own.length() - 2)
                + ",{\"name\":\"later\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"map\",\"values\":[\"null\",\"bytes\",\"boolean\",\"float\"]}},\"default\":[]}]}"));
    all.put("-defaults", least(KnownSchemas.own(name)));
    for (String version : List.of("0.1.0")) {
      try (InputStream in =
          DecodersFuzzTest.class.getResourceAsStream(
              "/golden/%s/%s.avsc".formatted(version, name))) {
        if (in != null) {
          Schema then = KnownSchemas.parse(new String(in.readAllBytes(), UTF_8));
          if (KnownSchemas.fingerprint(then) != KnownSchemas.fingerprint(KnownSchemas.own(name))) {
            all.put(" " + version, then);
          }
        }
      }
    }
    all.values()
        .removeIf(schema ->
            KnownSchemas.fingerprint(schema) == KnownSchemas.fingerprint(KnownSchemas.own(name)));
    return all;
  }

  /** Of each record only the fields that a reader of ours must have: the smallest of values. */
  static Schema least(Schema schema) {
    return switch (schema.getType()) {
      case RECORD -> {
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
          if (!field.hasDefaultValue()
              || (field.equals(schema.getFields().getLast()) && fields.isEmpty())) {
            fields.add(new Schema.Field(field.name(), least(field.schema()), field.doc()));
          }
        }
        yield Schema.createRecord(
            schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
      }
      case ARRAY -> Schema.createArray(least(schema.getElementType()));
      default -> schema;
    };
  }
}
