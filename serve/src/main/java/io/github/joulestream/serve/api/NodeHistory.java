// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.NaturalOrder;
import io.github.joulestream.store.history.PlacementRow;
import io.github.joulestream.store.history.WindowReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a node and its devices did, and which jobs held it. */
final class NodeHistory {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration LONGEST = Duration.ofDays(92);
  private static final Duration LONGEST_OF_DEVICES = Duration.ofDays(2);
  private static final int USUAL_STEPS = 1_000;
  private static final int MOST_STEPS = 4_000;
  private static final int MOST_DEVICE_ROWS = 200_000;
  private static final int MOST_PLACEMENTS = 10_000;
  private static final int MILLIS_PER_SECOND = 1_000;

  /** Fields of a node, W, by the name of the column. */
  private static final Map<String, String> POWER =
      new TreeMap<>(
          Map.of(
              "totalMilliwatts", "total_watts",
              "gpuMilliwatts", "gpu_watts",
              "cpuMilliwatts", "cpu_watts",
              "memoryMilliwatts", "memory_watts",
              "storageMilliwatts", "storage_watts",
              "nodeMilliwatts", "node_watts",
              "jobsMilliwatts", "jobs_watts",
              "idleMilliwatts", "idle_watts"));

  private static final String BUSY = "busyRatio";

  private final LiveSitesView sites;
  private final WindowReader windows;
  private final EpochClock clock;

  NodeHistory(LiveSitesView sites, WindowReader windows, EpochClock clock) {
    this.sites = sites;
    this.windows = windows;
    this.clock = clock;
  }

  private record NodePower(
      String site,
      String node,
      Range range,
      int stepSeconds,
      int steps,
      Map<String, List<@Nullable Number>> series) {}

  private record Devices(String site, String node, Range range, List<DeviceSeries> devices) {}

  private record Placements(String site, Range range, List<PlacementView> placements) {}

  Answer power(ApiRequest request) throws Problem {
    LiveSite live = sites.ofPath(request);
    String site = live.name();
    String node = request.path("node");
    Parameters parameters = Parameters.of(request, clock);
    Range asked = parameters.range(HOUR, LONGEST);
    int step = parameters.stepMillis(asked, USUAL_STEPS, MOST_STEPS);
    Range range = asked.aligned(step);
    List<String> names = new ArrayList<>(POWER.keySet());
    names.add(BUSY);
    Series series = new Series(range, step, Settled.ofNodes(live, clock.epochMillis()), names);
    FromStore.rows(
        "from",
        () ->
            windows.nodePower(
                site,
                node,
                range.millis(),
                step,
                MOST_STEPS,
                row -> {
                  int index = series.index(row.stepStart());
                  if (index >= 0) {
                    put(series, step, index, row.values());
                  }
                }));
    return request.format().equals("csv")
        ? Answer.of(new Answer.Csv(series.columns(), series.rows()))
        : Answer.json(
            new NodePower(
                site, node, range, step / MILLIS_PER_SECOND, series.steps(), series.values()));
  }

  private static void put(Series series, int stepMillis, int index, Map<String, Double> values) {
    POWER.forEach((name, field) -> {
      Double watts = values.get(field);
      // by way of whole mJ, as they were measured: W as a fraction would round half a mW either way
      series.set(
          name,
          index,
          watts == null ? null : (Long) series.milliwatts(Math.round(watts * stepMillis)));
    });
    Double seen = values.get("gpu_millis");
    Double busy = values.get("gpu_busy_millis");
    if (seen != null && busy != null && seen > 0) {
      series.set(BUSY, index, busy / seen);
    }
  }

  Answer devices(ApiRequest request) throws Problem {
    String site = sites.ofPath(request).name();
    String node = request.path("node");
    Range range = Parameters.of(request, clock).range(HOUR, LONGEST_OF_DEVICES);
    Map<String, DeviceSeries> devices = new TreeMap<>(NaturalOrder.INSTANCE);
    FromStore.rows(
        "from",
        () ->
            windows.devices(
                site,
                node,
                range.millis(),
                MOST_DEVICE_ROWS,
                row ->
                    devices
                        .computeIfAbsent(
                            row.kind() + "/" + row.device(),
                            _ -> new DeviceSeries(row.device(), row.kind(), row.model()))
                        .add(row)));
    List<DeviceSeries> all = List.copyOf(devices.values());
    return request.format().equals("csv")
        ? Answer.of(DeviceSeries.table(all))
        : Answer.json(new Devices(site, node, range, all));
  }

  Answer placement(ApiRequest request) throws Problem {
    LiveSite site = sites.ofPath(request);
    String node = request.path("node");
    Range range = Parameters.of(request, clock).range(DAY, LONGEST);
    List<PlacementRow> rows = new ArrayList<>();
    List<PlacementView> placements = new ArrayList<>();
    FromStore.rows(
        "from",
        () -> {
          windows.placementsOfNode(site.name(), node, range.millis(), MOST_PLACEMENTS, rows::add);
          rows.sort(Comparator.comparingLong(PlacementRow::heldEpochMillis));
          PastOwners owners = new PastOwners(site, windows, range.millis(), request.visibility());
          owners.read(rows.stream().map(PlacementRow::job).toList());
          rows.forEach(row -> placements.add(view(site.name(), row, owners, request)));
        });
    return request.format().equals("csv")
        ? Answer.of(table(placements))
        : Answer.json(new Placements(site.name(), range, placements));
  }

  private static PlacementView view(
      String site, PlacementRow row, PastOwners owners, ApiRequest request) {
    AlertFigures.Owner owner = owners.of(row.job());
    boolean isShown = request.visibility().job(owner.user(), owner.project());
    return new PlacementView(
        row.node(),
        isShown ? row.job() : null,
        isShown ? owner.user() : null,
        Instant.ofEpochMilli(row.heldEpochMillis()),
        row.endEpochMillis() < 0 ? null : Instant.ofEpochMilli(row.endEpochMillis()),
        row.devices(),
        isShown ? JobPath.of(site, row.job()) : null);
  }

  private static Answer.Csv table(List<PlacementView> placements) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (PlacementView one : placements) {
      rows.add(
          Arrays.asList(one.node(), one.job(), one.user(), one.from(), one.to(), one.devices()));
    }
    return new Answer.Csv(List.of("node", "job", "user", "held_from", "held_to", "devices"), rows);
  }
}
