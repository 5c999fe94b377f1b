// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.Bounds;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * Whether an entry of the topic {@code schemas} may be read with. A schema determines what the
 * reader does with the bytes of a record, so it is taken only if
 *
 * <ul>
 *   <li>its fingerprint is its key: what another release wrote is not changed,
 *   <li>it is one of a record of ours, and what it writes resolves into ours,
 *   <li>it is small, does not contain itself, and every value of it takes at least a byte: so a
 *       record costs no more than a multiple of its size.
 * </ul>
 */
final class ForeignSchema {
  /** Bytes of its JSON. */
  static final int MAX_BYTES = 131_072;

  /** Brackets within brackets of its JSON. */
  static final int MAX_NESTING = 64;

  /** Types within types. */
  static final int MAX_DEPTH = 16;

  /** Fields and branches, each as often as it is used. */
  static final int MAX_ELEMENTS = 2_000;

  private static final Map<String, Schema> OURS =
      KnownSchemas.own().stream()
          .collect(Collectors.toUnmodifiableMap(Schema::getFullName, Function.identity()));

  private final Set<String> within = new HashSet<>();
  private int elements;

  private ForeignSchema() {}

  /**
   * The schema of an entry.
   *
   * @param key the fingerprint as 16 hexadecimal digits
   * @param json the schema
   * @throws IllegalArgumentException with one line with the reason
   */
  static Schema accept(byte[] key, byte[] json) {
    Schema schema = read(json);
    String fingerprint = key(KnownSchemas.fingerprint(schema));
    if (!fingerprint.equals(new String(key, US_ASCII))) {
      throw new IllegalArgumentException(
          "its fingerprint is %s, and not its key".formatted(fingerprint));
    }
    return schema;
  }

  /** A schema of which all is well, whatever its key. */
  static Schema read(byte[] json) {
    if (json.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "it has %d bytes, and may have %d".formatted(json.length, MAX_BYTES));
    }
    checkNesting(json);
    Schema schema = parse(json);
    new ForeignSchema().check(schema, 0);
    Schema ours = schema.getType() == Schema.Type.RECORD ? OURS.get(schema.getFullName()) : null;
    if (ours == null) {
      throw new IllegalArgumentException(
          "it is of no record of ours: " + Bounds.shown(schema.getFullName()));
    }
    if (SchemaCompatibility.checkReaderWriterCompatibility(ours, schema).getType()
        != SchemaCompatibilityType.COMPATIBLE) {
      throw new IllegalArgumentException(
          "what it writes cannot be read as %s of this release".formatted(ours.getName()));
    }
    return schema;
  }

  /** The key of its entry. */
  static String key(long fingerprint) {
    return "%016x".formatted(fingerprint);
  }

  private static void checkNesting(byte[] json) {
    int depth = 0;
    boolean text = false;
    for (int i = 0; i < json.length; i++) {
      switch (json[i]) {
        case '"' -> text = !text;
        case '\\' -> i += text ? 1 : 0;
        case '{', '[' -> depth += text ? 0 : 1;
        case '}', ']' -> depth -= text ? 0 : 1;
        default -> {}
      }
      if (depth > MAX_NESTING) {
        throw new IllegalArgumentException(
            "its JSON is nested more than %d deep".formatted(MAX_NESTING));
      }
    }
  }

  private static Schema parse(byte[] json) {
    try {
      return KnownSchemas.parse(new String(json, UTF_8));
    } catch (RuntimeException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "it is no schema: " + Bounds.shown(String.valueOf(e.getMessage())), e);
    }
  }

  private void check(Schema schema, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("it has types within types, over " + MAX_DEPTH);
    }
    switch (schema.getType()) {
      case RECORD -> {
        if (!within.add(schema.getFullName())) {
          throw new IllegalArgumentException(
              "it contains itself: " + Bounds.shown(schema.getFullName()));
        }
        if (schema.getFields().isEmpty()) {
          throw new IllegalArgumentException("it has values of no bytes: a record without fields");
        }
        for (Schema.Field field : schema.getFields()) {
          count();
          check(field.schema(), depth + 1);
        }
        within.remove(schema.getFullName());
      }
      case ARRAY -> check(schema.getElementType(), depth + 1);
      case MAP -> check(schema.getValueType(), depth + 1);
      case UNION -> {
        for (Schema branch : schema.getTypes()) {
          count();
          if (branch.getType() != Schema.Type.NULL) { // the branch's number takes a byte
            check(branch, depth + 1);
          }
        }
      }
      case NULL -> throw new IllegalArgumentException("it has values of no bytes: null");
      case FIXED -> {
        if (schema.getFixedSize() == 0) {
          throw new IllegalArgumentException("it has values of no bytes: fixed");
        }
      }
      default -> {}
    }
  }

  private void count() {
    if (++elements > MAX_ELEMENTS) {
      throw new IllegalArgumentException("it has more than %d elements".formatted(MAX_ELEMENTS));
    }
  }
}
