// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.schemas.catalogue.Measurement.FieldType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One measurement: its name, tags and fields, and how long stores keep its points. Each measurement
 * has a class of its own that makes one.
 *
 * @param name in the store
 * @param tags names of its tags, in their order
 * @param fields by name, in their order
 * @param retention of its points
 * @param retentionOfHours of its points whose window is an hour or longer
 */
record Definition(
    String name,
    List<String> tags,
    Map<String, FieldType> fields,
    Retention retention,
    Retention retentionOfHours) {

  /** All points are kept for the same time. */
  static Builder of(String name, Retention retention, String... tags) {
    return new Builder(name, retention, List.of(tags));
  }

  /** The field that holds this amount: its name in lower case, the unit last. */
  static String field(Enum<?> amount) {
    return amount.name().toLowerCase(Locale.ROOT);
  }

  /** Adds fields, in the order in which they are given. */
  static final class Builder {
    private final String name;
    private final List<String> tags;
    private final Map<String, FieldType> fields = new LinkedHashMap<>();
    private final Retention retention;
    private Retention retentionOfHours;

    private Builder(String name, Retention retention, List<String> tags) {
      this.name = name;
      this.tags = tags;
      this.retention = retention;
      this.retentionOfHours = retention;
    }

    Builder hoursFor(Retention ofHours) {
      retentionOfHours = ofHours;
      return this;
    }

    Builder field(String fieldName, FieldType type) {
      if (fields.put(fieldName, type) != null) {
        throw new IllegalArgumentException("field %s of %s twice".formatted(fieldName, name));
      }
      return this;
    }

    private Builder fields(FieldType type, String... names) {
      for (String fieldName : names) {
        field(fieldName, type);
      }
      return this;
    }

    Builder longs(String... names) {
      return fields(FieldType.LONG, names);
    }

    Builder doubles(String... names) {
      return fields(FieldType.DOUBLE, names);
    }

    Builder texts(String... names) {
      return fields(FieldType.TEXT, names);
    }

    /** A whole number for each amount. */
    Builder amounts(Enum<?>[] amounts) {
      for (Enum<?> amount : amounts) {
        field(Definition.field(amount), FieldType.LONG);
      }
      return this;
    }

    /** Mean power by kind. */
    Builder powers() {
      for (PowerField power : PowerField.values()) {
        field(power.fieldName(), FieldType.DOUBLE);
      }
      return this;
    }

    Definition build() {
      return new Definition(
          name, tags, Collections.unmodifiableMap(fields), retention, retentionOfHours);
    }
  }
}
