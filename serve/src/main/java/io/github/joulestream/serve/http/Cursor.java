// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Where a page ended: the keys of its last row. The next page begins after them, whatever was added
 * or removed meanwhile. As text it is base64url of JSON, with a digest of the query that it belongs
 * to: one of another query, or a changed one, is refused. It gives no access to anything: the next
 * page passes the same filters.
 */
public record Cursor(List<String> keys) {
  /** Name of the parameter. */
  public static final String NAME = "cursor";

  private static final int MAX_LENGTH = 2_000;
  private static final int DIGEST_BYTES = 8;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

  public Cursor {
    keys = List.copyOf(keys);
  }

  /**
   * The cursor of a request; empty if it asks for the first page.
   *
   * @param keys how many it must have
   * @throws Problem if it is not one that {@link #next} made for this query
   */
  public static Optional<Cursor> of(ApiRequest request, int keys) throws Problem {
    Optional<String> text = request.parameter(NAME);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    List<String> values = parse(text.get());
    List<String> read = values.isEmpty() ? values : values.subList(1, values.size());
    if (read.size() != keys || !values.getFirst().equals(digest(request, read))) {
      throw refused();
    }
    return Optional.of(new Cursor(read));
  }

  private static List<String> parse(String text) throws Problem {
    if (text.length() > MAX_LENGTH) {
      throw refused();
    }
    try {
      List<String> values = JSON.readValue(Base64.getUrlDecoder().decode(text), TEXTS);
      if (values == null || values.contains(null)) {
        throw refused();
      }
      return values;
    } catch (IllegalArgumentException | IOException e) {
      Problem problem = refused();
      problem.addSuppressed(e);
      throw problem;
    }
  }

  private static Problem refused() {
    return Problem.parameter(
        NAME,
        "this is no cursor of this query; take the one of the page before, or leave it out for the"
            + " first page");
  }

  /**
   * Path and query of the page after this one, for {@link Answer#withNext} and for the answer's
   * {@code next}.
   *
   * @param keys of the last row of this page
   */
  public static String next(ApiRequest request, String... keys) {
    List<String> values = new ArrayList<>();
    values.add(digest(request, List.of(keys)));
    values.addAll(List.of(keys));
    String cursor;
    try {
      cursor =
          Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(values));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list of texts is always written", e);
    }
    List<String> query = others(request);
    query.add(NAME + "=" + URLEncoder.encode(cursor, UTF_8));
    return request.uri().getRawPath() + "?" + String.join("&", query);
  }

  /** The query as it was sent, without the cursor. */
  private static List<String> others(ApiRequest request) {
    List<String> query = new ArrayList<>();
    String sent = request.uri().getRawQuery();
    if (sent != null) {
      for (String pair : sent.split("&", -1)) {
        if (!pair.isEmpty() && !pair.equals(NAME) && !pair.startsWith(NAME + "=")) {
          query.add(pair);
        }
      }
    }
    return query;
  }

  /** Of path and query, in which only the size of the page may change, and of the keys. */
  private static String digest(ApiRequest request, List<String> keys) {
    List<String> query = others(request);
    query.removeIf(pair -> pair.startsWith("limit="));
    query.sort(null);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(String.valueOf(request.uri().getRawPath()).getBytes(UTF_8));
      for (String pair : query) {
        digest.update((byte) 0);
        digest.update(pair.getBytes(UTF_8));
      }
      for (String key : keys) {
        digest.update((byte) 1);
        digest.update(key.getBytes(UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
