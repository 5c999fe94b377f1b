// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Retention;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes into an InfluxDB, and into other servers with {@code /api/v2/write} such as QuestDB; each
 * point into the bucket of its retention. Connects when the first points are written.
 */
public final class InfluxSink implements PointSink {
  private final InfluxApi api;
  private final Buckets buckets;

  /** Closes the API when it is closed. */
  public InfluxSink(InfluxApi api, Buckets buckets) {
    this.api = api;
    this.buckets = buckets;
  }

  /**
   * All into one bucket, by the API of 2.x.
   *
   * @param token of a user who may write into the bucket; any text where none is needed
   */
  public InfluxSink(URI url, String token, String org, String bucket) {
    this(new InfluxV2(new InfluxAddress(url, token, org)), Buckets.one(bucket));
  }

  /** What goes into one bucket; the positions are those in what was to be written. */
  private record Batch(StringBuilder lines, List<Integer> positions) {}

  @Override
  public void write(List<StorePoint> points) {
    Map<String, Batch> batches = new LinkedHashMap<>();
    Map<Integer, String> refused = new TreeMap<>();
    for (int i = 0; i < points.size(); i++) {
      StorePoint point = points.get(i);
      Batch batch =
          batches.computeIfAbsent(
              buckets.of(retention(point)).name(),
              _ -> new Batch(new StringBuilder(), new ArrayList<>()));
      try {
        LineProtocol.append(batch.lines, point);
        batch.positions.add(i);
      } catch (IllegalArgumentException e) {
        refused.put(i, String.valueOf(e.getMessage()));
      }
    }
    String reason = refused.isEmpty() ? "" : refused.values().iterator().next();
    boolean all = refused.isEmpty();
    for (Map.Entry<String, Batch> entry : batches.entrySet()) {
      Batch batch = entry.getValue();
      if (batch.positions.isEmpty()) {
        continue;
      }
      InfluxAnswer answer = send(entry.getKey(), batch);
      Map<Integer, String> lines = refusedLines(answer, batch);
      lines.forEach((line, why) -> refused.put(batch.positions.get(line), why));
      if (answer.refused() || !lines.isEmpty()) {
        all = false;
        reason = reasonOf(answer);
      }
    }
    if (!all) {
      throw new PointsRefused(reason, refused);
    }
  }

  private static Retention retention(StorePoint point) {
    return point.measurement().retention(point.tags().getOrDefault(Measurement.WINDOW, ""));
  }

  private Map<Integer, String> refusedLines(InfluxAnswer answer, Batch batch) {
    int lines = batch.positions.size();
    Map<Integer, String> refused = api.refusedLines(answer, lines);
    if (refused.isEmpty() && answer.refused() && lines == 1) {
      return Map.of(0, reasonOf(answer));
    }
    return refused;
  }

  private InfluxAnswer send(String bucket, Batch batch) {
    InfluxAnswer answer;
    try {
      answer = api.write(bucket, batch.lines.toString());
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new StoreUnavailable("no answer from %s: %s".formatted(api.address(), why), e);
    }
    if (answer.ok() || answer.refused()) {
      return answer;
    }
    throw new StoreUnavailable(unavailable(bucket, answer), answer.retryAfterMillis(), null);
  }

  private String unavailable(String bucket, InfluxAnswer answer) {
    String word = api.bucketWord();
    return switch (answer.status()) {
      case 401 ->
          "%s -> give --store-token-file of a user who may write into %s %s"
              .formatted(reasonOf(answer), word, bucket);
      case 403 ->
          "%s -> let the token's user write into %s %s".formatted(reasonOf(answer), word, bucket);
      case 404 ->
          "%s -> there must be a %s %s; the store writer makes it when it starts"
              .formatted(reasonOf(answer), word, bucket);
      default -> reasonOf(answer);
    };
  }

  private String reasonOf(InfluxAnswer answer) {
    return "%s answers %s".formatted(api.address(), answer);
  }

  @Override
  public void close() {
    api.close();
  }
}
