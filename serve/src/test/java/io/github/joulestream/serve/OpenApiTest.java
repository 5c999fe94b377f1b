// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The document is one of OpenAPI 3.1, and refuses what it does not describe. */
class OpenApiTest {
  private final ApiDocument document = new ApiDocument();

  @Test
  void theDocument_isValid() {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(document.text(), null, options);
    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
    assertThat(result.getOpenAPI().getPaths()).hasSizeGreaterThan(20);
  }

  /** A comma within a text without quotes begins another attribute, which has no value. */
  @Test
  void everyAttribute_hasAValue() {
    assertThat(document.withoutValue()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Range | {\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-02T00:00:00Z\",\"zone\":\"UTC\"} | 0",
        "Range | {\"from\":\"2026-10-01\",\"to\":\"2026-10-02T00:00:00Z\",\"zone\":\"UTC\"} | 1",
        "Range | {\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-02T00:00:00Z\"} | 1",
        "Range | {\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-02T00:00:00Z\",\"zone\":\"UTC\",\"x\":1} | 1",
        "Series | [1, null, 2.5] | 0",
        "Series | [1, \"2\"] | 1"
      })
  void anAnswer_isHeldAgainstItsSchema(String schema, String body, int errors) {
    List<String> found = document.errors(schema, body);
    assertThat(found).as(found.toString()).hasSize(errors);
  }
}
