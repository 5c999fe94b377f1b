// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * JSON of others. As a tree it takes many times its length: {@code [{},{},...]} some thirty times.
 * So a document has a greatest number of tokens besides its greatest length.
 */
public final class Json {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_TOKENS = 50_000;
  private static final int MAX_DIGITS = 100;
  private static final int MAX_NAME = 10_000;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(factory(MAX_TOKENS, Integer.MAX_VALUE));

  private Json() {}

  /**
   * A factory of readers with these bounds.
   *
   * @param mostTokens of a document
   * @param mostCharacters of one text
   */
  public static JsonFactory factory(long mostTokens, int mostCharacters) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxTokenCount(mostTokens)
                .maxNumberLength(MAX_DIGITS)
                .maxNameLength(MAX_NAME)
                .maxStringLength(mostCharacters)
                .build())
        // names are kept for ever otherwise, and they are others' to choose
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .build();
  }

  /**
   * A document.
   *
   * @param mostBytes its greatest length
   * @throws IOException if it is none, or over the bounds
   */
  public static JsonNode tree(byte[] bytes, int mostBytes) throws IOException {
    if (bytes.length > mostBytes) {
      throw new IOException("of %,d bytes, and may have %,d".formatted(bytes.length, mostBytes));
    }
    return MAPPER.readTree(bytes);
  }
}
