// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * What the whole page keeps in memory, frame after frame and view after view: nothing that grows.
 * Frames come as fast as they are taken. {@code -Dpage.frames=4000} watches it for as many of them
 * as there are in an hour.
 */
class ITPageMemory {
  private static final int NODES = Integer.getInteger("page.nodes", 400);
  private static final int FRAMES = Integer.getInteger("page.frames", 320);
  private static final int VISITS = Integer.getInteger("page.visits", 10);

  /** From now on the curve has its hour of points: that many frames, 10 s apart. */
  private static final int FIRST = 400;

  /** The frames that follow, s apart: what is older than ten minutes is thinned out meanwhile. */
  private static final int STEP = 5;

  private static final int AT_ONCE = 40;
  private static final Duration LET_GO = Duration.ofSeconds(30);

  /**
   * Memory of scripts without garbage, bytes; nodes of the document and listeners, also lost ones.
   */
  private record Kept(long heap, long nodes, long listeners) {
    static Kept of(Chromium chromium) {
      // a second collection frees what finalizers of the first let go
      chromium.driver.executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
      chromium.driver.executeCdpCommand("HeapProfiler.collectGarbage", Map.of());
      Map<String, Long> metrics = new TreeMap<>();
      Map<String, Object> answer =
          chromium.driver.executeCdpCommand("Performance.getMetrics", Map.of());
      for (Object each : (List<?>) requireNonNull(answer.get("metrics"))) {
        Map<?, ?> metric = (Map<?, ?>) each;
        metrics.put(
            String.valueOf(metric.get("name")),
            ((Number) requireNonNull(metric.get("value"))).longValue());
      }
      return new Kept(
          requireNonNull(metrics.get("JSHeapUsedSize")),
          requireNonNull(metrics.get("Nodes")),
          requireNonNull(metrics.get("JSEventListeners")));
    }

    /**
     * And one view with charts: the engine may keep one chart, that of which it remembers the shape
     * of an object with getters (its AllocationSite), and with it the view around the chart.
     */
    Kept withOneView() {
      return new Kept(heap, nodes + 800, listeners + 35);
    }

    /** But for a few; a lost view for each visit is many times as much. */
    boolean hasNoMoreThan(Kept before) {
      return nodes < before.nodes + 200 && listeners < before.listeners + 20;
    }

    void print(String after) {
      System.out.printf(
          Locale.ROOT,
          "page after %s: heap %.2f MB, %d nodes of the document, %d listeners%n",
          after,
          heap / 1e6,
          nodes,
          listeners);
    }
  }

  @Test
  void framesLeaveNothingBehind() throws Exception {
    try (MadePage page = new MadePage(NODES);
        Chromium chromium = open(page)) {
      feed(chromium, FIRST, 10);
      Kept.of(chromium).print(FIRST + " frames of 10 s");
      List<Kept> kept = new ArrayList<>();
      int fed = 0;
      for (int frames : List.of(FRAMES / 8, FRAMES / 4, FRAMES / 2, FRAMES)) {
        feed(chromium, frames - fed, STEP);
        fed = frames;
        Kept now = Kept.of(chromium);
        now.print(frames + " frames");
        kept.add(now);
      }
      assertNoMore(kept.get(2), kept.get(3), 150_000);
      assertThat(chromium.errors()).isEmpty();
    }
  }

  @Test
  void viewsLeaveNothingBehind() throws Exception {
    try (MadePage page = new MadePage(NODES);
        Chromium chromium = open(page)) {
      feed(chromium, FIRST, 10);
      visit(chromium, 2);
      Kept before = Kept.of(chromium);
      before.print("2 visits to all views");
      visit(chromium, VISITS);
      // the view that was left last is held by what it had asked for, until that is answered
      Await.until(
          "views that were left are let go",
          LET_GO,
          () -> Kept.of(chromium).hasNoMoreThan(before.withOneView()),
          () -> before + ", " + Kept.of(chromium));
      Kept after = Kept.of(chromium);
      after.print(2 + VISITS + " visits");
      assertNoMore(before.withOneView(), after, 600_000);
    }
  }

  /** A lost row of a job for each frame, or a lost view for each visit, is many times as much. */
  private static void assertNoMore(Kept before, Kept after, long bytes) {
    assertThat(after).matches(kept -> kept.hasNoMoreThan(before), "nodes and listeners");
    assertThat(after.heap()).as("heap, bytes").isLessThan(before.heap() + bytes);
  }

  /** A page that gets its frames from a script, in place of the server's. */
  private static Chromium open(MadePage page) throws IOException {
    Chromium chromium = new Chromium(1440, 900);
    chromium.driver.manage().timeouts().scriptTimeout(Duration.ofMinutes(3));
    chromium.driver.executeCdpCommand("Performance.enable", Map.of());
    chromium.driver.get(page.root().toString());
    new WebDriverWait(chromium.driver, Duration.ofMinutes(1))
        .withMessage("nodes are known")
        .until(driver ->
            Boolean.TRUE.equals(
                    chromium.eval("globalThis.joulestream?.live.current?.nodes?.count > 0"))
                && Boolean.TRUE.equals(
                    chromium.eval("document.querySelector('.map-plane canvas') !== null")));
    try (InputStream script = ITPageMemory.class.getResourceAsStream("made-frames.js")) {
      chromium.driver.executeScript(new String(requireNonNull(script).readAllBytes(), UTF_8));
    }
    return chromium;
  }

  private static void feed(Chromium chromium, int frames, int seconds) {
    for (int left = frames; left > 0; left -= AT_ONCE) {
      run(chromium, "made.feed(%d, %d)".formatted(Math.min(AT_ONCE, left), seconds));
    }
  }

  private static void visit(Chromium chromium, int times) {
    for (int i = 0; i < times; i++) {
      run(chromium, "made.visit()");
    }
  }

  private static void run(Chromium chromium, String promise) {
    Object failure =
        chromium.driver.executeAsyncScript(
            "const done = arguments[0]; %s.then(() => done(''), (e) => done(String(e.stack)));"
                .formatted(promise));
    assertThat(failure).isEqualTo("");
  }
}
