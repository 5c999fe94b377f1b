// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.EnergyLimit;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** From result records to points. */
public final class Points {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  // by ordinal; worked out once, there are some for every point
  private static final List<String> JOB_FIELDS = fields(JobAmount.values());
  private static final List<String> SITE_FIELDS = fields(SiteAmount.values());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LEFT_OUT_CHARACTERS = 100;

  private Points() {}

  public static StorePoint of(JobWindow window) {
    Map<String, Object> fields = amounts(JOB_FIELDS, window.totals());
    long energy = window.totals().get(JobAmount.TOTAL_MILLIJOULES);
    fields.put("mean_watts", (double) energy / window.windowMillis());
    return new StorePoint(
        Measurement.JOB_WINDOW,
        tags("site", window.site(), "job", window.job()),
        fields,
        nanos(window.windowStartEpochMillis()) + part(window.fragmentEpochMillis()));
  }

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
        nanos(window.windowStartEpochMillis()) + part(window.fragmentEpochMillis()));
  }

  private static Map<String, Object> watts(Totals<SiteAmount> totals, int windowMillis) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (PowerField power : PowerField.values()) {
      fields.put(power.fieldName(), power.watts(totals, windowMillis));
    }
    return fields;
  }

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
        nanos(window.windowStartEpochMillis()) + part(window.fragmentEpochMillis()));
  }

  private static Map<String, String> siteTags(SiteWindow window) {
    return tags("site", window.site(), "window", Windows.name(window.windowMillis()));
  }

  /**
   * How the pipeline itself does.
   *
   * @param topic empty where it is of none, as is {@code site}
   */
  public static StorePoint health(
      String component, String topic, String site, long epochMillis, Map<String, Object> fields) {
    return new StorePoint(
        Measurement.PIPELINE,
        tags("component", component, "topic", topic, "site", site),
        fields,
        nanos(epochMillis));
  }

  public static StorePoint of(JobSummary job) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("job", job.job());
    fields.put("user", job.details().user());
    fields.put("project", job.details().project());
    fields.put("name", job.details().name());
    fields.put("partition", job.details().partition());
    fields.put("labels", json(job.details().labels()));
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
        alert.contributors().stream().map(Points::text).collect(Collectors.joining("; ")));
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

  /** {@code job 17 31.0 % 372.0 kW}. */
  private static String text(Contributor contributor) {
    return String.format(
        Locale.ROOT,
        "%s %s %.1f %% %.1f kW",
        contributor.kind().name().toLowerCase(Locale.ROOT),
        contributor.name(),
        contributor.shareBasisPoints() / 100.0,
        contributor.milliwatts() / 1e6);
  }

  /**
   * A budget as it is from this time on.
   *
   * @param key site and name, as the topic has them
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
   * What keeps the parts of a window apart, ns: the minute in which a part began, as a number under
   * a second. No part lives less than a minute.
   */
  static long part(long fragmentEpochMillis) {
    return fragmentEpochMillis / 60_000 % 1_000_000_000;
  }

  /** 0 to 999,999,999: what fits below a second, in ns. */
  static long hash(String job, long fragmentEpochMillis) {
    CRC32C crc = new CRC32C();
    crc.update(job.getBytes(StandardCharsets.UTF_8));
    if (fragmentEpochMillis != 0) {
      crc.update(Long.toString(fragmentEpochMillis).getBytes(StandardCharsets.UTF_8));
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

  /** Cut label by label, so that it stays JSON however many there are and however long. */
  static String json(Map<String, String> labels) {
    Map<String, String> clean = new TreeMap<>();
    labels.forEach((name, value) -> clean.put(StoreText.label(name), StoreText.label(value)));
    String json = write(clean);
    if (json.length() <= StoreText.MAX_IN_FIELD) {
      return json;
    }
    Map<String, String> most = new LinkedHashMap<>();
    int length = 0;
    for (Map.Entry<String, String> label : clean.entrySet()) {
      length += write(Map.of(label.getKey(), label.getValue())).length();
      if (length > StoreText.MAX_IN_FIELD - LEFT_OUT_CHARACTERS) {
        break;
      }
      most.put(label.getKey(), label.getValue());
    }
    most.put(
        String.valueOf(StoreText.CUT), "%,d labels left out".formatted(clean.size() - most.size()));
    return write(most);
  }

  private static String write(Map<String, String> labels) {
    try {
      return JSON.writeValueAsString(labels);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("labels cannot be written", e);
    }
  }

  /** The labels in such a text. */
  public static Map<String, String> labels(String json) {
    try {
      return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("labels cannot be read: " + json, e);
    }
  }
}
