// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.streams.failure.CheckSignatures;
import io.github.joulestream.streams.failure.RecordRefusals;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

/** The step of a topology that verifies signatures, right behind a source. */
final class SignedRecords {
  private SignedRecords() {}

  /**
   * The records that are signed as they must be; forged ones go to {@code dead-letter}. Without
   * keys there is no such step.
   *
   * @param what the records, for the names of the operators
   */
  static KStream<String, byte[]> of(
      KStream<String, byte[]> records, SiteKeys keys, RecordRefusals refusals, String what) {
    if (keys.isEmpty()) {
      return records;
    }
    String accepted = "signed-" + what;
    String refused = "refuse-forged-" + what;
    KStream<String, byte[]> checked =
        records.process(
            () -> new CheckSignatures(keys.verifier(), refusals, accepted, refused),
            Named.as("check-" + what));
    checked
        .mapValues(value -> value, Named.as(refused))
        .to(
            Topic.DEAD_LETTER.topicName(),
            Produced.with(Serdes.String(), Serdes.ByteArray()).withName("write-forged-" + what));
    return checked.mapValues(value -> value, Named.as(accepted));
  }
}
