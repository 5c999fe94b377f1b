// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteBufferFeeder;
import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A list of pods as it comes from the API server, of which the pods that were asked for are kept,
 * and of them a few fields. The answer itself is not: that of a full node, 16 MiB, would be as
 * large as an agent. One answer, one thread at a time.
 */
final class PodList implements HttpResponse.BodySubscriber<PodList.Answer> {
  // an annotation, which is not kept, may be of 256 KiB
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_LABELS = 1_000;

  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private final Set<String> wanted;
  private final boolean lenient;
  private final Map<String, PodApi.Pod> pods = new HashMap<>();
  private final JsonParser parser;
  private final ByteBufferFeeder feeder;
  private Flow.@Nullable Subscription subscription;
  private @Nullable Level level;
  private String field = "";
  private String message = "";
  private Item item = new Item();

  /**
   * What was found.
   *
   * @param pods by {@code namespace/name}
   * @param message of an answer that is no list, or empty
   */
  record Answer(Map<String, PodApi.Pod> pods, String message) {}

  /** Where in the document something is. */
  private enum Place {
    ROOT,
    ITEMS,
    ITEM,
    METADATA,
    LABELS,
    STATUS,
    CONTAINERS,
    CONTAINER,
    STATE,
    TERMINATED,
    OTHER;

    /** What is in it under a name, or in an array without one. */
    Place in(String name) {
      return switch (this) {
        case ROOT -> name.equals("items") ? ITEMS : OTHER;
        case ITEMS -> ITEM;
        case ITEM -> name.equals("metadata") ? METADATA : name.equals("status") ? STATUS : OTHER;
        case METADATA -> name.equals("labels") ? LABELS : OTHER;
        case STATUS -> name.equals("containerStatuses") ? CONTAINERS : OTHER;
        case CONTAINERS -> CONTAINER;
        case CONTAINER -> name.equals("state") ? STATE : OTHER;
        case STATE -> name.equals("terminated") ? TERMINATED : OTHER;
        case LABELS, TERMINATED, OTHER -> OTHER;
      };
    }
  }

  /** An object or an array that is open, and that which it is in. */
  private record Level(Place place, @Nullable Level outer) {}

  /** A pod that is being read. */
  private static final class Item {
    final Map<String, String> labels = new HashMap<>();
    String namespace = "";
    String name = "";
    String phase = "";
    long created;
    long ended; // of the container that is being read
    long last;
    boolean runs;
    int characters;

    PodApi.Pod pod() {
      return new PodApi.Pod(Bounds.withinBounds(labels), phase, created, runs ? 0 : last);
    }
  }

  /**
   * @param wanted pods, {@code namespace/name}
   * @param status of the answer; a body of another than 200 need not be JSON
   */
  PodList(Set<String> wanted, int status) throws IOException {
    this.wanted = wanted;
    this.lenient = status != 200;
    this.parser = Json.factory(Long.MAX_VALUE, MAX_CHARACTERS).createNonBlockingByteBufferParser();
    this.feeder = (ByteBufferFeeder) parser.getNonBlockingInputFeeder();
  }

  @Override
  public CompletionStage<Answer> getBody() {
    return answer;
  }

  @Override
  public void onSubscribe(Flow.Subscription toBody) {
    subscription = toBody;
    toBody.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (answer.isDone()) {
      return;
    }
    try {
      for (ByteBuffer buffer : buffers) {
        if (buffer.hasRemaining()) {
          feeder.feedInput(buffer);
          parse();
        }
      }
    } catch (IOException | RuntimeException e) {
      fails(e);
    }
  }

  private void fails(Exception e) {
    if (lenient) {
      answer.complete(new Answer(Map.of(), ""));
    } else {
      answer.completeExceptionally(e instanceof IOException ? e : new IOException(e));
    }
    Flow.Subscription body = subscription;
    if (body != null) {
      body.cancel();
    }
  }

  @Override
  public void onError(Throwable e) {
    answer.completeExceptionally(e);
  }

  @Override
  public void onComplete() {
    if (answer.isDone()) {
      return;
    }
    try {
      feeder.endOfInput();
      parse();
      if (level != null) {
        throw new IOException("the list of pods is cut off");
      }
      answer.complete(new Answer(Map.copyOf(pods), message));
    } catch (IOException | RuntimeException e) {
      fails(e);
    }
  }

  private void parse() throws IOException {
    while (true) {
      JsonToken token = parser.nextToken();
      if (token == null || token == JsonToken.NOT_AVAILABLE) {
        return;
      }
      switch (token) {
        case START_OBJECT, START_ARRAY -> {
          Level outer = level;
          level = new Level(outer == null ? Place.ROOT : outer.place.in(field), outer);
          if (level.place == Place.ITEM) {
            item = new Item();
          }
        }
        case END_OBJECT, END_ARRAY -> {
          Level closed = level;
          if (closed != null) {
            closes(closed.place);
            level = closed.outer;
          }
        }
        case FIELD_NAME -> field = parser.currentName();
        default -> {
          if (level != null) {
            value(level.place, token);
          }
        }
      }
    }
  }

  private void closes(Place place) {
    if (place == Place.CONTAINER) {
      item.runs |= item.ended == 0;
      item.last = Math.max(item.last, item.ended);
      item.ended = 0;
    } else if (place == Place.ITEM) {
      String name = item.namespace + "/" + item.name;
      if (wanted.contains(name)) {
        pods.put(name, item.pod());
      }
    }
  }

  private void value(Place place, JsonToken token) throws IOException {
    switch (place) {
      case ROOT -> {
        if (field.equals("message")) {
          message = Bounds.cutText(text(token));
        }
      }
      case METADATA -> {
        switch (field) {
          case "namespace" -> item.namespace = text(token);
          case "name" -> item.name = text(token);
          case "creationTimestamp" -> item.created = time(text(token));
          default -> {}
        }
      }
      case LABELS -> {
        String value = text(token);
        int more = field.length() + value.length();
        if (item.labels.size() < MAX_LABELS
            && item.characters + more <= 2 * Bounds.LABELS_CHARACTERS) {
          item.labels.put(field, value);
          item.characters += more;
        }
      }
      case STATUS -> {
        if (field.equals("phase")) {
          item.phase = Bounds.cutText(text(token));
        }
      }
      case TERMINATED -> {
        if (field.equals("finishedAt")) {
          item.ended = time(text(token));
        }
      }
      default -> {}
    }
  }

  private String text(JsonToken token) throws IOException {
    return token == JsonToken.VALUE_NULL ? "" : parser.getText();
  }

  private static long time(String text) {
    try {
      return text.isEmpty() ? 0 : Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      return 0; // unknown, as if it were not there
    }
  }
}
