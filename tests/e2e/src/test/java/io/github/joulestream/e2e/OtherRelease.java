// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.schemas.TelemetryBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Schemas of another release than this one, and records as it writes them. */
final class OtherRelease {
  private static final Path GOLDEN = Path.of("../../schemas/src/test/resources/golden");
  private static final int HEADER = 10;

  private final Map<String, Schema> schemas;

  private OtherRelease(Map<String, Schema> schemas) {
    this.schemas = Map.copyOf(schemas);
  }

  /** An earlier one, by the schemas that it published. */
  static OtherRelease earlier(String release) throws IOException {
    Map<String, Schema> schemas = new HashMap<>();
    try (Stream<Path> files = Files.list(GOLDEN.resolve(release))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".avsc")).toList()) {
        schemas.put(
            file.getFileName().toString().replace(".avsc", ""),
            new Schema.Parser().parse(Files.readString(file)));
      }
    }
    return new OtherRelease(schemas);
  }

  /** A later one, which adds an optional field to each of these schemas. */
  static OtherRelease later(String... names) throws IOException {
    Map<String, Schema> schemas = new HashMap<>();
    for (String name : names) {
      Schema own = own(name);
      List<Schema.Field> fields = new ArrayList<>();
      own.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
      fields.add(
          new Schema.Field(
              "tenant",
              Schema.createUnion(
                  Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.STRING)),
              "of a later release",
              Schema.Field.NULL_DEFAULT_VALUE));
      schemas.put(
          name,
          Schema.createRecord(own.getName(), own.getDoc(), own.getNamespace(), false, fields));
    }
    return new OtherRelease(schemas);
  }

  private static Schema own(String name) throws IOException {
    try (InputStream in = TelemetryBatch.class.getResourceAsStream(name + ".avsc")) {
      return new Schema.Parser().parse(requireNonNull(in, name));
    }
  }

  /** As its {@code topics create} does. */
  void publishSchemas(Map<String, Object> kafka) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer())) {
      for (Schema schema : schemas.values()) {
        String key = "%016x".formatted(SchemaNormalization.parsingFingerprint64(schema));
        producer.send(new ProducerRecord<>("schemas", key, schema.toString())).get();
      }
    }
  }

  /**
   * A record as this release writes it, written as the other does.
   *
   * @param name of its schema, as {@code telemetry}
   */
  byte[] rewritten(String name, byte[] bytes) throws IOException {
    Schema theirs = requireNonNull(schemas.get(name), name);
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(own(name), theirs)
            .read(
                null,
                DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null));
    if (theirs.getField("tenant") != null) {
      record.put("tenant", "physics");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(HEADER)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0xC3)
            .put((byte) 1)
            .putLong(SchemaNormalization.parsingFingerprint64(theirs))
            .array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(theirs).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}
