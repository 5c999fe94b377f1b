// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.writer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.EnergyLimit;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.NodeField;
import io.github.joulestream.schemas.catalogue.PowerField;
import io.github.joulestream.schemas.catalogue.RatioField;
import io.github.joulestream.store.LabelText;
import io.github.joulestream.store.StorePoint;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** Converts records of the result topics to points. */
public final class ResultPoints {
  /** Topics whose records become points. */
  static final List<String> TOPICS;

  private static final Map<String, Converter> CONVERTERS = new LinkedHashMap<>();
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  // by ordinal; made once, because every point has some
  private static final List<String> JOB_FIELDS = fields(JobAmount.values());
  private static final List<String> SITE_FIELDS = fields(SiteAmount.values());

  /** How a record of one topic becomes a point; null if nothing is stored of it. */
  @FunctionalInterface
  private interface Converter {
    @Nullable StorePoint convert(ConsumerRecord<byte[], byte[]> record);
  }

  static {
    put(Topic.JOB_WINDOW, WireSerdes.jobWindows(), ResultPoints::of);
    put(Topic.JOB_SUMMARY, WireSerdes.jobSummaries(), ResultPoints::of);
    put(Topic.SITE_WINDOW, WireSerdes.siteWindows(), ResultPoints::power);
    put(Topic.NODE_WINDOW, WireSerdes.nodeWindows(), ResultPoints::of);
    put(Topic.LEDGER, WireSerdes.siteWindows(), ResultPoints::ledger);
    // an alert that expired keeps its point
    Converter alerts = converter(WireSerdes.alerts(), ResultPoints::of);
    CONVERTERS.put(
        Topic.ALERTS.topicName(), record -> record.value() == null ? null : alerts.convert(record));
    CONVERTERS.put(Topic.BUDGETS.topicName(), ResultPoints::budget);
    TOPICS = List.copyOf(CONVERTERS.keySet());
  }

  private ResultPoints() {}

  private static <T> void put(Topic topic, Serde<T> serde, Function<T, StorePoint> point) {
    CONVERTERS.put(topic.topicName(), converter(serde, point));
  }

  private static <T> Converter converter(Serde<T> serde, Function<T, StorePoint> point) {
    Deserializer<T> deserializer = serde.deserializer();
    return record -> {
      if (record.value() == null) {
        throw new SerializationException("empty record");
      }
      return point.apply(deserializer.deserialize(record.topic(), record.value()));
    };
  }

