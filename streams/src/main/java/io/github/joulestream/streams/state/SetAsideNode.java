// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * A node whose account cannot be read, rebuilt or written down: nothing more is booked to it until
 * a person puts it back.
 *
 * @param sinceEpochMillis when it was set aside, by the time of arrival of its task
 * @param reason why, in a line
 * @param place the record at which it was noticed, or what the task did
 * @param chunks records of the store that hold what it had taken in since it was last written down
 */
public record SetAsideNode(long sinceEpochMillis, String reason, String place, int chunks) {
  private static final byte FORMAT = 1;
  private static final int MAX_REASON_CHARACTERS = 1_000;

  public SetAsideNode {
    reason =
        reason.length() <= MAX_REASON_CHARACTERS
            ? reason
            : reason.substring(0, MAX_REASON_CHARACTERS);
  }

  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(sinceEpochMillis);
      out.writeUTF(reason);
      out.writeUTF(place);
      out.writeInt(chunks);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what a changelog or store holds.
   *
   * @throws SerializationException if it is none
   */
  public static SetAsideNode of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readByte();
      if (format != FORMAT) {
        throw new SerializationException("a node set aside of format " + format);
      }
      return new SetAsideNode(in.readLong(), in.readUTF(), in.readUTF(), in.readInt());
    } catch (IOException e) {
      throw new SerializationException("not a node set aside: " + bytes.length + " bytes", e);
    }
  }
}
