// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static io.github.joulestream.store.history.MadeWindows.DAY;
import static io.github.joulestream.store.history.MadeWindows.END;
import static io.github.joulestream.store.history.MadeWindows.NAMES;
import static io.github.joulestream.store.history.MadeWindows.NODES;
import static io.github.joulestream.store.history.MadeWindows.SITES;
import static io.github.joulestream.store.history.MadeWindows.START;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.catalogue.DeviceField;
import io.github.joulestream.store.points.AlertPoint;
import io.github.joulestream.store.points.DeviceWindowPoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** As {@link WindowContract}, of devices, alerts and limits. */
public abstract class BoundedWindowContract extends WindowContract {
  @Test
  void devices_areThoseOfTheNode_withTheirFragmentsAddedUp() {
    Map<String, Map<String, Double>> expected = new TreeMap<>();
    for (DeviceWindow window : made.devices) {
      if (window.site().equals("east") && window.node().equals(NODES.get(1))) {
        for (DeviceTotals device : window.devices()) {
          Map<String, Double> values = new HashMap<>();
          DeviceField.of(device.kind(), device.capacityBytes(), device.totals())
              .forEach((field, value) -> values.put(field, ((Number) value).doubleValue()));
          expected.put(key(device, window.windowStartEpochMillis()), values);
        }
      }
    }
    DeviceWindow first =
        made.devices.stream()
            .filter(window -> window.node().equals(NODES.get(1)) && window.site().equals("east"))
            .findFirst()
            .orElseThrow();
    // as a correction that arrives later
    write(
        DeviceWindowPoints.of(
            new DeviceWindow(
                first.site(),
                first.node(),
                first.windowStartEpochMillis(),
                first.windowMillis(),
                first.devices().subList(0, 1),
                77)));
    Map<String, Double> corrected =
        requireNonNull(
            expected.get(key(first.devices().getFirst(), first.windowStartEpochMillis())));
    corrected.replaceAll((field, value) ->
        field.endsWith("_millijoules") || field.endsWith("_millis") || field.endsWith("_bytes")
            ? 2 * value
            : value);
    Map<String, Map<String, Double>> read = new TreeMap<>();
    windows()
        .devices(
            "east",
            NODES.get(1),
            WHOLE,
            MANY,
            row -> {
              assertThat(row.window()).isEqualTo(Windows.NAME);
              assertThat(
                      read.put(
                          String.join(
                              "|",
                              row.device(),
                              row.kind(),
                              row.model(),
                              String.valueOf(row.windowStart())),
                          row.values()))
                  .isNull();
            });
    assertThat(read.keySet()).isEqualTo(expected.keySet());
    read.forEach((device, values) -> {
      Map<String, Double> of = expected.getOrDefault(device, Map.of());
      assertThat(values.keySet()).as(device).isEqualTo(of.keySet());
      values.forEach((field, value) ->
          assertThat(value).as(field).isCloseTo(of.getOrDefault(field, 0.0), within(1e-9 * value)));
    });
    NOBODY.forEach(
        nobody -> windows().devices("east", nobody, WHOLE, MANY, WindowContract::isTooMuch));
  }

  private static String key(DeviceTotals device, long start) {
    return String.join(
        "|", device.id(), device.kind().name(), device.model(), String.valueOf(start));
  }

  private static Alert alert(String id, String site, long since, long ended) {
    return new Alert(
        id,
        new AlertSubject(Rule.HELD_IDLE, site, "b'1", "job=c/17"),
        Severity.WARNING,
        ended == AlertTimes.OPEN ? AlertState.FIRING : AlertState.RESOLVED,
        new AlertMeasurement(17.5, 20, "W", 100, 10_000),
        new AlertTimes(since, since + 1, ended),
        List.of(),
        "summary of " + id,
        1,
        new AlertRouting("", "", ""));
  }

