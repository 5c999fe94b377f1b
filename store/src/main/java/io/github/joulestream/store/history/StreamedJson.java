// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.github.joulestream.runtime.HttpAnswer;
import java.io.IOException;
import java.io.InputStream;

/** How answers with any number of rows are read. */
public final class StreamedJson {
  /** What is read of a refusal at most, bytes. */
  public static final int MOST_OF_REFUSAL = 64 << 10;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(-1).build())
          .build();

  private StreamedJson() {}

  /** A reader of a body; closes it when it is closed. */
  public static JsonParser parser(InputStream body) throws IOException {
    return JSON.createParser(body);
  }

  /** Why an answer cannot be read, in one line. */
  public static IOException why(JsonProcessingException e) {
    return new IOException(
        e instanceof JsonEOFException
            ? "it ended an answer in its middle"
            : "its answer is no JSON (%s)".formatted(HttpAnswer.oneLine(e.getOriginalMessage())),
        e);
  }

  /** The next token, which must be this one. */
  public static void expect(JsonParser json, JsonToken wanted) throws IOException {
    JsonToken token = json.nextToken();
    if (token == null) {
      throw new IOException("it ended an answer in its middle");
    }
    if (token != wanted) {
      throw new IOException("its answer has a %s in place of a %s".formatted(token, wanted));
    }
  }
}
