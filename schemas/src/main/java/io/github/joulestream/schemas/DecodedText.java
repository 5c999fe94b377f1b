// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** What is in a record's value, field by field, for people. */
public final class DecodedText {
  private DecodedText() {}

  /**
   * The value as JSON, with the fields of this release's schema. Bytes of another release are
   * resolved into it, if their schema is known here.
   *
   * @return empty if values of that topic have no schema
   * @throws SerializationException if the value cannot be read, with the reason
   */
  public static Optional<String> of(Topic topic, byte[] value) {
    Serde<?> serde = serde(topic);
    return serde == null ? Optional.empty() : Optional.of(json(serde, value));
  }

  private static <T> String json(Serde<T> serde, byte[] value) {
    // ours first, which allocates nothing by what the bytes claim; written again, they are right
    T read = serde.deserializer().deserialize("", value);
    byte[] own = serde.serializer().serialize("", read);
    try {
      Schema schema = ((AvroSerde<T>) serde).schema();
      GenericRecord record =
          new GenericDatumReader<GenericRecord>(schema)
              .read(
                  null,
                  DecoderFactory.get()
                      .binaryDecoder(Arrays.copyOfRange(own, AvroSerde.HEADER, own.length), null));
      return record.toString();
    } catch (IOException e) {
      throw new SerializationException("not readable by its own schema", e);
    }
  }

  private static @Nullable Serde<?> serde(Topic topic) {
    return switch (topic) {
      case TELEMETRY -> WireSerdes.telemetry();
      case ALLOCATIONS -> WireSerdes.allocations();
      case JOBS -> WireSerdes.jobs();
      case BUDGETS -> WireSerdes.budgets();
      case NODES -> WireSerdes.nodes();
      case GRID -> WireSerdes.grid();
      case JOB_WINDOW -> WireSerdes.jobWindows();
      case SITE_WINDOW, LEDGER -> WireSerdes.siteWindows();
      case NODE_WINDOW -> WireSerdes.nodeWindows();
      case DEVICE_WINDOW -> WireSerdes.deviceWindows();
      case PLACEMENT -> WireSerdes.placements();
      case JOB_QUARTER_HOUR -> WireSerdes.jobQuarterHours();
      case POWER_SNAPSHOT -> WireSerdes.powerSnapshot();
      case CAPACITY -> WireSerdes.capacities();
      case POOL_PEAK -> WireSerdes.poolPeaks();
      case JOB_SUMMARY -> WireSerdes.jobSummaries();
      case ALERTS -> WireSerdes.alerts();
      case CAP_ADVICE -> WireSerdes.capAdvices();
      case DEAD_LETTER, SCHEMAS -> null;
    };
  }
}