  private static StorePoint budget(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      throw new SerializationException("no key");
    }
    Budget budget =
        record.value() == null
            ? null
            : WireSerdes.budgets().deserializer().deserialize(record.topic(), record.value());
    return of(new String(record.key(), UTF_8), budget, record.timestamp());
  }

  /**
   * The point of a record of one of the result topics; null if nothing is stored of it.
   *
   * @throws RuntimeException if the record cannot be read
   */
  static @Nullable StorePoint of(ConsumerRecord<byte[], byte[]> record) {
    Converter converter = CONVERTERS.get(record.topic());
    if (converter == null) {
      throw new IllegalArgumentException("no result topic: " + record.topic());
    }
    return converter.convert(record);
  }

  /** Energy and mean power of a job in a window. */
  public static StorePoint of(JobWindow window) {
    Map<String, Object> fields = amounts(JOB_FIELDS, window.totals());
    long energy = window.totals().get(JobAmount.TOTAL_MILLIJOULES);
    fields.put("mean_watts", (double) energy / window.windowMillis());
    return new StorePoint(
        Measurement.JOB_WINDOW,
        tags("site", window.site(), "job", window.job()),
        fields,
        nanos(window.windowStartEpochMillis()) + fragment(window.fragmentEpochMillis()));
  }

  /** Power and utilisation of a site in a window. */
  public static StorePoint power(SiteWindow window) {
    Totals<SiteAmount> totals = window.totals();
    Map<String, Object> fields = watts(totals, window.windowMillis());
    for (RatioField ratio : RatioField.values()) {
      ratio.of(totals).ifPresent(value -> fields.put(ratio.fieldName(), value));
    }
    fields.put("total_millijoules", totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
    return new StorePoint(
        Measurement.SITE_WINDOW,
        siteTags(window),
        fields,
        nanos(window.windowStartEpochMillis()) + fragment(window.fragmentEpochMillis()));
  }

  private static Map<String, Object> watts(Totals<SiteAmount> totals, int windowMillis) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (PowerField power : PowerField.values()) {
      fields.put(power.fieldName(), power.watts(totals, windowMillis));
    }
    return fields;
  }

  /** Power and amounts of a node in a window: one of several points, which add up. */
  public static StorePoint of(NodeWindow window) {
    Totals<SiteAmount> totals = window.totals();
    Map<String, Object> fields = watts(totals, window.windowMillis());
    for (NodeField field : NodeField.values()) {
      fields.put(field.fieldName(), field.of(totals));
    }
    return new StorePoint(
        Measurement.NODE_WINDOW,
        tags(
            "site",
            window.site(),
            "node",
            window.node(),
            "window",
            Windows.name(window.windowMillis())),
        fields,
        nanos(window.windowStartEpochMillis())
            + Math.floorMod(window.fragment(), NANOS_PER_SECOND));
  }

  /** Both sides of a site's balance in a window. */
  public static StorePoint ledger(SiteWindow window) {
    Totals<SiteAmount> totals = window.totals();
    Map<String, Object> fields = amounts(SITE_FIELDS, totals);
    fields.put(
        "difference_millijoules",
        totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
            - totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
            - totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
    return new StorePoint(
        Measurement.LEDGER,
        siteTags(window),
        fields,
        nanos(window.windowStartEpochMillis()) + fragment(window.fragmentEpochMillis()));
  }

  private static Map<String, String> siteTags(SiteWindow window) {
    return tags("site", window.site(), "window", Windows.name(window.windowMillis()));
  }

  /** A job's totals at the second of its anchor. */
  public static StorePoint of(JobSummary job) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("job", job.job());
    fields.put("user", job.details().user());
    fields.put("project", job.details().project());
    fields.put("name", job.details().name());
    fields.put("partition", job.details().partition());
    fields.put("labels", LabelText.of(job.details().labels()));
    fields.put("state", job.state().name());
    fields.put("anchor_epoch_millis", job.times().anchorEpochMillis());
    fields.put("start_epoch_millis", job.times().startEpochMillis());
    fields.put("end_epoch_millis", job.times().endEpochMillis());
    fields.put("last_epoch_millis", job.times().lastEpochMillis());
    fields.put("peak_milliwatts", job.peakMilliwatts());
    fields.put("work", job.work().amount());
    fields.put("work_unit", job.work().unit());
    fields.put("nodes", (long) job.nodes());
    fields.put("ended_by", job.endedBy().name());
    fields.put("fragment_epoch_millis", job.fragmentEpochMillis());
    fields.putAll(amounts(JOB_FIELDS, job.totals()));
    return new StorePoint(
        Measurement.JOB_SUMMARY,
        tags("site", job.site()),
        fields,
        nanos(Math.floorDiv(job.times().anchorEpochMillis(), 1_000) * 1_000)
            + hash(job.job(), job.fragmentEpochMillis()));
  }

  /** An alert at the second since which it fires. */
  public static StorePoint of(Alert alert) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alert_id", alert.id());
    fields.put("state", alert.state().name());
    fields.put("severity", alert.severity().name());
    fields.put("scope", alert.scope());
    fields.put("scope_kind", Scope.parse(alert.scope()).kind().name());
    fields.put("budget", alert.budget());
    fields.put("unit", alert.measured().unit());
    fields.put("value", alert.measured().value());
    fields.put("limit_value", alert.measured().limit());
    if (alert.measured().limit() != 0) {
      fields.put("limit_ratio", alert.measured().value() / alert.measured().limit());
    }
    fields.put("completeness_ratio", alert.measured().completenessBasisPoints() / 10_000.0);
    fields.put("threshold_percent", (long) alert.measured().thresholdPercent());
    fields.put("since_epoch_millis", alert.times().sinceEpochMillis());
    fields.put("updated_epoch_millis", alert.times().updatedEpochMillis());
    fields.put("ended_epoch_millis", alert.times().endedEpochMillis());
    fields.put("revision", (long) alert.revision());
    fields.put("summary", alert.summary());
    fields.put(
        "contributors",
        alert.contributors().stream().map(ResultPoints::text).collect(Collectors.joining("; ")));
    fields.put("inhibited_by", alert.routing().inhibitedBy());
    fields.put("owner", alert.routing().owner());
    fields.put("note", alert.routing().note());
    return new StorePoint(
        Measurement.ALERT,
        tags("site", alert.site(), "rule", alert.rule().label()),
        fields,
        nanos(Math.floorDiv(alert.times().sinceEpochMillis(), 1_000) * 1_000)
            + hash(alert.id(), 0));
  }

  /** {@code job 17 31 % 372 kW}. */
  private static String text(Contributor contributor) {
    return "%s %s %s %s"
        .formatted(
            contributor.kind().name().toLowerCase(Locale.ROOT),
            contributor.name(),
            Quantities.percent(contributor.shareBasisPoints() / 1e4),
            Quantities.power(contributor.milliwatts()));
  }

  /**
   * A budget as it is from this time on.
   *
   * @param key of the record: {@code site/budget}
   * @param budget null if it was removed
   */
  public static StorePoint of(String key, @Nullable Budget budget, long epochMillis) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("in_force", budget == null ? 0L : 1L);
    if (budget != null) {
      fields.put("scope", budget.scope().text());
      fields.put("scope_kind", budget.scope().kind().name());
      fields.put("period", budget.quantity().name());
      fields.put("zone", budget.zone());
      fields.put("owner", budget.owner());
      fields.put("note", budget.note());
      switch (budget.limit()) {
        case EnergyLimit energy -> fields.put("limit_millijoules", energy.millijoules());
        case PowerLimit power -> fields.put("limit_watts", power.milliwatts() / 1e3);
      }
    }
    String site = Keys.site(key);
    if (site.isEmpty() || key.length() <= site.length() + 1) {
      throw new IllegalArgumentException("a budget's key is site/budget, not '" + key + "'");
    }
    return new StorePoint(
        Measurement.BUDGET,
        tags("site", site, "budget", key.substring(site.length() + 1)),
        fields,
        nanos(epochMillis));
  }

  /**
   * Offset of a fragment's point from its window's start, ns: the minute in which the fragment
   * began, as a number under a second. A fragment is open for a minute at least, so no two of a
   * window have the same.
   */
  static long fragment(long fragmentEpochMillis) {
    return fragmentEpochMillis / 60_000 % 1_000_000_000;
  }

  /** 0 to 999,999,999: what fits below a second, in ns. */
  private static long hash(String job, long fragmentEpochMillis) {
    CRC32C crc = new CRC32C();
    crc.update(job.getBytes(UTF_8));
    if (fragmentEpochMillis != 0) {
      crc.update(Long.toString(fragmentEpochMillis).getBytes(UTF_8));
    }
    return crc.getValue() % NANOS_PER_SECOND;
  }

  private static List<String> fields(Enum<?>[] amounts) {
    return Arrays.stream(amounts).map(Measurement::field).toList();
  }

  private static Map<String, Object> amounts(List<String> names, Totals<?> totals) {
    Map<String, Object> fields = LinkedHashMap.newLinkedHashMap(names.size() + 2);
    for (int i = 0; i < names.size(); i++) {
      fields.put(names.get(i), totals.get(i));
    }
    return fields;
  }

  private static Map<String, String> tags(String... namesAndValues) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      tags.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return tags;
  }

  private static long nanos(long epochMillis) {
    return Math.multiplyExact(epochMillis, NANOS_PER_MILLI);
  }
}
