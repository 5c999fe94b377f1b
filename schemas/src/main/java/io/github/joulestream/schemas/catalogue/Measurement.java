// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The catalogue of measurements: names, tags and fields that dashboards and reports rely on.
 * Energies are whole millijoules, so that sums in the store are exact.
 */
@SuppressWarnings("ImmutableEnumChecker") // both are unmodifiable
public enum Measurement {
  /**
   * Energy of a job in a window of 10 s, and its mean power in it; for live views. What arrives
   * after a window was closed is a point of its own, some nanoseconds later: points of a window add
   * up.
   */
  JOB_WINDOW("job_window", List.of("site", "job"), jobEnergyFields()),

  /** Power and utilisation of a site in a window of 10 s or 1 h (tag {@code window}). */
  SITE_WINDOW("site_window", List.of("site", "window"), sitePowerFields()),

  /**
   * Power and utilisation of a node in a window of 10 s. A window has several points, which add up:
   * so utilisation is stored as times, not as ratios. Kept for weeks, as there are a thousand times
   * more nodes than sites.
   */
  NODE_WINDOW("node_window", List.of("site", "node", "window"), nodePowerFields()),

  /** Both sides of a site's balance in a window, and the number of refused readings by reason. */
  LEDGER("ledger", List.of("site", "window"), ledgerFields()),

  /**
   * A job's totals, live and final, kept for years. The job's id is a field, so a job adds no
   * series; points of a site differ by their time: the job's anchor in seconds, and below the
   * second a hash of its id. Two jobs of a site that start in the same second share a point with a
   * probability of one in a billion. A job of which records arrived long after its end has several
   * points (fragments), whose amounts add up.
   */
  JOB_SUMMARY("job_summary", List.of("site"), jobSummaryFields()),

  /**
   * The pipeline itself, every 10 s: lag of each consumer group in each topic, rates, age of the
   * newest window of each site. A tag that does not apply is absent.
   */
  PIPELINE("pipeline", List.of("component", "topic", "site"), pipelineFields()),

  /**
   * An alert, each time that it fires: one point, at the second since which it fires, and below the
   * second a hash of its id. Its subject is a field, so alerts of jobs add no series.
   */
  ALERT("alert", List.of("site", "rule"), alertFields()),

  /** A budget as it was set, changed or removed at that time. */
  BUDGET("budget", List.of("site", "budget"), budgetFields());

  /** Tag for the length of a window: {@code 10s} or {@code 1h}. */
  public static final String WINDOW = "window";

  /** Type of a field's values. */
  public enum FieldType {
    LONG,
    DOUBLE,
    TEXT
  }

  private final String measurementName;
  private final List<String> tags;
  private final Map<String, FieldType> fields;

  Measurement(String measurementName, List<String> tags, Map<String, FieldType> fields) {
    this.measurementName = measurementName;
    this.tags = tags;
    this.fields = Collections.unmodifiableMap(fields);
  }

  /** Its name in the store. */
  public String measurementName() {
    return measurementName;
  }

  /** Names of its tags, in their order. */
  public List<String> tags() {
    return tags;
  }

  /** Fields by name, in their order. */
  public Map<String, FieldType> fields() {
    return fields;
  }

  /**
   * How long its points are kept.
   *
   * @param window length of the point's window; not used by measurements without the tag
   */
  public Retention retention(String window) {
    return switch (this) {
      case JOB_WINDOW, NODE_WINDOW, PIPELINE -> Retention.WEEKS;
      case JOB_SUMMARY, ALERT, BUDGET -> Retention.YEARS;
      case SITE_WINDOW, LEDGER -> window.endsWith("h") ? Retention.YEARS : Retention.WEEKS;
    };
  }

  /** The field that holds this amount: its name in lower case, the unit last. */
  public static String field(Enum<?> amount) {
    return amount.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, FieldType> jobEnergyFields() {
    Map<String, FieldType> fields = amounts(JobAmount.values());
    fields.put("mean_watts", FieldType.DOUBLE);
    return fields;
  }

  private static Map<String, FieldType> sitePowerFields() {
    Map<String, FieldType> fields = powerFields();
    for (RatioField ratio : RatioField.values()) {
      fields.put(ratio.fieldName(), FieldType.DOUBLE);
    }
    fields.put("total_millijoules", FieldType.LONG);
    return fields;
  }

  private static Map<String, FieldType> powerFields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (PowerField power : PowerField.values()) {
      fields.put(power.fieldName(), FieldType.DOUBLE);
    }
    return fields;
  }

  private static Map<String, FieldType> nodePowerFields() {
    Map<String, FieldType> fields = powerFields();
    for (NodeField field : NodeField.values()) {
      fields.put(field.fieldName(), FieldType.LONG);
    }
    return fields;
  }

  private static Map<String, FieldType> pipelineFields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("lag_records", FieldType.LONG);
    fields.put("records_per_second", FieldType.DOUBLE);
    fields.put("points_per_second", FieldType.DOUBLE);
    for (String name :
        List.of(
            "unreadable", "refused_by_store", "retries", "age_millis", "difference_millijoules")) {
      fields.put(name, FieldType.LONG);
    }
    return fields;
  }

  private static Map<String, FieldType> ledgerFields() {
    Map<String, FieldType> fields = amounts(SiteAmount.values());
    fields.put("difference_millijoules", FieldType.LONG);
    return fields;
  }

  private static Map<String, FieldType> jobSummaryFields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (String name : List.of("job", "user", "project", "name", "partition", "labels", "state")) {
      fields.put(name, FieldType.TEXT);
    }
    for (String name :
        List.of(
            "anchor_epoch_millis",
            "start_epoch_millis",
            "end_epoch_millis",
            "last_epoch_millis",
            "peak_milliwatts")) {
      fields.put(name, FieldType.LONG);
    }
    fields.put("work", FieldType.DOUBLE);
    fields.put("work_unit", FieldType.TEXT);
    fields.put("nodes", FieldType.LONG);
    fields.put("ended_by", FieldType.TEXT);
    fields.put("fragment_epoch_millis", FieldType.LONG);
    fields.putAll(amounts(JobAmount.values()));
    return fields;
  }

  private static Map<String, FieldType> alertFields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (String name :
        List.of("alert_id", "state", "severity", "scope", "scope_kind", "budget", "unit")) {
      fields.put(name, FieldType.TEXT);
    }
    for (String name : List.of("value", "limit_value", "limit_ratio", "completeness_ratio")) {
      fields.put(name, FieldType.DOUBLE);
    }
    for (String name :
        List.of(
            "threshold_percent",
            "since_epoch_millis",
            "updated_epoch_millis",
            "ended_epoch_millis",
            "revision")) {
      fields.put(name, FieldType.LONG);
    }
    for (String name : List.of("summary", "contributors", "inhibited_by", "owner", "note")) {
      fields.put(name, FieldType.TEXT);
    }
    return fields;
  }

  private static Map<String, FieldType> budgetFields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("in_force", FieldType.LONG);
    for (String name : List.of("scope", "scope_kind", "period", "zone", "owner", "note")) {
      fields.put(name, FieldType.TEXT);
    }
    fields.put("limit_watts", FieldType.DOUBLE);
    fields.put("limit_millijoules", FieldType.LONG);
    return fields;
  }

  private static Map<String, FieldType> amounts(Enum<?>[] amounts) {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (Enum<?> amount : amounts) {
      fields.put(field(amount), FieldType.LONG);
    }
    return fields;
  }
}
