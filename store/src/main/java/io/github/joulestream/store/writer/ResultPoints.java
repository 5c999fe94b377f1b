// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.AlertPoint;
import io.github.joulestream.store.points.BudgetPoint;
import io.github.joulestream.store.points.CapacityPoint;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.GridPoints;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodePoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import io.github.joulestream.store.points.PlacementPoint;
import io.github.joulestream.store.points.PoolPeakPoints;
import io.github.joulestream.store.points.SiteWindowPoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** Converts records of the result topics to points, each by the class of its measurement. */
final class ResultPoints {
  /** Topics whose records become points. */
  static final List<String> TOPICS;

  private static final Map<String, Converter> CONVERTERS = new LinkedHashMap<>();

  /** How a record of one topic becomes points. */
  @FunctionalInterface
  private interface Converter {
    List<StorePoint> convert(ConsumerRecord<byte[], byte[]> record);
  }

  static {
    put(Topic.JOB_WINDOW, several(WireSerdes.jobWindows(), JobWindows::key, ResultPoints::jobs));
    put(Topic.JOB_SUMMARY, one(WireSerdes.jobSummaries(), ResultPoints::key, JobSummaryPoint::of));
    put(Topic.SITE_WINDOW, one(WireSerdes.siteWindows(), SiteWindow::site, SiteWindowPoint::of));
    put(
        Topic.NODE_WINDOW,
        several(WireSerdes.nodeWindows(), NodeWindows::key, ResultPoints::nodes));
    put(Topic.LEDGER, one(WireSerdes.siteWindows(), SiteWindow::site, LedgerPoint::of));
    put(
        Topic.DEVICE_WINDOW,
        several(WireSerdes.deviceWindows(), ResultPoints::key, DeviceWindowPoints::of));
    put(Topic.PLACEMENT, one(WireSerdes.placements(), ResultPoints::key, PlacementPoint::of));
    put(
        Topic.JOB_QUARTER_HOUR,
        one(WireSerdes.jobQuarterHours(), ResultPoints::key, JobQuarterHourPoint::of));
    put(Topic.CAPACITY, one(WireSerdes.capacities(), Capacity::site, CapacityPoint::of));
    put(Topic.POOL_PEAK, several(WireSerdes.poolPeaks(), PoolPeaks::site, PoolPeakPoints::of));
    // an alert that expired keeps its point, and a node that is gone those of its days
    put(Topic.GRID, orNothing(several(WireSerdes.grid(), GridRecord::key, GridPoints::of)));
    put(Topic.ALERTS, orNothing(one(WireSerdes.alerts(), Alert::id, AlertPoint::of)));
    put(Topic.NODES, orNothing(one(WireSerdes.nodes(), ResultPoints::key, NodePoint::of)));
    put(Topic.BUDGETS, ResultPoints::budget);
    TOPICS = List.copyOf(CONVERTERS.keySet());
  }

  private ResultPoints() {}

  private static void put(Topic topic, Converter converter) {
    CONVERTERS.put(topic.topicName(), converter);
  }

  private static String key(JobSummary summary) {
    return Keys.job(summary.site(), summary.job());
  }

  private static String key(JobQuarterHour quarter) {
    return Keys.job(quarter.site(), quarter.job());
  }

  private static String key(DeviceWindow window) {
    return Keys.node(window.site(), window.node());
  }

  private static String key(Placement placement) {
    return Keys.node(placement.site(), placement.node());
  }

  private static String key(NodeRecord node) {
    return Keys.node(node.site(), node.node());
  }

  private static List<StorePoint> jobs(JobWindows windows) {
    return windows.windows().stream().map(JobWindowPoint::of).toList();
  }

  private static List<StorePoint> nodes(NodeWindows windows) {
    return windows.windows().stream().map(NodeWindowPoint::of).toList();
  }

  private static <T> Converter one(
      Serde<T> serde, Function<T, String> key, Function<T, StorePoint> point) {
    return several(serde, key, value -> List.of(point.apply(value)));
  }

  /**
   * A converter of values that may be several points.
   *
   * @param key the key that a value has
   */
  private static <T> Converter several(
      Serde<T> serde, Function<T, String> key, Function<T, List<StorePoint>> points) {
    Deserializer<T> deserializer = serde.deserializer();
    return record -> {
      if (record.value() == null) {
        throw new SerializationException("empty record");
      }
      T value = deserializer.deserialize(record.topic(), record.value());
      Keys.requireSame(key.apply(value), text(record.key()));
      return points.apply(value);
    };
  }

  private static @Nullable String text(byte @Nullable [] key) {
    return key == null ? null : new String(key, UTF_8);
  }

  /** Of a compacted topic: an empty record removes its key there, and nothing in the store. */
  private static Converter orNothing(Converter converter) {
    return record -> record.value() == null ? List.of() : converter.convert(record);
  }

  private static List<StorePoint> budget(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      throw new SerializationException("no key");
    }
    Budget budget =
        record.value() == null
            ? null
            : WireSerdes.budgets().deserializer().deserialize(record.topic(), record.value());
    String key = new String(record.key(), UTF_8);
    if (budget != null) {
      Keys.requireSame(Keys.budget(budget.site(), budget.id()), key);
    }
    return List.of(BudgetPoint.of(key, budget, record.timestamp()));
  }

  /**
   * The points of a record of one of the result topics; none if nothing is stored of it.
   *
   * @throws RuntimeException if the record cannot be read
   */
  static List<StorePoint> of(ConsumerRecord<byte[], byte[]> record) {
    Converter converter = CONVERTERS.get(record.topic());
    if (converter == null) {
      throw new IllegalArgumentException("no result topic: " + record.topic());
    }
    return converter.convert(record);
  }
}
