// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.StateBytes;
import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An entry of a site's alert state.
 *
 * <pre>
 *   key    section's code, name
 *   value  header (section's code, version of its format), content
 * </pre>
 *
 * @param name unique within its section
 * @param version of the section's format that the content was written in
 * @param content without the header
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it was read
record StateEntry(StateSection section, String name, int version, byte[] content) {

  private static final StateSection[] SECTIONS = StateSection.values();

  /** Codes of sections, for messages about a section of a later release. */
  private static final StateFormat CODES =
      new StateFormat(
          "a section of alert state", 0, SECTIONS[0].code(), SECTIONS[SECTIONS.length - 1].code());

  /** Writes fields. */
  interface Fields {
    void write(StateBytes out) throws IOException;
  }

  static String key(StateSection section, String name) {
    return section.code() + name;
  }

  static byte[] value(StateSection section, byte[] content) {
    byte[] value = new byte[StateFormat.LENGTH + content.length];
    section.format().write(value, 0);
    System.arraycopy(content, 0, value, StateFormat.LENGTH, content.length);
    return value;
  }

  /**
   * Reads an entry.
   *
   * @param key without the site's name
   * @throws UnknownStateFormatException if a release with other formats wrote it
   * @throws IOException if this is no entry of alert state
   */
  static StateEntry read(String key, byte[] value) throws IOException {
    if (key.isEmpty()) {
      throw new IOException("an entry of alert state without a section");
    }
    StateSection section = section(key.charAt(0));
    int version = section.format().read(value, 0);
    byte[] content = new byte[value.length - StateFormat.LENGTH];
    System.arraycopy(value, StateFormat.LENGTH, content, 0, content.length);
    return new StateEntry(section, key.substring(1), version, content);
  }

  private static StateSection section(char code) throws IOException {
    for (StateSection section : SECTIONS) {
      if (section.code() == code) {
        return section;
      }
    }
    CODES.check(code);
    throw new IOException("no section of alert state has the code " + (int) code);
  }

  /** The content of these fields. */
  static byte[] content(Fields fields) {
    StateBytes out = new StateBytes();
    try {
      fields.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("a write to memory failed", e);
    }
    return out.toByteArray();
  }

  /** The content of one number. */
  static byte[] content(long number) {
    return content(out -> out.writeLong(number));
  }

  DataInputStream fields() {
    return new DataInputStream(new ByteArrayInputStream(content));
  }
}
