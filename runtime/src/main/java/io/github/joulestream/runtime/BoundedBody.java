// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Bodies of HTTP answers that cost no more memory than was allowed for, whatever the server sends.
 */
public final class BoundedBody {
  private BoundedBody() {}

  /**
   * The whole body. One that is longer ends the request: the client gets an {@link
   * java.io.IOException}.
   *
   * @param mostBytes the longest that is taken
   */
  public static HttpResponse.BodyHandler<byte[]> whole(int mostBytes) {
    return HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), mostBytes);
  }

  /**
   * The whole body as text, by the character set that the answer names, UTF-8 if it names none. One
   * that is longer ends the request: the client gets an {@link java.io.IOException}.
   *
   * @param mostBytes the longest that is taken
   */
  public static HttpResponse.BodyHandler<String> wholeText(int mostBytes) {
    return HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), mostBytes);
  }

  /**
   * The first bytes as UTF-8 text; what follows is read and left out. For answers that are shown to
   * people, or of which the status matters alone.
   *
   * @param mostBytes bytes of the body at most; the rest is dropped
   */
  public static HttpResponse.BodyHandler<String> beginning(int mostBytes) {
    return _ -> new Beginning(mostBytes);
  }

  private static final class Beginning implements HttpResponse.BodySubscriber<String> {
    private final int mostBytes;
    private final CompletableFuture<String> text = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Beginning(int mostBytes) {
      this.mostBytes = mostBytes;
    }

    @Override
    public CompletionStage<String> getBody() {
      return text;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] bounded = new byte[Math.min(buffer.remaining(), mostBytes - bytes.size())];
        buffer.get(bounded);
        bytes.writeBytes(bounded);
      }
    }

    @Override
    public void onError(Throwable e) {
      text.completeExceptionally(e);
    }

    @Override
    public void onComplete() {
      text.complete(bytes.toString(UTF_8));
    }
  }
}
