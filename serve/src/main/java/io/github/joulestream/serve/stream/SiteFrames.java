// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.serve.api.Owners;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.http.JsonText;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.live.NodeTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a site: at most one a second, and only while somebody listens and something
 * changed. A frame is encoded once for all clients that see the same and have the same. One thread.
 */
final class SiteFrames {
  /** At least so often there is a frame while somebody listens: ages rise when nothing changes. */
  private static final long LONGEST_MILLIS = 5_000;

  private static final long SHORTEST_MILLIS = 1_000;

  /** So long views are kept that have no client, for those that come again. */
  private static final long VIEW_KEPT_MILLIS = 60_000;

  private static final int MOST_VIEWS = 1_000;
  private static final int MOST_BYTES_AT_ONCE = 512 << 10;

  private final String name;
  private final LiveSites sites;
  private final SiteStates states;
  private final JobCosts costs;
  private final List<FrameClient> clients = new ArrayList<>();
  private final Map<CellsMode, Cells> cells = new EnumMap<>(CellsMode.class);
  private JobRows rows = new JobRows();
  private final Map<Viewing, View> views = new LinkedHashMap<>();
  private final Map<Integer, byte[]> site = new HashMap<>(); // by alerts that are seen to fire
  private long frame;
  private long frameMillis;
  private long changes = -1;
  private @Nullable Racks racks;

  /** What is kept for clients that want and see the same. */
  private static final class View {
    final JobsView jobs;
    final AlertsView alerts;
    long usedMillis;

    View(Viewing viewing, long frame) {
      jobs = new JobsView(viewing, frame);
      alerts = new AlertsView(viewing.visibility());
    }
  }

  SiteFrames(String name, LiveSites sites, SiteStates states, JobCosts costs) {
    this.name = name;
    this.sites = sites;
    this.states = states;
    this.costs = costs;
  }

  /** Number of clients. */
  int clients() {
    return clients.size();
  }

  /**
   * Adds a client, and sends it what there is.
   *
   * @param now of a clock that steps neither back nor ahead, ms
   */
  void add(FrameClient client, long now) {
    clients.add(client);
    client.begin(frame);
    boolean isNew = !views.containsKey(client.viewing()) || isCellsNew(client.viewing());
    view(client.viewing(), now);
    if (isNew || now - frameMillis >= SHORTEST_MILLIS) {
      make(now, true);
    }
    send(client);
  }

  void remove(FrameClient client) {
    clients.remove(client);
  }

  /**
   * Makes a frame, if it is time for one, and sends it.
   *
   * @param now of a clock that steps neither back nor ahead, ms
   */
  void tick(long now) {
    views.values().removeIf(view -> now - view.usedMillis > VIEW_KEPT_MILLIS);
    if (clients.isEmpty()) {
      return;
    }
    make(now, now - frameMillis >= LONGEST_MILLIS);
    for (FrameClient client : List.copyOf(clients)) {
      send(client);
    }
  }

  /** Ends all connections. */
  void close() {
    for (FrameClient client : List.copyOf(clients)) {
      client.bye();
    }
    clients.clear();
  }

  private boolean isCellsNew(Viewing viewing) {
    return viewing.seesCells() && !cells.containsKey(viewing.mode());
  }

  private View view(Viewing viewing, long now) {
    View view = views.get(viewing);
    if (view == null) {
      if (views.size() >= MOST_VIEWS) {
        removeOneWithoutClients();
      }
      view = new View(viewing, frame + 1);
      views.put(viewing, view);
    }
    view.usedMillis = now;
    return view;
  }

  private void removeOneWithoutClients() {
    Set<Viewing> used = new HashSet<>();
    clients.forEach(client -> used.add(client.viewing()));
    views.keySet().stream()
        .filter(viewing -> !used.contains(viewing))
        .findFirst()
        .ifPresent(views::remove);
  }

  private void make(long now, boolean always) {
    Optional<LiveSite> live = sites.site(name);
    if (live.isEmpty()) {
      return;
    }
    LiveSite of = live.get();
    long next = frame + 1;
    clients.forEach(client -> view(client.viewing(), now));
    long changesNow = of.changes();
    boolean changed = always || changesNow != changes;
    changes = changesNow;
    NodeTable table = of.nodes();
    List<LiveJob> jobs = of.jobs().stream().filter(SiteStates::isRunning).toList();
    changed |= updateCells(table, jobs, states.epochMillis(), next);
    updateRows(jobs, table.version(), next);
    for (View view : views.values()) {
      changed |= view.jobs.update(rows, next);
      changed |= view.alerts.update(of.alerts(), Owners.of(of), next);
    }
    if (changed) {
      frame = next;
      frameMillis = now;
      site.clear();
      for (View view : views.values()) {
        site.computeIfAbsent(
            view.alerts.firing(), firing -> JsonText.bytes(states.of(of, jobs, firing)));
      }
    }
  }

  private boolean updateCells(NodeTable table, List<LiveJob> jobs, long now, long next) {
    for (FrameClient client : clients) {
      if (client.viewing().seesCells()) {
        cells.computeIfAbsent(client.viewing().mode(), _ -> new Cells());
      }
    }
    if (cells.isEmpty()) {
      return false;
    }
    BitSet held = new BitSet(table.names().size());
    for (LiveJob job : jobs) {
      if (job.nodesVersion() == table.version()) {
        for (int node : job.nodes()) {
          held.set(node);
        }
      }
    }
    boolean changed = false;
    Cells ofNodes = cells.get(CellsMode.NODES);
    if (ofNodes != null) {
      changed = ofNodes.update(table, held, now, next);
    }
    Cells ofRacks = cells.get(CellsMode.RACKS);
    if (ofRacks != null) {
      Racks known = Racks.of(table, racks);
      racks = known;
      changed |= ofRacks.update(known.table(), known.of(held), now, next);
    }
    return changed;
  }

  private void updateRows(List<LiveJob> jobs, long version, long next) {
    Map<String, JobRow> before = rows.all();
    rows = new JobRows();
    for (LiveJob job : jobs) {
      JobRow known = before.get(job.job());
      JobRow row = known == null ? new JobRow(name, job.job()) : known;
      row.update(job, costs, next);
      if (job.nodesVersion() == version) {
        if (cells.containsKey(CellsMode.NODES)) {
          row.setNodes(CellsMode.NODES, job.nodes(), next);
        }
        Racks inRacks = racks;
        if (inRacks != null) {
          row.setNodes(CellsMode.RACKS, inRacks.positions(job.nodes()), next);
        }
      }
      rows.add(job.job(), row);
    }
  }

  private void send(FrameClient client) {
    long base = client.base();
    if (base >= frame || client.isBehind()) {
      return;
    }
    Viewing viewing = client.viewing();
    View view = requireNonNull(views.get(viewing));
    FrameEvents events = new FrameEvents();
    if (viewing.visibility().sites()) {
      events.add("site", site.get(view.alerts.firing()));
    }
    Cells map = viewing.seesCells() ? cells.get(viewing.mode()) : null;
    if (map != null) {
      byte[] names = client.hasNames(map.version()) ? null : map.names(base);
      events.add("nodes", names);
      if (names != null && names.length > MOST_BYTES_AT_ONCE) {
        // a client takes a bounded number of bytes at once: the rest comes with the next frame
        if (!client.sendPart(events, map.version())) {
          clients.remove(client);
        }
        return;
      }
      events.add("cells", map.changes(base));
    }
    events.add("jobs", view.jobs.changes(base, client.isSure()));
    events.add("alerts", view.alerts.changes(base));
    if (!client.send(events, frame)) {
      clients.remove(client);
    }
  }
}