  @Test
  void alerts_areThoseThatFireInTheRange() {
    List<Alert> alerts =
        List.of(
            alert("long ago", "east", START - 9 * DAY, START - 8 * DAY),
            alert("ends at the start", "east", START - DAY, START),
            alert("still", "east", START - 9 * DAY, AlertTimes.OPEN),
            alert("within", "east", START + 5, START + 6),
            alert("elsewhere", SITES.get(1), START + 5, START + 6),
            alert("later", "east", END, AlertTimes.OPEN));
    write(alerts.stream().map(AlertPoint::of).toList());
    List<AlertRow> read = new ArrayList<>();
    windows().alerts(new TreeSet<>(Set.of("east")), WHOLE, MANY, read::add);
    assertThat(read)
        .containsExactlyInAnyOrder(
            row("still", "FIRING", START - 9 * DAY, AlertTimes.OPEN),
            row("within", "RESOLVED", START + 5, START + 6));
    windows().alerts(new TreeSet<>(NOBODY), WHOLE, MANY, WindowContract::isTooMuch);
    isBounded(
        2,
        (most, rows) -> windows().alerts(new TreeSet<>(Set.of("east")), WHOLE, most, rows::accept));
  }

  private static AlertRow row(String id, String state, long since, long ended) {
    return new AlertRow(
        "east",
        Rule.HELD_IDLE.label(),
        id,
        state,
        "WARNING",
        "job=c/17",
        "JOB",
        "b'1",
        17.5,
        20,
        "W",
        since,
        since + 1,
        ended,
        "summary of " + id);
  }

  /** A read with a bound of rows. */
  @FunctionalInterface
  private interface BoundedRead {
    void read(int mostRows, Consumer<Object> rows);
  }

  private static void isBounded(int rows, BoundedRead read) {
    List<Object> all = new ArrayList<>();
    read.read(rows, all::add);
    assertThat(all).hasSize(rows);
    for (int most : new int[] {0, rows - 1}) {
      List<Object> some = new ArrayList<>();
      assertThatThrownBy(() -> read.read(most, some::add))
          .isInstanceOfSatisfying(TooManyRows.class, e -> assertThat(e.most()).isEqualTo(most));
      assertThat(some).hasSizeLessThanOrEqualTo(most);
    }
  }

  @Test
  void moreRowsThanItMayHave_areNeverPassedOn() {
    WindowReader reads = windows();
    isBounded(
        made.ledger("east", Windows.MILLIS, MINUTE).size(),
        (most, rows) -> reads.sitePower("east", WHOLE, MINUTE, most, rows::accept));
    isBounded(
        made.job("east", "c/17", Windows.MILLIS).size(),
        (most, rows) -> reads.jobPower("east", "c/17", WHOLE, Windows.MILLIS, most, rows::accept));
    isBounded(
        made.job("east", "c/17", Windows.QUARTER_HOUR_MILLIS).size(),
        (most, rows) ->
            reads.jobPower("east", "c/17", WHOLE, Windows.QUARTER_HOUR_MILLIS, most, rows::accept));
    isBounded(
        made.node("east", "n1", MINUTE).size(),
        (most, rows) -> reads.nodePower("east", "n1", WHOLE, MINUTE, most, rows::accept));
    isBounded(180, (most, rows) -> reads.devices("east", "n1", WHOLE, most, rows::accept));
    isBounded(1, (most, rows) -> reads.job("east", "c/17", WHOLE, most, rows::accept));
    isBounded(
        2 * NAMES.size(),
        (most, rows) -> reads.jobs(new TreeSet<>(SITES), WHOLE, JobFilter.ALL, most, rows::accept));
    isBounded(
        (int) made.quarters.stream().filter(quarter -> quarter.site().equals("east")).count(),
        (most, rows) -> reads.jobQuarters("east", new TreeSet<>(NAMES), WHOLE, most, rows::accept));
    isBounded(
        (int)
            made.placements.stream()
                .filter(p -> p.site().equals("east") && p.node().equals("n1"))
                .count(),
        (most, rows) -> reads.placementsOfNode("east", "n1", WHOLE, most, rows::accept));
    assertThatThrownBy(() -> reads.job("east", "c/17", WHOLE, -1, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
