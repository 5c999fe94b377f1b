// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.serve.access.Viewer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes answers. */
final class AnswerWriter {
  private static final int BUFFER = 32 << 10;
  private static final int ETAG_BYTES = 12;
  private static final String CSV = "text/csv; charset=utf-8; header=present";

  private final EventStreams streams;

  AnswerWriter(EventStreams streams) {
    this.streams = streams;
  }

  /**
   * Writes an answer; the callback completes with it.
   *
   * @param asker whose stream it is, if it is one
   * @return the status
   */
  int write(
      Answer answer, ReceivedRequest received, Asker asker, Response response, Callback callback)
      throws Problem, IOException {
    Request request = received.request();
    HttpFields.Mutable headers = response.getHeaders();
    String next = answer.next();
    if (next != null) {
      headers.put(HttpHeader.LINK, "<%s>; rel=\"next\"".formatted(next));
    }
    String cookie = answer.cookie();
    if (cookie != null) {
      headers.add(HttpHeader.SET_COOKIE, cookie);
    }
    boolean head = request.getMethod().equals("HEAD");
    String etag = answer.etag();
    if (etag != null && answer.status() == 200) {
      String own = etag(etag, received);
      headers.put(HttpHeader.ETAG, own);
      if (answer.content() instanceof Answer.Fixed) {
        headers.put(HttpHeader.CACHE_CONTROL, "public, max-age=31536000, immutable");
      } else {
        headers.put(HttpHeader.CACHE_CONTROL, "private, no-cache");
        headers.put(HttpHeader.VARY, "Accept, Authorization, Cookie");
      }
      if (matches(request, own)) {
        response.setStatus(304);
        response.write(true, ByteBuffer.allocate(0), callback);
        return 304;
      }
    }
    response.setStatus(answer.status());
    switch (answer.content()) {
      case Answer.Json json ->
          bytes("application/json", JsonText.bytes(json.value()), response, callback);
      case Answer.Bytes bytes -> {
        attach(headers, bytes.fileName());
        bytes(bytes.type(), bytes.bytes(), response, callback);
      }
      case Answer.Fixed fixed -> bytes(fixed.type(), fixed.bytes(), response, callback);
      case Answer.Csv csv -> stream(CSV, head, out -> CsvText.write(csv, out), response, callback);
      case Answer.Stream stream -> {
        attach(headers, stream.fileName());
        stream(stream.type(), head, stream.writer(), response, callback);
      }
      case Answer.Events events -> {
        if (head) {
          headers.put(HttpHeader.CONTENT_TYPE, "text/event-stream");
          response.write(true, ByteBuffer.allocate(0), callback);
        } else {
          streams.open(events.source(), asker, request, response, callback);
        }
      }
      case Answer.None none -> response.write(true, ByteBuffer.allocate(0), callback);
    }
    return answer.status();
  }

  private static void bytes(String type, byte[] bytes, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    // of HEAD, Jetty sends the head alone
    response.write(true, ByteBuffer.wrap(bytes), callback);
  }

  private static void stream(
      String type, boolean head, Answer.Writer writer, Response response, Callback callback)
      throws IOException {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    if (!head) {
      OutputStream out = new BufferedOutputStream(Content.Sink.asOutputStream(response), BUFFER);
      writer.write(out);
      out.flush();
    }
    response.write(true, ByteBuffer.allocate(0), callback);
  }

  private static void attach(HttpFields.Mutable headers, String fileName) {
    if (!fileName.isEmpty()) {
      headers.put(
          "Content-Disposition",
          "attachment; filename=\"%s\"".formatted(fileName.replaceAll("[^A-Za-z0-9._-]", "_")));
    }
  }

  /** Of the content, the form and who sees it: others may see less of the same. */
  private static String etag(String content, ReceivedRequest received) {
    Viewer viewer = received.visibility().viewer();
    String text =
        String.join(
            "\0",
            content,
            received.format(),
            viewer.name(),
            viewer.role().name(),
            String.join("\1", viewer.projects()),
            String.valueOf(received.request().getHttpURI().getQuery()));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return '"' + HexFormat.of().formatHex(digest, 0, ETAG_BYTES) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** As RFC 9110 section 13.1.2 compares them: weakly. */
  private static boolean matches(Request request, String etag) {
    for (String header : request.getHeaders().getValuesList(HttpHeader.IF_NONE_MATCH)) {
      for (String candidate : header.split(",", -1)) {
        String wanted = candidate.strip();
        if (wanted.equals("*") || wanted.equals(etag) || wanted.equals("W/" + etag)) {
          return true;
        }
      }
    }
    return false;
  }
}
