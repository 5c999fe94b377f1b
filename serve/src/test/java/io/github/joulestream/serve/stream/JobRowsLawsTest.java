// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.stream.JobCosts.JobCost;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever frames a client missed, it has of jobs what one that comes now is sent. */
class JobRowsLawsTest {
  private static final int ROUNDS = 300;
  private static final int IDS = 25;
  private static final int NODES = 40;
  private static final int RECENT = 60;

  private final FakeSite site = new FakeSite("s", NODES, 4);
  private final Map<String, State> states = new HashMap<>();
  private long now = FakeSite.NOW;
  private long prices = 1;
  private final SiteFrames frames =
      new SiteFrames(
          "s",
          site,
          new SiteStates(() -> now, Map.of(), CarbonBasis.Scope.LIFECYCLE),
          (s, job, millijoules) ->
              prices % 5 == 0
                  ? JobCost.UNKNOWN
                  : new JobCost(
                      BigDecimal.valueOf(millijoules * prices, 7),
                      prices % 7 == 0 ? "CHF" : "EUR",
                      BigDecimal.valueOf(millijoules, 5)));

  /** What a job does. */
  private static final class State {
    String user = "";
    long millijoules = -1;
    long milliwatts;
    long[] recent = new long[RECENT];
    int[] nodes = {};

    State() {
      Arrays.fill(recent, -1);
    }
  }

  /** A page: it keeps what it has while it is not connected. */
  private static final class Page {
    final Viewing viewing;
    final FakeSink sink = new FakeSink();
    @Nullable FrameClient client;

    Page(Viewing viewing) {
      this.viewing = viewing;
    }
  }

