// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import io.github.joulestream.energy.attribute.Arrival;
import io.github.joulestream.energy.attribute.History;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.energy.attribute.Outcome;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.simulate.SimulationOptions;
import io.github.joulestream.producers.simulate.SiteSimulator;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.signing.RecordSigner;
import io.github.joulestream.schemas.signing.SignatureVerifier;
import io.github.joulestream.schemas.signing.SiteKey;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.schemas.signing.SiteKeys.JobSigners;
import io.github.joulestream.schemas.signing.SiteKeys.UnsignedSites;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The steps of the hot path, one by one; an operation is a reading, of a batch of 15. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 4, time = 2)
@OutputTimeUnit(java.util.concurrent.TimeUnit.MICROSECONDS)
public class StepsBenchmark {
  private static final int READINGS = 15;
  private static final int ROWS = 10;
  private static final int TICKS = 1_000;
  private static final long START = 1_700_000_000_000L;
  private static final History NO_HISTORY = (_, _) -> List.of();

  private final Serde<TelemetryBatch> serde = WireSerdes.telemetry();
  private final List<TelemetryBatch> batches = new ArrayList<>();
  private final List<byte[]> bytes = new ArrayList<>();
  // with ten readings of each device
  private final List<byte[]> longBytes = new ArrayList<>();
  private NodeAccount account = new NodeAccount(Limits.DEFAULT, Calibration.NONE);
  private Increments books = new Increments();
  private byte[] state = new byte[0];
  private final TelemetryReader reader = new TelemetryReader();
  private TelemetryReader.@Nullable DeviceBlock deviceBlock;
  private int next;
  // of a node whose devices three jobs share
  private NodeAccount shared = sharedByThree();

  private static NodeAccount sharedByThree() {
    return held(3_333, "a", "b", "c");
  }

  /** The account of a node of which each of these jobs holds so many parts of 10,000. */
  private static NodeAccount held(int parts, String... jobs) {
    NodeAccount account = new NodeAccount(Limits.DEFAULT, Calibration.NONE);
    Map<String, Integer> gpus = new HashMap<>();
    for (int gpu = 0; gpu < 8; gpu++) {
      gpus.put("gpu" + gpu, parts);
    }
    for (String job : jobs) {
      account.accept(
          new AllocationEdge(job, true, START, gpus, parts, parts, parts, parts, 8, By.HOOK, START),
          NO_HISTORY,
          new Increments());
    }
    return account;
  }

  @Setup
  public void simulate() throws IOException {
    batches.addAll(simulated(1));
    batches.forEach(batch -> bytes.add(serde.serializer().serialize("telemetry", batch)));
    simulated(ROWS)
        .forEach(batch -> longBytes.add(serde.serializer().serialize("telemetry", batch)));
    for (TelemetryBatch batch : batches.subList(0, 100)) {
      take(batch);
    }
    state = written(account);
  }

