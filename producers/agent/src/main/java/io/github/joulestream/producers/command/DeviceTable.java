// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.command;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.probe.Detail;
import io.github.joulestream.producers.probe.Overlaps;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that the probes of a machine read, for people to look at: what is sent, and what is not. Each
 * probe is read twice, for what is known by comparison only.
 */
final class DeviceTable implements AutoCloseable {
  private final List<Probe> candidates;
  private final List<Probe> probes = new ArrayList<>();
  private final Map<String, String> unavailable = new LinkedHashMap<>();
  private final Map<String, DeviceSeries> before = new LinkedHashMap<>();
  private final Overlaps overlaps;
  private final Map<String, Device> seen = new LinkedHashMap<>();
  private final EpochClock clock;

  /** Opens the probes and reads them once. */
  DeviceTable(List<Probe> candidates, EpochClock clock) {
    this.candidates = List.copyOf(candidates);
    this.clock = clock;
    for (Probe probe : candidates) {
      try {
        probe.open();
        probes.add(probe);
      } catch (Probe.ProbeUnavailable e) {
        unavailable.put(probe.name(), String.valueOf(e.getMessage()));
      }
    }
    overlaps = new Overlaps(probes);
    for (Probe probe : probes) {
      try {
        for (DeviceSeries series : read(probe)) {
          before.put(series.device().id(), series);
        }
        statuses(probe); // counters begin here
      } catch (IOException e) {
        unavailable.put(probe.name() + ", at first", String.valueOf(e.getMessage()));
      }
    }
  }

  /** Stamped now, not when the first probe was opened or read: each may take seconds. */
  private List<DeviceSeries> read(Probe probe) throws IOException {
    return overlaps.settle(probe, probe.read(clock.epochMillis()));
  }

  /** By device; none if they cannot be read, for which the reason is kept. */
  private Map<String, DeviceStatus> statuses(Probe probe) {
    Map<String, DeviceStatus> statuses = new LinkedHashMap<>();
    try {
      for (DeviceStatus status : probe.statuses(clock.epochMillis())) {
        statuses.put(status.deviceId(), status);
      }
    } catch (IOException e) {
      unavailable.put("statuses of " + probe.name(), String.valueOf(e.getMessage()));
    }
    return statuses;
  }

  /** Reads the probes again; all of it as lines of text. */
  String read() {
    Lines lines = new Lines();
    for (Probe probe : probes) {
      lines.add("%s: %s".formatted(probe.name(), probe.describe()));
      try {
        addDevices(probe, lines);
      } catch (IOException e) {
        lines.add("  cannot be read: " + e.getMessage());
      }
      probe.notTaken().forEach(words -> lines.add("  not taken: " + words));
    }
    unavailable.forEach(
        (name, why) -> lines.add("%s: unavailable, because %s".formatted(name, why)));
    addTotal(lines);
    return lines.text();
  }

  private void addDevices(Probe probe, Lines lines) throws IOException {
    Map<String, List<Detail>> details = new LinkedHashMap<>();
    for (Detail detail : probe.details()) {
      details.computeIfAbsent(detail.device(), _ -> new ArrayList<>()).add(detail);
    }
    List<DeviceSeries> read = read(probe);
    Map<String, DeviceStatus> statuses = statuses(probe);
    for (DeviceSeries series : read) {
      String id = series.device().id();
      addDevice(series, before.remove(id), lines);
      addStatus(statuses.get(id), lines);
      addDetails(details.remove(id), lines);
    }
    // of those without a new reading, or that are lost
    details.forEach((id, rest) -> {
      DeviceSeries last = before.remove(id);
      if (last == null) {
        lines.add("  " + id);
      } else {
        addDevice(last, null, lines);
      }
      addDetails(rest, lines);
    });
  }

  /** What the node's total is made of. */
  private void addTotal(Lines lines) {
    List<Device> wholes = seen.values().stream().filter(d -> d.instanceOf().isEmpty()).toList();
    lines.add("what is added up on this node:");
    lines.ids("total", wholes, Device::countsInTotal);
    lines.ids("in it, and in their kinds", wholes, d -> !d.countsInTotal() && d.countsInKind());
    lines.ids("adds to nothing", wholes, d -> !d.countsInTotal() && !d.countsInKind());
  }

