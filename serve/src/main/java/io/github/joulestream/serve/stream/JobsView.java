// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.http.JsonText;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that clients of one {@link Viewing} have: the viewer's own, then the largest of the
 * others that they may see. One thread.
 */
final class JobsView {
  /** Jobs that are gone are kept for clients that come again. */
  private static final int MOST_GONE = 2_000;

  private final Viewing viewing;
  private final Map<Base, byte[]> encoded = new HashMap<>();
  // in order, with the frame since which each is among them
  private Map<String, Long> members = new LinkedHashMap<>();
  private Map<String, JobRow> rows = Map.of();
  private final Deque<Gone> gone = new ArrayDeque<>();
  // clients that have an earlier frame get all anew
  private long completeSince;
  private long lastChange;
  private int total = -1;

  /** What a client has: a frame, and whether it is sure that it has nothing of a later one. */
  private record Base(long frame, boolean isSure) {}

  private record Gone(String job, long frame) {}

  JobsView(Viewing viewing, long frame) {
    this.viewing = viewing;
    this.completeSince = frame;
    this.lastChange = frame;
  }

  Viewing viewing() {
    return viewing;
  }

  /**
   * Takes in the jobs of the site.
   *
   * @param now all of them, each of them up to date, the largest first
   * @return whether something changed
   */
  boolean update(JobRows now, long frame) {
    encoded.clear();
    Visibility visibility = viewing.visibility();
    List<String> first = new ArrayList<>(now.ofUser(visibility.viewer().name()));
    int seen = first.size();
    for (Map.Entry<String, JobRow> each : now.all().entrySet()) {
      if (visibility.all() && first.size() >= viewing.jobs()) {
        seen = now.all().size();
        break;
      }
      JobRow row = each.getValue();
      if (!visibility.isOwn(row.user()) && visibility.job(row.user(), row.project())) {
        seen++;
        if (first.size() < viewing.jobs()) {
          first.add(each.getKey());
        }
      }
    }
    if (total != seen) {
      total = seen;
      lastChange = frame;
    }
    Map<String, Long> before = members;
    members = new LinkedHashMap<>();
    long latest = lastChange;
    for (String job : first.subList(0, Math.min(viewing.jobs(), first.size()))) {
      Long since = before.remove(job);
      members.put(job, since == null ? (Long) frame : since);
      if (since == null
          || requireNonNull(now.all().get(job)).hasChanged(viewing.positions(), frame - 1)) {
        latest = frame;
      }
    }
    for (String job : before.keySet()) {
      gone.addLast(new Gone(job, frame));
      latest = frame;
    }
    while (gone.size() > MOST_GONE) {
      completeSince = gone.removeFirst().frame();
    }
    lastChange = latest;
    rows = now.all();
    return lastChange == frame;
  }

  /**
   * The event for a client that has this frame; null if nothing changed since.
   *
   * @param isSure whether it has nothing of a later one: not so after its connection was lost
   */
  byte @Nullable [] changes(long base, boolean isSure) {
    return base >= lastChange
        ? null
        : encoded.computeIfAbsent(new Base(base, isSure), this::encode);
  }

  private byte[] encode(Base of) {
    long base = of.frame();
    boolean isFull = base < completeSince;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ascii(out, "{\"full\":" + isFull + ",\"total\":" + total + ",\"jobs\":[");
    boolean first = true;
    for (Map.Entry<String, Long> member : members.entrySet()) {
      JobRow row = requireNonNull(rows.get(member.getKey()));
      boolean isNew = isFull || member.getValue() > base;
      if (isNew || row.hasChanged(viewing.positions(), base)) {
        ascii(out, first ? "" : ",");
        boolean own = viewing.visibility().isOwn(row.user());
        row.write(out, viewing.positions(), own, isNew ? -1 : base, of.isSure());
        first = false;
      }
    }
    ascii(out, "],\"gone\":");
    out.writeBytes(JsonText.bytes(isFull ? List.of() : goneSince(base)));
    ascii(out, "}");
    return out.toByteArray();
  }

  private List<String> goneSince(long base) {
    return gone.stream()
        .filter(one -> one.frame() > base && !members.containsKey(one.job()))
        .map(Gone::job)
        .distinct()
        .toList();
  }

  private static void ascii(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(US_ASCII));
  }
}
