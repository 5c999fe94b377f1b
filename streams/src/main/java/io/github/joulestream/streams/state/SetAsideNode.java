// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.StateBytes;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * A node whose account cannot be read, rebuilt or written: its records are refused until a person
 * puts it back.
 *
 * @param sinceEpochMillis when it was set aside, by the time of arrival of its task
 * @param reason why, in a line; what is beyond 1,000 characters is left out
 * @param place the record at which it failed, or what the task did
 * @param chunks entries of the store that hold what it had taken in since it was last written
 */
public record SetAsideNode(long sinceEpochMillis, String reason, String place, int chunks) {
  private static final int MAX_REASON_CHARACTERS = 1_000;

  public SetAsideNode {
    reason =
        reason.length() <= MAX_REASON_CHARACTERS
            ? reason
            : reason.substring(0, MAX_REASON_CHARACTERS);
  }

  byte[] bytes() {
    StateBytes out = new StateBytes();
    try {
      Formats.SET_ASIDE.write(out);
      out.writeLong(sinceEpochMillis);
      out.writeUTF(reason);
      out.writeUTF(place);
      out.writeInt(chunks);
    } catch (IOException e) {
      throw new UncheckedIOException("a write to memory failed", e);
    }
    return out.toByteArray();
  }

  /**
   * Reads the value of a changelog or store.
   *
   * @throws SerializationException if it is none, or of another format
   */
  public static SetAsideNode of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Formats.SET_ASIDE.read(in);
      return new SetAsideNode(in.readLong(), in.readUTF(), in.readUTF(), in.readInt());
    } catch (IOException e) {
      throw new SerializationException(
          "not a node set aside: %d bytes: %s".formatted(bytes.length, e.getMessage()), e);
    }
  }
}
