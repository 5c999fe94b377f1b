// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import com.influxdb.LogLevel;
import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.WriteApiBlocking;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import com.influxdb.exceptions.InfluxException;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import okhttp3.OkHttpClient;

/** Writes into InfluxDB 2.x, and into whatever takes its {@code /api/v2/write}, as QuestDB does. */
public final class InfluxSink implements PointSink {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final InfluxDBClient client;
  private final WriteApiBlocking write;
  private final URI url;

  /**
   * Connects when the first points are written.
   *
   * @param token of a user who may write into the bucket; any text where none is needed
   */
  public InfluxSink(URI url, String token, String org, String bucket) {
    this.url = url;
    client =
        InfluxDBClientFactory.create(
            InfluxDBClientOptions.builder()
                .url(url.toString())
                .authenticateToken(token.toCharArray())
                .org(org)
                .bucket(bucket)
                .precision(WritePrecision.NS)
                .logLevel(LogLevel.NONE)
                .okHttpClient(new OkHttpClient.Builder().readTimeout(TIMEOUT).writeTimeout(TIMEOUT))
                .build());
    write = client.getWriteApiBlocking();
  }

  @Override
  public void write(List<StorePoint> points) {
    if (points.isEmpty()) {
      return;
    }
    try {
      write.writePoints(points.stream().map(InfluxSink::convert).toList());
    } catch (InfluxException e) {
      String reason = "%s answers %d: %s".formatted(url, e.status(), e.getMessage());
      // 400: cannot be parsed; 413: too large; 422: of a type that a field cannot take
      if (e.status() == 400 || e.status() == 413 || e.status() == 422) {
        throw new PointsRefused(reason, e);
      }
      throw new StoreUnavailable(e.status() == 0 ? url + ": " + e.getMessage() : reason, e);
    }
  }

  private static Point convert(StorePoint point) {
    Point converted = Point.measurement(point.measurement().measurementName());
    point.tags().forEach(converted::addTag);
    converted.addFields(point.fields());
    return converted.time(point.epochNanos(), WritePrecision.NS);
  }

  @Override
  public void close() {
    client.close();
  }
}
