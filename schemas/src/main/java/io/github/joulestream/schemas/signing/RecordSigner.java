// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Signs records of telemetry, allocations, jobs and nodes that its key may speak for; others it
 * leaves as they are. Safe for many threads.
 */
public final class RecordSigner {
  /** Signs nothing. */
  public static final RecordSigner NONE = new RecordSigner();

  private final @Nullable SigningKey key;
  private final @Nullable SecretKeySpec secret;
  private final byte[] node;
  private final RecordMac mac = new RecordMac();

  private RecordSigner() {
    key = null;
    secret = null;
    node = new byte[0];
  }

  public RecordSigner(SigningKey key) {
    this.key = key;
    this.secret = key.key();
    this.node = key.node().getBytes(UTF_8);
  }

  /** Adds the header of the signature, if the record's topic is a signed one and the key its. */
  public void sign(String topic, String recordKey, byte @Nullable [] value, Headers headers) {
    byte[] name = Signature.topic(topic);
    if (key == null || name == null || !speaksFor(key, topic, recordKey)) {
      return;
    }
    headers.add(Signature.HEADER, header(key, name, recordKey.getBytes(UTF_8), value));
  }

  private synchronized byte[] header(
      SigningKey by, byte[] topic, byte[] recordKey, byte @Nullable [] value) {
    return Signature.header(by.id(), mac.of(requireNonNull(secret), topic, recordKey, value), node);
  }

  /** A node describes jobs too, whose keys hold no node. */
  private static boolean speaksFor(SigningKey key, String topic, String recordKey) {
    return (key.isOfSite() || topic.equals(Topic.JOBS.topicName()))
        ? Keys.site(recordKey).equals(key.site())
        : recordKey.equals(Keys.node(key.site(), key.node()));
  }
}
