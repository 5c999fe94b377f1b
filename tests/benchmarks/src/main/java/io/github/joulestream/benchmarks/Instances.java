// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.streams.StreamsConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * What a second instance adds: one with one thread on one processor, then two with one processor
 * each, on the same topics. Measured as in {@link Lane}, from the outside. The broker needs the
 * same processors, so the ratio is what is left for the instances; processor time says what each
 * spent on a reading.
 */
final class Instances {
  private static final double WARM = 0.4;
  private static final long TICK_MILLIS = 100;

  private final Settings settings;
  private final Bench bench;
  private final String bootstrap;
  private final Admin admin;
  private final NanoClock clock = NanoClock.system();
  private double readingsPerBatch;

  private Instances(Settings settings, Bench bench, String bootstrap, Admin admin) {
    this.settings = settings;
    this.bench = bench;
    this.bootstrap = bootstrap;
    this.admin = admin;
  }

  private record Moment(long nanos, double cpuSeconds, long done) {}

  /** Readings per second, and per second of processor time. */
  private record Rate(double perSecond, double perCpuSecond) {}

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("What a second instance adds.")
            .with("nodes", "1000", "nodes of the site, 15 devices each")
            .with("simulated", "1000", "nodes that are simulated; the others are copies")
            .with("seconds", "600", "of its life, a reading of each device a second")
            .with("partitions", "4", "of the topics")
            .with("rounds", "2", "each with one instance, then with two")
            .withCommon()
            .read(args);
    try (Bench bench = new Bench(settings)) {
      String bootstrap = bench.broker();
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        new Instances(settings, bench, bootstrap, admin).run();
      }
    }
  }

  private void run() throws Exception {
    var loaded =
        bench.result(
            Preload.class,
            "bootstrap=" + bootstrap,
            "nodes=" + settings.text("nodes"),
            "simulated=" + settings.text("simulated"),
            "seconds=" + settings.text("seconds"),
            "partitions=" + settings.text("partitions"));
    readingsPerBatch = loaded.get("readings").asDouble() / loaded.get("batches").asDouble();
    ObjectNode all = Bench.object();
    List<Double> ratios = new ArrayList<>();
    List<Double> perCpu = new ArrayList<>();
    Bench.say("%-5s %-9s %14s %22s", "round", "instances", "readings/s", "readings per CPU s");
    for (int round = 1; round <= settings.number("rounds"); round++) {
      Rate one = rate(round, 1);
      Rate two = rate(round, 2);
      ratios.add(two.perSecond / one.perSecond);
      perCpu.add(two.perCpuSecond / one.perCpuSecond);
      var result = all.withArray("results").addObject();
      result.put("round", round);
      result.put("one_readings_per_s", one.perSecond);
      result.put("two_readings_per_s", two.perSecond);
      result.put("one_readings_per_cpu_s", one.perCpuSecond);
      result.put("two_readings_per_cpu_s", two.perCpuSecond);
    }
    double median = Statistics.median(ratios);
    all.put("ratio", median);
    double cheaper = Statistics.median(perCpu);
    all.put("ratio_per_cpu", cheaper);
    Bench.say(
        "%ntwo instances do %.2f times what one does (median); by processor time, were there"
            + " processors enough: %.2f; the ledger's difference is 0",
        median, 2 * cheaper);
    bench.report(all);
  }

  private Rate rate(int round, int count) throws Exception {
    List<Child> instances = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      instances.add(
          bench.startOn(
              i,
              Topologies.class,
              "bootstrap=" + bootstrap,
              "folder=" + bench.folder("state-%d-%d-%d".formatted(round, count, i)),
              "commit=1000"));
    }
    long end = Topics.end(admin, "telemetry");
    Moment warm = await((long) (end * WARM), instances);
    checkShared(count);
    Moment over = await(end, instances);
    if (over.done == warm.done) {
      throw new IllegalStateException("too few readings to measure; give more seconds or nodes");
    }
    Topics.awaitSteady(() -> Ledger.measuredMillijoules(bootstrap));
    for (Child instance : instances) {
      instance.stop();
    }
    bench.result(Forget.class, bootstrap);
    double readings = (over.done - warm.done) * readingsPerBatch;
    Rate rate =
        new Rate(
            readings / ((over.nanos - warm.nanos) / 1e9),
            readings / (over.cpuSeconds - warm.cpuSeconds));
    Bench.say("%-5d %-9d %,14.0f %,22.0f", round, count, rate.perSecond, rate.perCpuSecond);
    return rate;
  }

  private Moment await(long batches, List<Child> instances) throws Exception {
    while (true) {
      long done = Topics.done(admin, StreamsConfigs.ACCOUNTING_ID);
      if (done >= batches) {
        return new Moment(
            clock.nanos(), instances.stream().mapToDouble(Child::cpuSeconds).sum(), done);
      }
      if (!instances.stream().allMatch(Child::alive)) {
        throw new IllegalStateException("an instance ended");
      }
      TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
    }
  }

  /** Each must have its part of the telemetry by the time that counts, or it says nothing. */
  private void checkShared(int count) throws Exception {
    List<Long> parts = Topics.parts(admin, StreamsConfigs.ACCOUNTING_ID, "telemetry");
    if (parts.size() != count || parts.stream().distinct().count() != 1) {
      throw new IllegalStateException(
          "the partitions are shared out as %s when measuring begins; give more seconds, and a number of partitions that can be halved"
              .formatted(parts));
    }
  }
}
