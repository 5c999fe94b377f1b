// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Settings of a producer with which no record can ever be sent. Kafka's client fails with the first
 * record only, and then it looks as if the cluster were away.
 */
final class Compressions {
  private static final int PROBE_BYTES = 256;
  // of batches, since Kafka 0.11
  private static final byte FORMAT = 2;

  private Compressions() {}

  /**
   * Tries what the producer would do with each batch.
   *
   * @throws UserError if the settings are none, or the library of a compression is not here
   */
  static void check(Map<String, Object> config) {
    Map<String, Object> all = new HashMap<>(config);
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    String type;
    try {
      type = new ProducerConfig(all).getString(ProducerConfig.COMPRESSION_TYPE_CONFIG);
    } catch (ConfigException e) {
      throw new UserError("Kafka's clients refuse this setting: " + e.getMessage(), e);
    }
    try (OutputStream out =
        Compression.of(type)
            .build()
            .wrapForOutput(new ByteBufferOutputStream(PROBE_BYTES), FORMAT)) {
      out.write(new byte[PROBE_BYTES]);
    } catch (IOException | KafkaException | LinkageError e) {
      throw new UserError(
          "compression.type=%s does not work here: its library is not on the class path, or cannot be loaded (%s); take gzip, or none, in --kafka-config"
              .formatted(type, e),
          e);
    }
  }
}
