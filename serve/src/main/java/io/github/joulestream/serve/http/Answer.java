// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is answered.
 *
 * @param status of HTTP
 * @param etag what identifies this content, for answers that do not change any more, as of a period
 *     that is over; null: it is not to be kept
 * @param next path and query of the next page; null if there is none
 * @param cookie the page's new cookie, whole; null if it stays
 */
public record Answer(
    int status,
    Content content,
    @Nullable String etag,
    @Nullable String next,
    @Nullable String cookie) {

  /** What the body is made of. */
  public sealed interface Content {}

  /**
   * A value that Jackson writes: records, lists, maps, numbers, texts. Names are lowerCamel with
   * their unit.
   */
  public record Json(Object value) implements Content {}

  /**
   * A table, RFC 4180: names with units in lower case, an empty cell is unknown.
   *
   * @param rows each with a cell a column; numbers, texts or null
   */
  public record Csv(List<String> columns, Iterable<? extends List<?>> rows) implements Content {}

  /**
   * Bytes of a type.
   *
   * @param type media type, with a charset if it is text
   * @param fileName under which it is to be saved; empty: it is to be shown
   */
  @SuppressWarnings("ArrayRecordComponent") // written as they are, compared nowhere
  public record Bytes(String type, byte[] bytes, String fileName) implements Content {}

  /**
   * Bytes that are the same for everybody and never change at their path, which has their version
   * in it: browsers may keep them for ever. With an ETag.
   *
   * @param type media type, with a charset if it is text
   */
  @SuppressWarnings("ArrayRecordComponent") // written as they are, compared nowhere
  public record Fixed(String type, byte[] bytes) implements Content {}

  /**
   * Bytes that are written as they come.
   *
   * @param type media type
   * @param fileName under which it is to be saved; empty: it is to be shown
   */
  public record Stream(String type, String fileName, Writer writer) implements Content {}

  /**
   * Server-sent events; the connection stays open.
   *
   * @param source begins when the head of the answer has been sent
   */
  public record Events(EventSource source) implements Content {}

  /** Nothing. */
  public record None() implements Content {}

  /** Writes a body. */
  @FunctionalInterface
  public interface Writer {
    void write(OutputStream out) throws IOException;
  }

  /** JSON that may change. */
  public static Answer json(Object value) {
    return new Answer(200, new Json(value), null, null, null);
  }

  /** Any content that may change. */
  public static Answer of(Content content) {
    return new Answer(200, content, null, null, null);
  }

  /** The same, of content that does not change any more. */
  public Answer withEtag(String newEtag) {
    return new Answer(status, content, newEtag, next, cookie);
  }

  /** The same, with another page after it. */
  public Answer withNext(@Nullable String newNext) {
    return new Answer(status, content, etag, newNext, cookie);
  }
}
