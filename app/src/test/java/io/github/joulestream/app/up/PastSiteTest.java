// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastSiteTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final SimulationOptions OPTIONS = new SimulationOptions("s", 2, 7);

  @TempDir Path folder;

  /** Counts batches, and keeps whether all were flushed. */
  private static final class Counted implements Publisher {
    int batches;
    boolean flushed;
    final List<GridRecord> grid = new ArrayList<>();

    @Override
    public void publish(TelemetryBatch batch) {
      batches++;
      flushed = false;
    }

    @Override
    public void publish(AllocationEvent event) {}

    @Override
    public void publish(JobRecord job) {}

    @Override
    public void publish(NodeRecord node) {}

    @Override
    public void flush() {
      flushed = true;
    }

    @Override
    public void close() {}
  }

  @Test
  void theWholeLengthIsSimulated_inStepsOfASecond() {
    PastSite site = new PastSite(OPTIONS, Duration.ofSeconds(60), null, () -> NOW, () -> false);
    Counted published = new Counted();
    List<Double> progress = new ArrayList<>();
    assertThat(site.progress()).isZero();
    site.publish(published, published.grid::add, () -> progress.add(site.progress()));
    assertThat(progress).hasSize(60).isSorted().startsWith(1 / 60.0).endsWith(1.0);
    assertThat(site.wasCutShort()).isFalse();
    assertThat(site.readings()).isPositive();
    assertThat(published.batches).isPositive();
    assertThat(published.flushed).isTrue();
  }

  /** NOW is at 22:13:20: of half an hour before, the hours from 21 o'clock and from 22 o'clock. */
  @Test
  void theSupplyOfTheTime_isPublishedToo() {
    PastSite site = new PastSite(OPTIONS, Duration.ofMinutes(30), null, () -> NOW, () -> true);
    Counted published = new Counted();
    site.publish(published, published.grid::add, () -> {});
    assertThat(published.grid)
        .extracting(record -> Instant.ofEpochMilli(record.interval().from()).toString())
        .containsOnly("2023-11-14T21:00:00Z", "2023-11-14T22:00:00Z");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    site.announce(new PrintStream(bytes, true, UTF_8));
    assertThat(bytes.toString(UTF_8)).contains("made up", "SYNTHETIC");
  }

  @Test
  void aStop_cutsItShort_andWhatWasSimulatedIsFlushed() {
    PastSite all = new PastSite(OPTIONS, Duration.ofSeconds(60), null, () -> NOW, () -> false);
    all.publish(new Counted(), record -> {}, () -> {});
    AtomicInteger steps = new AtomicInteger();
    PastSite site =
        new PastSite(OPTIONS, Duration.ofSeconds(60), null, () -> NOW, () -> steps.get() == 15);
    Counted published = new Counted();
    site.publish(published, published.grid::add, steps::incrementAndGet);
    assertThat(site.wasCutShort()).isTrue();
    assertThat(site.progress()).isEqualTo(0.25);
    assertThat(site.readings()).isPositive().isLessThan(all.readings());
    assertThat(published.flushed).isTrue();
  }

  @Test
  void theReport_countsJobsThatRun_andNamesTheFileOfTrueEnergy() throws Exception {
    Path truth = folder.resolve("truth.csv");
    PastSite site =
        new PastSite(
            OPTIONS.withEndsJobs(false), Duration.ofMinutes(10), truth, () -> NOW, () -> false);
    site.publish(new Counted(), record -> {}, () -> {});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    site.announce(out);
    site.report(out);
    assertThat(bytes.toString(UTF_8))
        .contains("the last 10 min of site 's' of 2 nodes", "seed 7")
        .containsPattern("[1-9][0-9]* jobs? (is|are) left running")
        .contains(truth.toString());
    assertThat(Files.readAllLines(truth)).hasSizeGreaterThan(1);
  }
}
