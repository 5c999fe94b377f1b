// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Why a record is a dead letter and where it came from. */
public final class DeadLetterHeaders {
  public static final String TOPIC = "topic";

  private DeadLetterHeaders() {}

  /** Both. */
  public static Headers of(String reason, RecordMetadata origin) {
    return of(origin).add("reason", reason.getBytes(UTF_8));
  }

  /** Where it came from. */
  public static Headers of(RecordMetadata origin) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(TOPIC, origin.topic().getBytes(UTF_8));
    headers.add("partition", Integer.toString(origin.partition()).getBytes(UTF_8));
    headers.add("offset", Long.toString(origin.offset()).getBytes(UTF_8));
    return headers;
  }
}
