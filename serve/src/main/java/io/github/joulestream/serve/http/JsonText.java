// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/**
 * JSON of answers: times are RFC 3339 in UTC, whole numbers and decimals are exact, and a number
 * that is not finite is {@code null}.
 */
public final class JsonText {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, new AsText<>())
                  .addSerializer(LocalDate.class, new AsText<>())
                  .addSerializer(ZoneId.class, new AsText<>())
                  .addSerializer(BigDecimal.class, new Plain())
                  .addSerializer(Double.class, new Finite())
                  .addSerializer(double.class, new Finite())
                  .addSerializer(Optional.class, new Present()))
          .build();

  private JsonText() {}

  /** UTF-8, without line breaks. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value.getClass() + " cannot be written as JSON", e);
    }
  }

  private static final class AsText<T> extends JsonSerializer<T> {
    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toString());
    }
  }

  /** Without an exponent, which some readers of whole numbers do not take. */
  private static final class Plain extends JsonSerializer<BigDecimal> {
    @Override
    public void serialize(BigDecimal value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeNumber(value.toPlainString());
    }
  }

  private static final class Finite extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  @SuppressWarnings("rawtypes") // as Jackson has the class of an Optional
  private static final class Present extends JsonSerializer<Optional> {
    @Override
    public void serialize(Optional value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (value.isPresent()) {
        provider.defaultSerializeValue(value.get(), json);
      } else {
        json.writeNull();
      }
    }
  }
}
