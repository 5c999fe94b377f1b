// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several runs under one machine's name. Where they follow each other, or have the same readings at
 * the same time, they are of one machine. Two that differ at one time are of two machines that a
 * submission gives one name: each then has nodes of its own. A run that is published twice, with
 * the same readings, is one run.
 */
final class SharedMachines {
  private static final int MAX_SHOWN = 3;

  private final Notices notices;

  SharedMachines(Notices notices) {
    this.notices = notices;
  }

  List<Run> settled(List<Run> runs) {
    Map<String, List<Run>> byMachine = new LinkedHashMap<>();
    for (Run run : runs) {
      byMachine.computeIfAbsent(run.machine, _ -> new ArrayList<>()).add(run);
    }
    Set<String> taken = new HashSet<>(byMachine.keySet());
    List<Run> settled = new ArrayList<>();
    byMachine.forEach((machine, all) -> {
      List<Run> once = once(all);
      Set<Run> apart = overlapping(once);
      for (Run run : once) {
        settled.add(apart.contains(run) ? run.named(free(run.ownMachine, taken)) : run);
      }
      if (!apart.isEmpty()) {
        sayApart(machine, apart);
      }
    });
    return settled;
  }

  private static String free(String name, Set<String> taken) {
    String free = name;
    for (int copy = 2; !taken.add(free); copy++) {
      free = name + "~" + copy;
    }
    return free;
  }

  private void sayApart(String machine, Set<Run> apart) {
    List<String> shown = apart.stream().limit(MAX_SHOWN).map(run -> run.file).toList();
    String more =
        apart.size() > shown.size() ? " and %d more".formatted(apart.size() - shown.size()) : "";
    notices.add(
        ("%s: %d runs have different readings at the same time, so they are of different machines;"
                + " each has nodes named after its run: %s%s")
            .formatted(machine, apart.size(), String.join(", ", shown), more));
  }

  // ---- one run published more than once

  /** Equal for the same readings, whatever the run is called. */
  private static List<String> readings(Run run) {
    List<String> readings = new ArrayList<>();
    for (Run.Log log : run.logs) {
      for (DeviceSeries series : log.log().devices()) {
        MessageDigest digest = Digests.sha256();
        Digests.put(digest, series.readings().epochMillis());
        Digests.put(digest, series.readings().powerMilliwatts());
        readings.add(
            "%s/%s %s"
                .formatted(
                    log.suffix(), series.device().id(), HexFormat.of().formatHex(digest.digest())));
      }
    }
    Collections.sort(readings);
    return readings;
  }

  private List<Run> once(List<Run> runs) {
    if (runs.size() == 1) {
      return runs;
    }
    Map<List<String>, Run> byReadings = new LinkedHashMap<>();
    for (Run run : runs) {
      Run first = byReadings.putIfAbsent(readings(run), run);
      if (first != null) {
        merge(first, run);
      }
    }
    return List.copyOf(byReadings.values());
  }

  private void merge(Run first, Run again) {
    boolean others = false;
    for (TracedJob job : again.jobs) {
      if (first.jobs.stream().noneMatch(known -> atOneTime(known, job))) {
        first.add(job);
        others = true;
      }
    }
    notices.add(
        (others
                ? "%s: its readings are those of %s and are counted once"
                : "%s: the same run as %s, with the same readings; counted once, and no job of its own")
            .formatted(again.file, first.file));
  }

  private static boolean atOneTime(TracedJob one, TracedJob other) {
    return one.ended().span().startEpochMillis() < other.ended().span().endEpochMillis()
        && other.ended().span().startEpochMillis() < one.ended().span().endEpochMillis();
  }

  // ---- different machines under one name

  /** From the first reading of a log to its last. */
  private record Span(Run run, NodeLog log, long first, long last) {}

  private static Set<Run> overlapping(List<Run> runs) {
    Set<Run> apart = new LinkedHashSet<>();
    if (runs.size() == 1) {
      return apart;
    }
    Map<String, List<Span>> byNode = new HashMap<>();
    for (Run run : runs) {
      for (Run.Log log : run.logs) {
        Span span = span(run, log.log());
        if (span != null) {
          byNode.computeIfAbsent(log.suffix(), _ -> new ArrayList<>()).add(span);
        }
      }
    }
    for (List<Span> spans : byNode.values()) {
      spans.sort(Comparator.comparingLong(Span::first));
      List<Span> open = new ArrayList<>();
      for (Span span : spans) {
        open.removeIf(earlier -> earlier.last < span.first);
        for (Span earlier : open) {
          if (earlier.run != span.run && differ(earlier, span)) {
            apart.add(earlier.run);
            apart.add(span.run);
          }
        }
        open.add(span);
      }
    }
    return apart;
  }

  private static @Nullable Span span(Run run, NodeLog log) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (DeviceSeries series : log.devices()) {
      for (long time : series.readings().epochMillis()) {
        first = Math.min(first, time);
        last = Math.max(last, time);
      }
    }
    return first > last ? null : new Span(run, log, first, last);
  }

  /** True if the power of some device differs in the time that both cover. */
  private static boolean differ(Span one, Span other) {
    long from = Math.max(one.first, other.first);
    long to = Math.min(one.last, other.last);
    for (DeviceSeries series : one.log.devices()) {
      for (DeviceSeries rival : other.log.devices()) {
        if (series.device().id().equals(rival.device().id())
            && !power(series, from, to).equals(power(rival, from, to))) {
          return true;
        }
      }
    }
    return false;
  }

  /** By time; of equal times the last. */
  private static Map<Long, Long> power(DeviceSeries series, long from, long to) {
    Readings readings = series.readings();
    Map<Long, Long> power = new HashMap<>();
    for (int i = 0; i < readings.size(); i++) {
      long time = readings.epochMillis()[i];
      if (time >= from && time <= to && readings.power(i) != MISSING) {
        power.put(time, readings.power(i));
      }
    }
    return power;
  }
}
