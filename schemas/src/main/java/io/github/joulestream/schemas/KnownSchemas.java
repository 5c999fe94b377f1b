// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * The schemas that this process knows: its own, and those of other releases that were learnt from
 * the topic {@code schemas}. One per process, as the fingerprint of a schema means the same
 * everywhere.
 */
final class KnownSchemas implements SchemaSource {
  static final KnownSchemas INSTANCE = new KnownSchemas();

  private static final List<String> NAMES =
      List.of(
          "telemetry",
          "allocation",
          "job",
          "job-window",
          "site-window",
          "node-window",
          "device-window",
          "placement",
          "job-quarter-hour",
          "power-snapshot",
          "capacity",
          "pool-peak",
          "node",
          "job-summary",
          "budget",
          "grid",
          "alert",
          "cap-advice");

  private final Map<Long, Schema> byFingerprint = new ConcurrentHashMap<>();
  private final AtomicReference<SchemaSource> elsewhere = new AtomicReference<>(_ -> null);

  /** This release's schemas. */
  static List<Schema> own() {
    List<Schema> schemas = new ArrayList<>();
    NAMES.forEach(name -> schemas.add(own(name)));
    return schemas;
  }

  /** This release's schema of that name. */
  static Schema own(String name) {
    try (InputStream in = KnownSchemas.class.getResourceAsStream(name + ".avsc")) {
      if (in == null) {
        throw new IllegalArgumentException("no schema " + name);
      }
      return parse(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("schema " + name, e);
    }
  }

  static Schema parse(String json) {
    return new Schema.Parser().parse(json);
  }

  static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  void learn(Schema schema) {
    byFingerprint.put(fingerprint(schema), schema);
  }

  /** From now on asks there for what it does not know; many threads may ask, and often. */
  void lookIn(SchemaSource source) {
    elsewhere.set(source);
  }

  @Override
  public @Nullable Schema find(long fingerprint) {
    Schema known = byFingerprint.get(fingerprint);
    if (known != null) {
      return known;
    }
    Schema found = elsewhere.get().find(fingerprint);
    if (found != null) {
      learn(found);
    }
    return found;
  }
}