  /** Of a node and the same time, with so many readings of a device in a batch. */
  private static List<TelemetryBatch> simulated(int rows) {
    List<TelemetryBatch> simulated = new ArrayList<>();
    SiteSimulator simulator =
        new SiteSimulator(
            new SimulationOptions("site", 1, 1).withRowsPerBatch(rows).withMeters(false), START);
    simulator.advanceTo(
        START + TICKS * 1_000L,
        new Publisher() {
          @Override
          public void publish(TelemetryBatch batch) {
            simulated.add(batch);
          }

          @Override
          public void publish(AllocationEvent event) {}

          @Override
          public void publish(JobRecord job) {}

          @Override
          public void publish(NodeRecord node) {}

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    return simulated;
  }

  private int tick() {
    return tick(batches.size());
  }

  private int tick(int ofBatches) {
    next++;
    if (next >= ofBatches) {
      next = 0;
      account = new NodeAccount(Limits.DEFAULT, Calibration.NONE);
      books = new Increments();
    }
    return next;
  }

  private Outcome take(TelemetryBatch batch) {
    return account.accept(
        batch.agentEpoch(),
        batch.sequence(),
        new Arrival(START + TICKS * 1_000L, batch.devices()),
        NO_HISTORY,
        books);
  }

  private ReadingColumns read(byte[] batch) {
    reader.read(batch, 0, batch.length, deviceBlock);
    deviceBlock = reader.deviceBlock();
    return reader.columns();
  }

  private Outcome takeRead(String name, NodeAccount taker, ReadingColumns columns) {
    books.forNode(name);
    return taker.accept(
        reader.agentEpoch(),
        reader.sequence(),
        reader.content(),
        START + TICKS * 1_000L,
        columns,
        NO_HISTORY,
        books);
  }

  private static byte[] written(NodeAccount account) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
    account.write(new DataOutputStream(out));
    return out.toByteArray();
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public byte[] encode() {
    return serde.serializer().serialize("telemetry", batches.get(tick()));
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public TelemetryBatch decodeToObjects() {
    return serde.deserializer().deserialize("telemetry", bytes.get(tick()));
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public ReadingColumns decode() {
    return read(bytes.get(tick()));
  }

  /** Whether devices are added up by window. */
  @State(Scope.Thread)
  public static class Devices {
    @Param({"0", "10000"})
    int windowMillis;
  }

  @Benchmark
  @OperationsPerInvocation(READINGS * ROWS)
  public Outcome decodeIntegrateAndBookTen(Devices devices) {
    tick(longBytes.size());
    books = new Increments(devices.windowMillis);
    return takeRead("node", account, read(longBytes.get(next)));
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public Outcome decodeIntegrateAndBook(Devices devices) {
    if (tick() % 10 == 0) {
      books = new Increments(devices.windowMillis);
    }
    return takeRead("node", account, read(bytes.get(next)));
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public Outcome decodeIntegrateSplitAndBook() {
    if (tick() == 0) {
      shared = sharedByThree();
    }
    return takeRead("node", shared, read(bytes.get(next)));
  }

  @Benchmark
  @OperationsPerInvocation(READINGS * ROWS)
  public Outcome decodeIntegrateSplitAndBookTen() {
    if (tick(longBytes.size()) == 0) {
      shared = sharedByThree();
    }
    books = new Increments();
    return takeRead("node", shared, read(longBytes.get(next)));
  }

  /** The nodes of a site in turn, so that the books of each come from main memory. */
  @State(Scope.Thread)
  public static class Site {
    @Param({"1000", "20000"})
    int nodes;

    private NodeAccount[] accounts = {};
    private TelemetryReader.@Nullable DeviceBlock[] deviceBlock = {};
    private String[] names = {};
    private int node;

    @Setup
    public void begin() {
      accounts = new NodeAccount[nodes];
      deviceBlock = new TelemetryReader.DeviceBlock[nodes];
      names = new String[nodes];
      for (int i = 0; i < nodes; i++) {
        names[i] = "node" + i;
        accounts[i] = held(10_000, "job" + i / 8);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public Outcome decodeIntegrateAndBookOfSite(Site site, Devices devices) {
    return takeOfSite(site, devices, bytes, 10);
  }

  /** The same with ten readings of each device in a batch; an operation is a reading here too. */
  @Benchmark
  @OperationsPerInvocation(READINGS * ROWS)
  public Outcome decodeIntegrateAndBookTenOfSite(Site site, Devices devices) {
    return takeOfSite(site, devices, longBytes, 1);
  }

  private Outcome takeOfSite(Site site, Devices devices, List<byte[]> of, int batchesOfBooks) {
    int node = site.node++;
    if (node == 0 && tick(of.size()) == 0) {
      site.begin();
    }
    if (site.node == site.nodes) {
      site.node = 0;
    }
    if (node == 0 && next % batchesOfBooks == 0) {
      books = new Increments(devices.windowMillis);
    }
    byte[] batch = of.get(next);
    reader.read(batch, 0, batch.length, site.deviceBlock[node]);
    site.deviceBlock[node] = reader.deviceBlock();
    return takeRead(site.names[node], site.accounts[node], reader.columns());
  }

  /** A record of 1,300 bytes, as one of 150 readings has; an operation is the record. */
  @State(Scope.Thread)
  public static class Signed {
    private final byte[] value = new byte[1_300];
    private final Headers headers = new RecordHeaders();
    private final SiteKey key = SiteKey.create("site");
    private final RecordSigner signer = new RecordSigner(key.ofNode("node"));
    private final SignatureVerifier verifier =
        new SiteKeys(List.of(key), UnsignedSites.REFUSE, JobSigners.NODES).verifier();

    @Setup
    public void sign() {
      signer.sign("telemetry", "site/node", value, headers);
    }
  }

  @Benchmark
  public @Nullable String verifySignature(Signed signed) {
    return signed.verifier.refusal("telemetry", "site/node", signed.value, signed.headers);
  }

  @Benchmark
  public Headers sign(Signed signed) {
    Headers headers = new RecordHeaders();
    signed.signer.sign("telemetry", "site/node", signed.value, headers);
    return headers;
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public byte[] writeState() throws IOException {
    return written(account);
  }

  @Benchmark
  @OperationsPerInvocation(READINGS)
  public void readState(Blackhole hole) throws IOException {
    hole.consume(
        NodeAccount.read(
            new DataInputStream(new ByteArrayInputStream(state)),
            Limits.DEFAULT,
            Calibration.NONE));
  }

  /** Runs them all, with the allocation of each. */
  public static void main(String[] args) throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(StepsBenchmark.class.getSimpleName())
                .include(StateBenchmark.class.getSimpleName())
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend("-Xmx1g", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders")
                .build())
        .run();
  }
}
