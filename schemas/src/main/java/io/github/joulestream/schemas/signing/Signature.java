// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.Topic;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a signed record, in bytes:
 *
 * <pre>
 *   0       1, the version
 *   1-4     id of the site's key
 *   5-20    code of the record, see {@link RecordMac}
 *   21-     the node that signs, UTF-8; nothing if it is the site
 * </pre>
 */
public final class Signature {
  /** Name of the header. */
  public static final String HEADER = "joulestream-signature";

  static final int CODE_AT = 5;
  static final int NODE_AT = CODE_AT + RecordMac.BYTES;
  private static final byte VERSION = 1;

  // their names as bytes, by name
  private static final Map<String, byte[]> TOPICS =
      Map.of(
          Topic.TELEMETRY.topicName(), Topic.TELEMETRY.topicName().getBytes(UTF_8),
          Topic.ALLOCATIONS.topicName(), Topic.ALLOCATIONS.topicName().getBytes(UTF_8),
          Topic.JOBS.topicName(), Topic.JOBS.topicName().getBytes(UTF_8),
          Topic.NODES.topicName(), Topic.NODES.topicName().getBytes(UTF_8));

  private Signature() {}

  /** The topic's name as bytes; null of a topic whose records are not signed. */
  static byte @Nullable [] topic(String name) {
    return TOPICS.get(name);
  }

  static byte[] header(int keyId, byte[] code, byte[] node) {
    return ByteBuffer.allocate(NODE_AT + node.length)
        .put(VERSION)
        .putInt(keyId)
        .put(code, 0, RecordMac.BYTES)
        .put(node)
        .array();
  }

  /** Whether it is of this version, and whole. */
  static boolean isReadable(byte @Nullable [] header) {
    return header != null && header.length >= NODE_AT && header[0] == VERSION;
  }

  static int keyId(byte[] header) {
    return ByteBuffer.wrap(header, 1, Integer.BYTES).getInt();
  }
}