  private static Viewing viewing(String user, Role role, CellsMode mode, int jobs) {
    return new Viewing(
        new Visibility(new Viewer(user, role, new TreeSet<>(List.of("p"))), true), mode, jobs);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverFramesAClientMisses_itHasWhatOneThatComesNowIsSent(long seed) {
    Random random = new Random(seed);
    List<Page> pages = new ArrayList<>();
    for (Viewing viewing :
        List.of(
            viewing("", Role.VIEWER, CellsMode.NODES, 200),
            viewing("", Role.VIEWER, CellsMode.RACKS, 5),
            viewing("ada", Role.USER, CellsMode.NONE, 200))) {
      for (int i = 0; i < 4; i++) {
        pages.add(new Page(viewing));
      }
    }
    int compared = 0;
    for (int round = 0; round < ROUNDS; round++) {
      change(random);
      pages.forEach(page -> beforeAFrame(page, random));
      now += random.nextInt(60) == 0 ? 70_000 : 1_000;
      frames.tick(now);
      for (Page page : pages) {
        FrameClient connected = page.client;
        if (connected == null || page.sink.behind) {
          continue;
        }
        if (page.sink.isCut()) {
          frames.remove(connected);
          page.client = null;
          continue;
        }
        FakeSink fresh = new FakeSink();
        FrameClient client = client(page.viewing, "", fresh);
        frames.add(client, now);
        frames.remove(client);
        assertThat(page.sink.jobs).as("round %d", round).isEqualTo(fresh.jobs);
        assertThat(page.sink.total).isEqualTo(fresh.total);
        fresh.jobs.forEach((id, row) -> isAsTheJob(row, requireNonNull(site.jobs.get(id))));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(ROUNDS);
  }

  private static void isAsTheJob(JsonNode row, LiveJob job) {
    JobSummary summary = job.summary();
    assertThat(row.size()).isEqualTo(17);
    assertThat(row.path("milliwatts").longValue()).isEqualTo(job.milliwatts());
    assertThat(row.path("gpus").doubleValue()).isEqualTo(job.nodes().length);
    if (summary == null) {
      assertThat(row.path("energyMillijoules").isNull()).isTrue();
      assertThat(row.path("idleGpuMillis").isNull()).isTrue();
      assertThat(row.path("cost").isNull()).isTrue();
      assertThat(row.path("start").isNull()).isTrue();
    } else {
      assertThat(row.path("energyMillijoules").longValue())
          .isEqualTo(summary.totals().get(JobAmount.TOTAL_MILLIJOULES));
      assertThat(row.path("user").textValue()).isEqualTo(summary.details().user());
    }
    // the newest window is as it was when the one before it ended
    for (int i = 0; i < RECENT - 1; i++) {
      assertThat(row.path("recent").path(i).asLong(-1)).isEqualTo(job.recentMilliwatts()[i]);
    }
    assertThat(row.path("recent")).hasSize(RECENT);
  }

  private FrameClient client(Viewing viewing, String last, FakeSink sink) {
    return new FrameClient(viewing, FrameId.of(7, "s", viewing), last, sink);
  }

  /** Pages come, go, lose their connection within a frame, and do not keep up. */
  private void beforeAFrame(Page page, Random random) {
    FrameClient client = page.client;
    page.sink.behind = random.nextInt(4) == 0;
    if (client == null) {
      if (random.nextInt(3) == 0) {
        page.sink.most = Integer.MAX_VALUE;
        page.client = client(page.viewing, page.sink.lastId, page.sink);
        frames.add(page.client, now);
      }
    } else if (random.nextInt(10) == 0) {
      frames.remove(client);
      page.client = null;
    } else if (random.nextInt(8) == 0) {
      page.sink.most = page.sink.received.size() + random.nextInt(6);
    }
  }

  private void change(Random random) {
    boolean window = random.nextInt(4) == 0;
    prices += random.nextInt(20) == 0 ? 1 : 0;
    if (random.nextInt(50) == 0) {
      site.table = FakeSite.table(site.table.version() + 1, NODES, 4);
    }
    if (random.nextBoolean()) {
      // the event after that of jobs
      site.alerts = List.of(FakeAlert.of(Scope.SITE, "of " + random.nextInt()));
    }
    for (int i = 0; i < IDS; i++) {
      String id = "c/" + i;
      State state = states.get(id);
      if (state == null) {
        if (random.nextInt(20) == 0) {
          states.put(id, new State());
        }
      } else if (random.nextInt(40) == 0) {
        states.remove(id);
        site.jobs.remove(id);
        site.changes++;
      } else {
        change(state, window, random);
        site.run(
            id,
            state.millijoules < 0
                ? null
                : FakeSite.summary("s", id, state.user, "q", state.millijoules),
            state.milliwatts,
            state.recent.clone(),
            state.nodes);
      }
    }
  }

  private static void change(State state, boolean window, Random random) {
    if (random.nextInt(3) > 0) {
      state.milliwatts = random.nextLong(20_000_000);
    }
    int begun = window ? random.nextInt(10) == 0 ? random.nextInt(1, 12) : 1 : 0;
    if (begun > 0) {
      System.arraycopy(state.recent, begun, state.recent, 0, RECENT - begun);
      for (int i = RECENT - begun - 1; i < RECENT; i++) {
        state.recent[i] = random.nextInt(5) == 0 ? -1 : random.nextLong(3);
      }
    }
    state.recent[RECENT - 1] = state.milliwatts;
    if (random.nextInt(10) == 0) {
      state.millijoules = Math.max(0, state.millijoules) + random.nextLong(5_000_000);
    }
    if (random.nextInt(30) == 0) {
      state.user = List.of("ada", "bob", "").get(random.nextInt(3));
    }
    if (random.nextInt(20) == 0) {
      int first = random.nextInt(NODES - 6);
      state.nodes = IntStream.range(first, first + random.nextInt(6)).toArray();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.000, 0",
    "7, 7",
    "0.1234567, 0.123456",
    "0.00012345678, 0.000123456",
    "12.345678, 12.3456",
    "1234.9999999, 1234.99",
    "1234567.899, 1234567.89",
    "1200000, 1200000",
    "-0.00099999999, -0.000999999",
    "5.000000, 5"
  })
  void amountsAreCut(BigDecimal exact, String sent) {
    assertThat(JobSums.cut(exact).toPlainString()).isEqualTo(sent);
  }
}