  private static void addStatus(@Nullable DeviceStatus status, Lines lines) {
    if (status != null) {
      status
          .values()
          .forEach((column, value) ->
              lines.field(StatusText.name(column), StatusText.value(column, value)));
    }
  }

  private static void addDetails(@Nullable List<Detail> details, Lines lines) {
    if (details != null) {
      details.forEach(detail -> lines.field(detail.name(), detail.value()));
    }
  }

  private void addDevice(DeviceSeries series, @Nullable DeviceSeries first, Lines lines) {
    Device device = series.device();
    seen.put(device.id(), device);
    Readings now = series.readings();
    int last = now.size() - 1;
    lines.add("  " + device.id());
    lines.field("kind", device.kind() + within(device));
    lines.text("model", device.model());
    lines.text("instance of", device.instanceOf());
    lines.field("power from", device.source().name().toLowerCase(Locale.ROOT));
    lines.number("power", now.power(last), Quantities::power);
    lines.positive("mean of", device.averagingMillis(), millis -> "%,d ms".formatted(millis));
    lines.number("energy counter", now.energy(last), DeviceTable::joules);
    lines.positive("counter wraps at", device.counterWrapMicrojoules(), DeviceTable::joules);
    if (first != null) {
      lines.number("power by counter", meanMilliwatts(first.readings(), now), Quantities::power);
    }
    lines.positive("power limit of the board", device.powerLimitMilliwatts(), Quantities::power);
    lines.number("busy", now.utilisation(last), share -> Quantities.percent(share / 1e4));
    lines.number("in use", now.used(last), Quantities::bytes);
    lines.positive("size", device.capacityBytes(), Quantities::bytes);
    if (now.readBytes().length > 0) {
      lines.number("read", now.readBytes()[last], Quantities::bytes);
    }
    if (now.writtenBytes().length > 0) {
      lines.number("written", now.writtenBytes()[last], Quantities::bytes);
    }
  }

  private static String within(Device device) {
    if (device.containedIn() == null) {
      return "";
    }
    return device.countsInKind()
        ? ", contained in " + device.containedIn()
        : ", adds to nothing: " + device.containedIn() + " is measured";
  }

  private static long meanMilliwatts(Readings first, Readings now) {
    int a = first.size() - 1;
    int b = now.size() - 1;
    long millis = now.epochMillis()[b] - first.epochMillis()[a];
    return millis <= 0 || first.energy(a) == MISSING || now.energy(b) == MISSING
        ? MISSING
        : (now.energy(b) - first.energy(a)) / millis; // µJ per ms
  }

  private static String joules(long microjoules) {
    return Quantities.withPrefix(microjoules / 1e6, "J");
  }

  /** Lines of text; fields that follow each other are one table. */
  private static final class Lines {
    private final StringBuilder text = new StringBuilder();
    private TextTable fields = newTable();

    private static TextTable newTable() {
      return new TextTable(Column.left(""), Column.left(""));
    }

    String text() {
      addFields();
      return text.toString();
    }

    void add(String line) {
      addFields();
      text.append(line).append(System.lineSeparator());
    }

    private void addFields() {
      fields
          .lines()
          .forEach(line -> text.append("    ").append(line).append(System.lineSeparator()));
      fields = newTable();
    }

    void field(String name, String value) {
      fields.row(name, value);
    }

    void ids(String name, List<Device> devices, Predicate<Device> which) {
      text(name, devices.stream().filter(which).map(Device::id).collect(Collectors.joining(", ")));
    }

    void text(String name, String value) {
      if (!value.isEmpty()) {
        field(name, value);
      }
    }

    void number(String name, long value, LongFunction<String> format) {
      if (value != MISSING) {
        field(name, format.apply(value));
      }
    }

    void positive(String name, long value, LongFunction<String> format) {
      number(name, value > 0 ? value : MISSING, format);
    }
  }

  @Override
  public void close() {
    candidates.forEach(Probe::close);
  }
}
