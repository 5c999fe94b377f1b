// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.signing.SiteKeys.JobSigners;
import io.github.joulestream.schemas.signing.SiteKeys.UnsignedSites;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signatures of records. Keys of nodes are derived when a node is first seen, and kept for
 * a bounded number of them, of those only whose signature was right: who sends wrong ones displaces
 * no key. One thread.
 */
public final class SignatureVerifier {
  /** How reasons begin. */
  public static final String FORGED = "forged: ";

  /** Keys of nodes that are kept; some 200 bytes each. */
  static final int MAX_KEPT = 8_192;

  private static final String JOBS = Topic.JOBS.topicName();
  private static final int MAX_NODE_BYTES = 4 * Bounds.NAME_CHARACTERS;

  private final Map<String, List<SiteKey>> bySite;
  private final UnsignedSites unsigned;
  private final JobSigners jobSigners;
  private final RecordMac code = new RecordMac();
  private final Mac derivation = Hmac.create();
  private final Map<SiteKey, SecretKeySpec> ofSites = new HashMap<>();
  private final Kept ofNodes = new Kept();

  /** A node's key that was derived. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record NodeKey(SiteKey from, byte[] name, SecretKeySpec secret) {}

  /** By record key; the least recently used is removed. */
  private static final class Kept extends LinkedHashMap<String, NodeKey> {
    private static final long serialVersionUID = 1;

    Kept() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, NodeKey> eldest) {
      return size() > MAX_KEPT;
    }
  }

  SignatureVerifier(
      Map<String, List<SiteKey>> bySite, UnsignedSites unsigned, JobSigners jobSigners) {
    this.bySite = bySite;
    this.unsigned = unsigned;
    this.jobSigners = jobSigners;
  }

  /**
   * Why a record is refused, beginning with {@link #FORGED}; null if it is accepted, as records of
   * topics are that nobody signs.
   *
   * @param recordKey site and node, or site and job
   */
  public @Nullable String refusal(
      String topic, String recordKey, byte @Nullable [] value, Headers headers) {
    byte[] topicName = Signature.topic(topic);
    if (topicName == null) {
      return null;
    }
    String site = Keys.site(recordKey);
    List<SiteKey> keys = bySite.get(site);
    if (keys == null) {
      return unsigned == UnsignedSites.ACCEPT ? null : FORGED + "its site has no key here";
    }
    Header header = headers.lastHeader(Signature.HEADER);
    if (header == null) {
      return FORGED + "it is not signed";
    }
    byte[] signature = header.value();
    if (signature == null
        || !Signature.isReadable(signature)
        || signature.length > Signature.NODE_AT + MAX_NODE_BYTES) {
      return FORGED + "its signature cannot be read";
    }
    SiteKey key = find(keys, Signature.keyId(signature));
    if (key == null) {
      return FORGED
          + "it is signed with key %08x, which is none of its site"
              .formatted(Signature.keyId(signature));
    }
    return refusal(key, topic, topicName, recordKey, value, signature);
  }

  private @Nullable String refusal(
      SiteKey key,
      String topic,
      byte[] topicName,
      String recordKey,
      byte @Nullable [] value,
      byte[] signature) {
    boolean bySiteKey = signature.length == Signature.NODE_AT;
    boolean ofJob = topic.equals(JOBS);
    if (ofJob && !bySiteKey && (value == null || jobSigners == JobSigners.SITE)) {
      return FORGED
          + (value == null
              ? "only its site may remove a job, and a node has signed it"
              : "only its site may sign a job, and a node has signed it (streams --job-signers nodes accepts"
                  + " it)");
    }
    NodeKey ofNode = null;
    SecretKeySpec secret;
    if (bySiteKey) {
      secret = ofSites.computeIfAbsent(key, from -> Hmac.key(from.siteSecret(derivation)));
    } else {
      ofNode = nodeKey(key, ofJob, recordKey, signature);
      if (ofNode == null) {
        return FORGED + "the node that has signed it may not speak for its key";
      }
      secret = ofNode.secret;
    }
    byte[] right = code.of(secret, topicName, recordKey.getBytes(UTF_8), value);
    if (!RecordMac.isSame(right, signature, Signature.CODE_AT)) {
      return FORGED + "its signature is wrong";
    }
    if (ofNode != null && !ofJob) {
      // of two keys of the site, while they change, the one in use
      ofNodes.put(recordKey, ofNode);
    }
    return null;
  }

  /** The key of the node that has signed; null if it is not the node of the record. */
  private @Nullable NodeKey nodeKey(
      SiteKey key, boolean ofJob, String recordKey, byte[] signature) {
    NodeKey kept = ofJob ? null : ofNodes.get(recordKey);
    if (kept != null && kept.from.equals(key) && isName(kept.name, signature)) {
      return kept;
    }
    String node =
        new String(signature, Signature.NODE_AT, signature.length - Signature.NODE_AT, UTF_8);
    if (!ofJob && !recordKey.equals(Keys.node(key.site(), node))) {
      return null;
    }
    return new NodeKey(key, node.getBytes(UTF_8), Hmac.key(key.nodeSecret(derivation, node)));
  }

  private static boolean isName(byte[] name, byte[] signature) {
    return Arrays.equals(name, 0, name.length, signature, Signature.NODE_AT, signature.length);
  }

  private static @Nullable SiteKey find(List<SiteKey> keys, int id) {
    for (SiteKey key : keys) {
      if (key.id() == id) {
        return key;
      }
    }
    return null;
  }
}
