// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** How answers with any number of rows are read. */
public final class StreamedJson {
  /** How long a store may work on a request before its answer begins. */
  public static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

  /** How long it may pause in an answer. */
  public static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  /** What is read of a refusal at most, bytes. */
  public static final int MOST_OF_REFUSAL = 64 << 10;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              // by default a document ends after some length in some releases; rows are bounded
              StreamReadConstraints.builder().maxDocumentLength(-1).build())
          .build();

  private StreamedJson() {}

  /** A reader of a body; closes it when it is closed. */
  public static JsonParser parser(InputStream body) throws IOException {
    return JSON.createParser(body);
  }

  /** The next token, which must be this one. */
  public static void expect(JsonParser json, JsonToken wanted) throws IOException {
    JsonToken token = json.nextToken();
    if (token == null) {
      throw new IOException("the answer ends in its middle");
    }
    if (token != wanted) {
      throw new IOException("the answer has a %s in place of a %s".formatted(token, wanted));
    }
  }
}
