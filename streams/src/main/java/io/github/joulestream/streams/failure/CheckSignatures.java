// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.failure;

import io.github.joulestream.schemas.signing.SignatureVerifier;
import io.github.joulestream.streams.failure.RecordRefusals.Place;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Passes on records whose signature is right, and those of topics that nobody signs; refuses the
 * others before anything of them is kept. What is out of bounds is passed on, for the reason that
 * is nearer.
 */
public final class CheckSignatures extends ContextualProcessor<String, byte[], String, byte[]> {
  private final SignatureVerifier verifier;
  private final RecordRefusals refusals;
  private final String accepted;
  private final String refused;

  /**
   * One processor.
   *
   * @param accepted the child node that takes records
   * @param refused the child node that takes dead letters
   */
  public CheckSignatures(
      SignatureVerifier verifier, RecordRefusals refusals, String accepted, String refused) {
    this.verifier = verifier;
    this.refusals = refusals;
    this.accepted = accepted;
    this.refused = refused;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata origin = context().recordMetadata().orElseThrow();
    String reason =
        RecordRefusals.isWithinBounds(record.key(), record.value())
            ? verifier.refusal(origin.topic(), record.key(), record.value(), record.headers())
            : null;
    if (reason == null) {
      context().forward(record, accepted);
    } else {
      context()
          .forward(
              refusals.<byte @Nullable []>refuseForged(
                  record, Place.of(origin), reason, value -> value),
              refused);
    }
  }
}
