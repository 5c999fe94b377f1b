// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Avro's single-object encoding: the bytes {@code C3 01}, the CRC-64-AVRO fingerprint of the
 * writer's schema (little endian), the value. What another release wrote is resolved into this
 * release's schema by Avro's rules: fields it has and we do not are skipped, fields we have and it
 * does not take their default.
 *
 * <p>Reading throws {@link SerializationException} and nothing else, whatever the bytes. Safe for
 * use by many threads.
 *
 * @see <a
 *     href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">specification</a>
 */
final class AvroSerde<T> implements Serde<T> {
  /** A record of another release is resolved in memory, at many times its size. */
  static final int MAX_FOREIGN_BYTES = 1 << 20;

  static final int HEADER = 10;
  private static final byte MARKER_0 = (byte) 0xC3;
  private static final byte MARKER_1 = 1;
  private static final VarHandle LITTLE_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ThreadLocal<WireWriter> WRITERS = ThreadLocal.withInitial(WireWriter::new);

  private final Codec<T> codec;
  private final SchemaSource others;
  private final long fingerprint;
  private final Body<T> checked;

  AvroSerde(Codec<T> codec, SchemaSource others) {
    this.codec = codec;
    this.others = others;
    this.fingerprint = KnownSchemas.fingerprint(codec.schema());
    this.checked =
        in -> {
          T value = codec.read(in);
          codec.check(value);
          return value;
        };
  }

  /** This release's schema. */
  Schema schema() {
    return codec.schema();
  }

  @Override
  public Serializer<T> serializer() {
    return (_, value) -> value == null ? null : write(value);
  }

  @Override
  public Deserializer<T> deserializer() {
    return (_, bytes) -> bytes == null ? null : read(bytes);
  }

  private byte[] write(T value) {
    WireWriter out = WRITERS.get();
    out.reset();
    out.writeFixed(MARKER_0, MARKER_1);
    out.writeFixedLong(fingerprint);
    codec.write(value, out);
    return out.written();
  }

  /** Reads a value from where the header ends. */
  @FunctionalInterface
  interface Body<R> {
    R read(WireReader in) throws IOException;
  }

  private T read(byte[] bytes) {
    return read(bytes, 0, bytes.length, new WireReader(), checked);
  }

  /**
   * Reads from a range of an array.
   *
   * @param in is set to what is to be read
   */
  <R> R read(byte[] bytes, int from, int length, WireReader in, Body<R> body) {
    if (length < HEADER || bytes[from] != MARKER_0 || bytes[from + 1] != MARKER_1) {
      throw new SerializationException(
          "not an Avro single object: %d bytes without its header".formatted(length));
    }
    long writer = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 2);
    try {
      if (writer == fingerprint) {
        in.reset(bytes, from + HEADER, from + length);
      } else {
        byte[] ours = resolved(bytes, from, length, writer);
        in.reset(ours, 0, ours.length);
      }
      R value = body.read(in);
      if (!in.atEnd()) {
        throw new AvroRuntimeException("bytes after its end");
      }
      return value;
    } catch (IOException | RuntimeException e) {
      if (e instanceof SerializationException known) {
        throw known;
      }
      throw new SerializationException(
          "not a readable %s: %s".formatted(codec.schema().getName(), e.getMessage()), e);
    }
  }

  /** True if these bytes were written with this release's schema. */
  boolean isOwn(byte[] bytes, int from, int length) {
    return length >= HEADER && (long) LITTLE_ENDIAN_LONG.get(bytes, from + 2) == fingerprint;
  }

  /** The same value, as this release would have written it. */
  private byte[] resolved(byte[] bytes, int from, int length, long writer) throws IOException {
    @Nullable Schema schema = others.find(writer);
    if (schema == null) {
      throw new SerializationException(
          "written with a schema %016x that is not known here; the topic %s should hold it"
              .formatted(writer, Topic.SCHEMAS.topicName()));
    }
    if (!schema.getFullName().equals(codec.schema().getFullName())) {
      throw new SerializationException(
          "written with the schema of a %s".formatted(schema.getName()));
    }
    if (length > MAX_FOREIGN_BYTES) {
      throw new SerializationException(
          "%d bytes of another release, of which %d are read".formatted(length, MAX_FOREIGN_BYTES));
    }
    BinaryDecoder in =
        DecoderFactory.get().binaryDecoder(bytes, from + HEADER, length - HEADER, null);
    try {
      Object value = new GenericDatumReader<>(schema, codec.schema()).read(null, in);
      if (!in.isEnd()) {
        throw new AvroRuntimeException("bytes after its end");
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(length);
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      new GenericDatumWriter<>(codec.schema()).write(value, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (StackOverflowError | OutOfMemoryError e) {
      // of this record alone: what it took is free again
      throw new SerializationException(
          "a %s of another release that takes too much: %s"
              .formatted(codec.schema().getName(), e.getClass().getSimpleName()),
          e);
    }
  }
}
