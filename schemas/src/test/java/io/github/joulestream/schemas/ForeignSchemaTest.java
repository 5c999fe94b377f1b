// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the topic of schemas is read with, and what a record can do with it. */
class ForeignSchemaTest {
  static byte[] key(Schema schema) {
    return ForeignSchema.key(KnownSchemas.fingerprint(schema)).getBytes(UTF_8);
  }

  private static Schema accept(String json) {
    return ForeignSchema.accept(key(KnownSchemas.parse(json)), json.getBytes(UTF_8));
  }

  private static void assertRefused(String json, String why) {
    byte[] key = key(KnownSchemas.parse(json));
    assertThatThrownBy(() -> ForeignSchema.accept(key, json.getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  /** Our schema of jobs with another field, which a reader of ours leaves out. */
  static String jobsWith(String field) {
    String own = KnownSchemas.own("job").toString();
    return own.substring(0, own.length() - 2) + "," + field + "]}";
  }

  @Test
  void ourSchemas_areAccepted() {
    for (Schema own : KnownSchemas.own()) {
      assertThat(ForeignSchema.accept(key(own), own.toString().getBytes(UTF_8))).isEqualTo(own);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1.0"})
  void thoseOfEveryRelease_areAccepted(String version) throws IOException {
    int found = 0;
    for (Schema own : KnownSchemas.own()) {
      String name = own.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
      String file = "/golden/%s/%s.avsc".formatted(version, name);
      try (InputStream in = ForeignSchemaTest.class.getResourceAsStream(file)) {
        if (in != null) {
          byte[] json = in.readAllBytes();
          Schema then = KnownSchemas.parse(new String(json, UTF_8));
          assertThat(ForeignSchema.accept(key(then), json)).isEqualTo(then);
          found++;
        }
      }
    }
    assertThat(found).isGreaterThanOrEqualTo(5);
  }

  @Test
  void aLaterRelease_isAccepted() {
    assertThat(accept(jobsWith("{\"name\":\"carbonGrams\",\"type\":\"double\"}"))).isNotNull();
    assertThat(accept(jobsWith("{\"name\":\"tenant\",\"type\":[\"null\",\"string\"]}")))
        .isNotNull();
  }

  @Test
  void aSchemaUnderAnotherKey_isRefused() {
    // who swaps two fields of the same type changes what every record of that release says
    String own = KnownSchemas.own("job").toString();
    String swapped =
        own.replace("\"name\":\"user\"", "\"name\":\"x\"")
            .replace("\"name\":\"project\"", "\"name\":\"user\"")
            .replace("\"name\":\"x\"", "\"name\":\"project\"");
    assertThat(swapped).isNotEqualTo(own);
    byte[] key = key(KnownSchemas.own("job"));
    assertThatThrownBy(() -> ForeignSchema.accept(key, swapped.getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("and not its key");
  }

  @Test
  void whatIsNoneOfOurs_orDoesNotResolve_isRefused() {
    assertRefused("\"string\"", "of no record of ours");
    assertRefused(
        "{\"type\":\"record\",\"name\":\"Other\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}",
        "of no record of ours");
    String own = KnownSchemas.own("job").toString();
    assertRefused(own.replace("\"name\":\"site\"", "\"name\":\"place\""), "cannot be read as Job");
  }

  @Test
  void whatContainsItself_isRefused() {
    String name = KnownSchemas.own("job").getFullName();
    assertRefused(
        jobsWith("{\"name\":\"next\",\"type\":[\"null\",\"" + name + "\"]}"), "contains itself");
    assertRefused(
        jobsWith("{\"name\":\"all\",\"type\":{\"type\":\"array\",\"items\":\"" + name + "\"}}"),
        "contains itself");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"null\"",
        "{\"type\":\"array\",\"items\":\"null\"}",
        "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":\"null\"}}",
        "{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}",
        "{\"type\":\"record\",\"name\":\"Empty\",\"fields\":[]}",
        "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"n\",\"type\":\"null\"}]}}"
      })
  void valuesOfNoBytes_areRefused(String type) {
    assertRefused(jobsWith("{\"name\":\"more\",\"type\":" + type + "}"), "values of no bytes");
  }

  @Test
  void whatIsLargeOrDeep_isRefused() {
    String deep = "\"int\"";
    for (int i = 0; i < ForeignSchema.MAX_DEPTH + 1; i++) {
      deep = "{\"type\":\"array\",\"items\":" + deep + "}";
    }
    assertRefused(jobsWith("{\"name\":\"deep\",\"type\":" + deep + "}"), "types within types");

    // each record holds the one before twice: 2^15 fields from a few lines
    String type = "\"int\"";
    for (int i = 0; i < 12; i++) {
      type =
          "{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":%s},{\"name\":\"b\",\"type\":%s}]}"
              .formatted(i, type, i == 0 ? "\"int\"" : "\"R" + (i - 1) + "\"");
    }
    assertRefused(
        jobsWith("{\"name\":\"twice\",\"type\":" + type + "}"), "more than 2000 elements");

    String large =
        jobsWith(
            "{\"name\":\"doc\",\"type\":\"int\",\"doc\":\""
                + "x".repeat(ForeignSchema.MAX_BYTES)
                + "\"}");
    assertRefused(large, "bytes, and may have");
    byte[] nested = ("[".repeat(100_000) + "]".repeat(10_000)).getBytes(UTF_8);
    assertThatThrownBy(() -> ForeignSchema.accept(new byte[0], nested))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nested");
    for (String none : List.of("", "{", "{}", "nonsense", "\"\\", "{\"type\":\"record\"}")) {
      assertThatThrownBy(() -> ForeignSchema.accept(new byte[0], none.getBytes(UTF_8)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no schema");
    }
  }

  /** If such a schema were known all the same, its record would be one that is refused. */
  @Test
  void aRecordThatRecursWithoutEnd_isASerializationException() {
    Schema own = KnownSchemas.own("job");
    Schema recursive =
        KnownSchemas.parse(
            jobsWith(
                "{\"name\":\"next\",\"type\":[\"null\",\"%s\"]}".formatted(own.getFullName())));
    KnownSchemas known = new KnownSchemas();
    known.learn(recursive);
    AvroSerde<JobRecord> serde = new AvroSerde<>(new JobCodec(), known);
    WireWriter out = new WireWriter();
    out.writeFixed((byte) 0xC3, (byte) 1);
    out.writeFixedLong(KnownSchemas.fingerprint(recursive));
    JobRecord job = (JobRecord) Objects.requireNonNull(WireTest.messages().get("job")).value();
    for (int depth = 0; depth < 8_000; depth++) {
      new JobCodec().write(job, out);
      out.writeIndex(1);
    }
    byte[] bytes = out.written();
    assertThat(bytes.length).isLessThan(AvroSerde.MAX_FOREIGN_BYTES);
    assertThatThrownBy(() -> serde.deserializer().deserialize("jobs", bytes))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("StackOverflowError");
  }

  @Test
  void aRecordOfAnotherKind_orTooLarge_isRefused() {
    KnownSchemas known = new KnownSchemas();
    Schema node = KnownSchemas.own("node");
    known.learn(node);
    Schema later = accept(jobsWith("{\"name\":\"more\",\"type\":\"bytes\"}"));
    known.learn(later);
    AvroSerde<JobRecord> serde = new AvroSerde<>(new JobCodec(), known);
    assertRefused(serde, node, 100, "with the schema of a Node");
    assertRefused(serde, later, AvroSerde.MAX_FOREIGN_BYTES + 1, "of which 1048576 are read");
  }

  private static void assertRefused(
      AvroSerde<JobRecord> serde, Schema schema, int length, String why) {
    WireWriter out = new WireWriter();
    out.writeFixed((byte) 0xC3, (byte) 1);
    out.writeFixedLong(KnownSchemas.fingerprint(schema));
    out.writeFixed(new byte[length - 10]);
    assertThatThrownBy(() -> serde.deserializer().deserialize("jobs", out.written()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining(why);
  }
}
