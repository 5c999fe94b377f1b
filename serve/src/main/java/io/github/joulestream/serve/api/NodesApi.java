// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.ApiRequest;
import io.github.joulestream.serve.http.Cursor;
import io.github.joulestream.serve.http.Parameters;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.live.NaturalOrder;
import io.github.joulestream.serve.live.NodeTable;
import io.github.joulestream.store.history.WindowReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Nodes: as they are now; for their past see {@link NodeHistory}. */
public final class NodesApi {
  private static final List<String> COLUMNS =
      List.of(
          "node",
          "rack",
          "milliwatts",
          "highest_milliwatts",
          "busy_ratio",
          "held_idle_ratio",
          "temperature_celsius",
          "at",
          "age_seconds",
          "silent",
          "alerting",
          "jobs");

  private final LiveSitesView sites;
  private final NodeHistory history;
  private final EpochClock clock;

  /** Out of what is known now, and a store. */
  public NodesApi(LiveSites sites, WindowReader windows, EpochClock clock) {
    this.sites = new LiveSitesView(sites);
    this.history = new NodeHistory(this.sites, windows, clock);
    this.clock = clock;
  }

  /** What is answered of nodes. */
  public List<Route> routes() {
    String node = "/api/v1/sites/{site}/nodes/{node}";
    Set<String> range = Set.of("from", "to", "zone", "format");
    return List.of(
        Route.get(
            "/api/v1/sites/{site}/nodes", Set.of("rack", "cursor", "limit", "format"), this::all),
        Route.get(node, Set.of(), this::one),
        Route.get(node + "/power", Set.of("from", "to", "zone", "step", "format"), history::power),
        Route.get(node + "/devices", range, history::devices),
        Route.get(node + "/placement", range, history::placement));
  }

  private record Nodes(String site, List<NodeView> nodes, @Nullable String next) {}

  private record Gpu(
      String id,
      long milliwatts,
      @Nullable Double busyRatio,
      @Nullable Double temperatureCelsius) {}

  private record Detail(
      NodeView now,
      Map<String, String> labels,
      @Nullable String agentVersion,
      @Nullable String reported,
      List<String> unavailable,
      List<Gpu> gpus,
      List<@Nullable Long> recent,
      List<AlertFigures> alerts) {}

  private Answer all(ApiRequest request) throws Problem {
    LiveSite site = sites.ofPath(request);
    Parameters parameters = Parameters.of(request, clock);
    Optional<String> rack = parameters.text("rack");
    int limit = parameters.limit();
    Optional<Cursor> cursor = Cursor.of(request, 2);
    NodeTable table = site.nodes();
    BitSet page = new BitSet();
    int last = -1;
    int i = cursor.isPresent() ? after(table, cursor.get().keys()) : 0;
    for (; i < table.names().size() && page.cardinality() < limit; i++) {
      if (rack.isEmpty() || rack.get().equals(table.racks().get(i))) {
        page.set(i);
        last = i;
      }
    }
    boolean more = false;
    for (; i < table.names().size() && !more; i++) {
      more = rack.isEmpty() || rack.get().equals(table.racks().get(i));
    }
    String next =
        more && last >= 0
            ? Cursor.next(request, table.racks().get(last), table.names().get(last))
            : null;
    List<NodeView> nodes =
        new NodeViews(site, table, request.visibility(), clock.epochMillis()).of(page);
    return (request.format().equals("csv")
            ? Answer.of(new Answer.Csv(COLUMNS, nodes.stream().map(NodesApi::row).toList()))
            : Answer.json(new Nodes(site.name(), nodes, next)))
        .withNext(next);
  }

  /** The position of the first node that comes after these keys, whether it still is there. */
  private static int after(NodeTable table, List<String> keys) {
    int low = 0;
    int high = table.names().size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = NaturalOrder.INSTANCE.compare(table.racks().get(middle), keys.getFirst());
      if (order == 0) {
        order = NaturalOrder.INSTANCE.compare(table.names().get(middle), keys.getLast());
      }
      if (order <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static List<@Nullable Object> row(NodeView node) {
    return Arrays.asList(
        node.node(),
        node.rack(),
        node.milliwatts(),
        node.highestMilliwatts(),
        node.busyRatio(),
        node.heldIdleRatio(),
        node.temperatureCelsius(),
        node.at(),
        node.ageSeconds(),
        node.silent(),
        node.alerting(),
        node.jobs().stream()
            .flatMap(job -> Stream.ofNullable(job.job()))
            .collect(Collectors.joining(" ")));
  }

  private Answer one(ApiRequest request) throws Problem {
    LiveSite site = sites.ofPath(request);
    String node = request.path("node");
    NodeTable table = site.nodes();
    int position = table.names().indexOf(node);
    if (position < 0) {
      throw Problem.notFound("no such node");
    }
    BitSet only = new BitSet();
    only.set(position);
    NodeView now =
        new NodeViews(site, table, request.visibility(), clock.epochMillis()).of(only).getFirst();
    Optional<NodeRecord> record = site.record(node);
    List<AlertFigures> alerts = new ArrayList<>();
    for (Alert alert : site.alerts()) {
      if (isAbout(alert, node)) {
        AlertFigures.of(alert, request.visibility(), Owners.of(site)).ifPresent(alerts::add);
      }
    }
    return Answer.json(
        new Detail(
            now,
            new TreeMap<>(record.map(NodeRecord::labels).orElse(Map.of())),
            record.map(NodeRecord::agentVersion).orElse(null),
            record.map(one -> Times.text(one.epochMillis())).orElse(null),
            record.map(NodeRecord::unavailable).orElse(List.of()),
            site.gpus(node).stream()
                .map(gpu ->
                    new Gpu(
                        gpu.id(),
                        gpu.milliwatts(),
                        Shares.ratio(gpu.utilisationBasisPoints()),
                        Shares.celsius(gpu.temperatureDecidegrees())))
                .toList(),
            known(site.recentMilliwatts(node)),
            alerts));
  }

  private static boolean isAbout(Alert alert, String node) {
    return alert.scope().equals(Scope.node(node).text())
        || alert.scope().startsWith("device=" + node + "/");
  }

  private static List<@Nullable Long> known(long[] values) {
    List<@Nullable Long> known = new ArrayList<>(values.length);
    for (long value : values) {
      known.add(value < 0 ? null : (Long) value);
    }
    return known;
  }
}
