// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.Encoder;

/**
 * Writes and reads one kind of message in the order of its schema's fields. By hand, and without an
 * object per field in between: telemetry is the hot path. Tests hold codecs and schemas together.
 */
interface Codec<T> {
  Schema schema();

  void write(T value, Encoder out) throws IOException;

  T read(WireReader in) throws IOException;
}
