// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.e2e.Jobs.Job;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A site on a bad day: everything that goes wrong with sensors, clocks, networks and schedulers, at
 * once; and what each job really drew. {@code -Dfaults.nodes=200 -Dfaults.jobs=300
 * -Dfaults.past=2h} is the large one.
 */
class ITFaults {
  private static final String NODES = System.getProperty("faults.nodes", "40");
  private static final String JOBS = System.getProperty("faults.jobs", "80");
  private static final String PAST = System.getProperty("faults.past", "40m");
  private static final String SEED = System.getProperty("faults.seed", "1");

  @TempDir Path folder;

  /** A job as it was and as it was booked. */
  private record Judged(String job, double truth, Job booked) {
    double error() {
      return Math.abs(booked.number("energy_j") - truth) / truth;
    }

    /** Everything is known: who held what until when, and what all of it drew. */
    boolean measured() {
      return whole() && estimatedPart() <= 0.001;
    }

    /** Held, given back and covered as far as anybody can tell. */
    boolean whole() {
      return booked.text("ended_by").equals("scheduler")
          && !booked.text("coverage").isEmpty()
          && booked.number("coverage") == 1;
    }

    double estimatedPart() {
      return booked.number("estimated_j") / Math.max(1e-9, booked.number("energy_j"));
    }
  }

  @Test
  void theBooksBalance_measuredJobsAreRight_andWhatIsNotKnownSaysSo() throws Exception {
    Path summary = folder.resolve("jobs.csv");
    Path truth = folder.resolve("truth.csv");
    Path data = folder.resolve("data");
    try (Program up =
        Program.start(
            "up",
            "--simulate",
            NODES,
            "--jobs",
            JOBS,
            "--past",
            PAST,
            "--seed",
            SEED,
            "--faults",
            "--end-jobs",
            "--until-done",
            "--no-agent",
            "--data",
            data.toString(),
            "--summary",
            summary.toString(),
            "--truth",
            truth.toString())) {
      assertThat(up.await()).as(up.output()).isZero();
      assertThat(up.output()).contains("difference 0 mJ");
    }
    assertQuarters(data);
    List<Job> booked = Jobs.read(summary);
    List<Judged> all = new ArrayList<>();
    List<Job> real = Jobs.read(truth);
    for (Job job : real) {
      // what a meter counted that said nothing may be booked by the node's parts
      if (job.number("silent_j") == 0) {
        all.add(
            new Judged(job.text("job"), job.number("energy_j"), Jobs.of(booked, job.text("job"))));
      }
    }
    assertThat(all).hasSizeGreaterThan(real.size() * 3 / 4);
    List<Double> errors =
        new ArrayList<>(all.stream().filter(Judged::measured).map(Judged::error).toList());
    Collections.sort(errors);
    System.out.printf(
        Locale.ROOT,
        "ITFaults: %d nodes, %s, %d jobs, %d of them measured: error at most %.4f %%, median %.5f %%%n",
        Integer.parseInt(NODES),
        PAST,
        all.size(),
        errors.size(),
        100 * errors.getLast(),
        100 * errors.get(errors.size() / 2));
    assertThat(errors).hasSizeGreaterThan(all.size() / 2);
    assertThat(errors.getLast()).isLessThan(0.001);
    assertThat(errors.get(errors.size() / 2)).isLessThan(0.0001);
    for (Judged job : all) {
      if (job.whole() && !job.measured()) {
        // an estimate may be wrong, but never by more than what it says is estimated
        assertThat(job.error()).as(job.toString()).isLessThanOrEqualTo(job.estimatedPart() + 0.001);
      }
    }
  }

  /** Of each job and site, in the topics and in the store that the run has left. */
  private static void assertQuarters(Path data) throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(data.resolve("kafka"), FreePort.find());
        EmbeddedQuestDb store = EmbeddedQuestDb.start(data.resolve("questdb"), FreePort.find());
        QuestDbReader reader = new QuestDbReader(store.url())) {
      Await.until("queries see all", reader::applied);
      Map<String, QuarterBooks> sources =
          Map.of(
              "topics", QuarterBooks.ofTopics(Map.of("bootstrap.servers", broker.bootstrap())),
              "store", QuarterBooks.ofStore(store.url()));
      sources.forEach((source, books) -> {
        System.out.printf(
            "ITFaults: %d jobs in %d quarters, in the %s%n",
            books.jobs().size(), books.quarters().size(), source);
        assertThat(books.differences()).as(source).isEmpty();
        assertThat(books.quarters()).as(source).hasSizeGreaterThan(2);
      });
      assertThat(sources.get("store")).isEqualTo(sources.get("topics"));
    }
  }
}
