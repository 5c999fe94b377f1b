// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.catalogue;

import io.github.joulestream.energy.Windows;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of measurements: names, tags and fields that dashboards and reports rely on.
 * Energies are whole millijoules, so that sums in the store are exact.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists and maps are unmodifiable
public enum Measurement {
  /**
   * Energy of a job in a window of 10 s, and its mean power in it; for live views. What arrives
   * after a window was closed is a point of its own, some nanoseconds later: points of a window add
   * up.
   */
  JOB_WINDOW(JobWindowFields.definition()),

  /** Power and utilisation of a site in a window of 10 s, 15 min or 1 h (tag {@code window}). */
  SITE_WINDOW(SiteWindowFields.definition()),

  /**
   * Power and utilisation of a node in a window of 10 s. A window has several points, which add up:
   * so utilisation is stored as times, not as ratios. Kept for weeks, as there are a thousand times
   * more nodes than sites.
   */
  NODE_WINDOW(NodeWindowFields.definition()),

  /** Both sides of a site's balance in a window, and the number of refused readings by reason. */
  LEDGER(LedgerFields.definition()),

  /**
   * A job's totals, live and final, kept for years. The job's id is a field, so a job adds no
   * series; points of a site differ by their time: the job's anchor in seconds, and below the
   * second a hash of its id. Two jobs of a site that start in the same second share a point with a
   * probability of one in a billion. A job of which records arrived long after its end has several
   * points (fragments), whose amounts add up.
   */
  JOB_SUMMARY(JobSummaryFields.definition()),

  /**
   * The pipeline itself, every 10 s: lag of each consumer group in each topic, rates, age of the
   * newest window of each site. A tag that does not apply is absent.
   */
  PIPELINE(PipelineFields.definition()),

  /**
   * An alert, each time that it fires: one point, at the second since which it fires, and below the
   * second a hash of its id. Its subject is a field, so alerts of jobs add no series.
   */
  ALERT(AlertFields.definition()),

  /** A budget as it was set, changed or removed at that time. */
  BUDGET(BudgetFields.definition()),

  /**
   * Energy, utilisation and state of a device in a window, for days. Series grow with the hardware
   * only. A window is one point, and a fragment one of its own, some nanoseconds later: amounts add
   * up.
   */
  DEVICE_WINDOW(DeviceWindowFields.definition()),

  /**
   * Which devices of a node a job held, and from when to when: one point a job and node, at the
   * second of its anchor, and below the second a hash of the job. The job is a field.
   */
  PLACEMENT(PlacementFields.definition()),

  /**
   * A job in a quarter of an hour, kept for years. Tags are bounded by people and not by jobs; a
   * point lies within its quarter, at a hash of the job.
   */
  JOB_QUARTER_HOUR(JobQuarterHourFields.definition()),

  /** A node as its agent reports it: one point a node and day, at the start of the UTC day. */
  NODE(NodeInventoryFields.definition()),

  /**
   * Memory and storage of a site in a window of 1 min or 1 h (tag {@code window}): means of what is
   * stranded, untouched and rentable, and in hours the growth of storage. Written again as it goes.
   */
  CAPACITY(CapacityFields.definition()),

  /**
   * The most that a group of nodes used at one time within an hour: tag {@code resource} is MEMORY
   * or STORAGE, {@code pool} the nodes of a group (1, 8, 16 or all). Series grow with the hardware
   * only. Written again as the peak rises.
   */
  POOL_PEAK(PoolPeakFields.definition()),

  /**
   * A value of one series of a site's supply in one interval, as issued at one time: a point at the
   * second of the interval's start, and below the second a hash of the time of issue. All issues
   * are kept, so that a report can be worked out as of any time.
   */
  GRID(GridFields.issues()),

  /** The latest issue of each interval of {@link #GRID}, at its start; for dashboards. */
  GRID_NOW(GridFields.latest());

  /** Tag for the length of a window: {@code 10s}, {@code 15m} or {@code 1h}. */
  public static final String WINDOW = "window";

  /** Type of a field's values. */
  public enum FieldType {
    LONG,
    DOUBLE,
    TEXT
  }

  private final Definition definition;

  Measurement(Definition definition) {
    this.definition = definition;
  }

  /** Its name in the store. */
  public String measurementName() {
    return definition.name();
  }

  /** Names of its tags, in their order. */
  public List<String> tags() {
    return definition.tags();
  }

  /** Fields by name, in their order. */
  public Map<String, FieldType> fields() {
    return definition.fields();
  }

  /**
   * How long its points are kept.
   *
   * @param window length of the point's window; not used by measurements without the tag
   */
  public Retention retention(String window) {
    return window.endsWith("h") || window.equals(Windows.QUARTER_HOUR_NAME)
        ? definition.retentionOfHours()
        : definition.retention();
  }

  /** The field that holds this amount: its name in lower case, the unit last. */
  public static String field(Enum<?> amount) {
    return Definition.field(amount);
  }
}
