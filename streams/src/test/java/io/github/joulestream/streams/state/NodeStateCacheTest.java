// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.WireSerdes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that starts anew finds its nodes as they were at the last commit. */
class NodeStateCacheTest {
  private static final long SEED = 31;
  private static final long START = 1_700_000_000_000L;
  private static final int NODES = 70;

  private static final NodeStateCache.Aside NONE_ASIDE =
      new NodeStateCache.Aside() {
        @Override
        public void set(
            String key, List<Journal.Entry> entries, IntPredicate emitted, Throwable why) {
          throw new AssertionError("set aside: " + key, why);
        }

        @Override
        public boolean holds(String key) {
          return false;
        }
      };

  @TempDir Path folder;

  /** A task's stores, and what works on them until it crashes. */
  private final class Task {
    private final Journal journal;
    private final KeyValueStore<String, byte[]> accounts;
    private final WindowStore<String, byte[]> blocks;
    private final CacheBudget budget;
    private final ZstdCodec codec = new ZstdCodec();
    private final TelemetryReader reader = new TelemetryReader();
    private NodeHistory history;
    private NodeStateCache nodes;
    // energy that was emittedMillijoules, and that is to be emittedMillijoules, mJ
    private long emittedMillijoules;
    private long pendingMillijoules;

    Task(CacheBudget budget) {
      this.budget = budget;
      Properties config = new Properties();
      config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
      config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
      var context = new MockProcessorContext<>(config, new TaskId(0, 0), folder.toFile());
      journal = opened(Journal.builder("journal"), context.getStateStoreContext());
      accounts =
          opened(
              Stores.keyValueStoreBuilder(
                  Stores.inMemoryKeyValueStore("accounts"), Serdes.String(), Serdes.ByteArray()),
              context.getStateStoreContext());
      blocks =
          opened(
              Stores.windowStoreBuilder(
                  Stores.inMemoryWindowStore(
                      "history", Duration.ofHours(2), Duration.ofMillis(1), false),
                  Serdes.String(),
                  Serdes.ByteArray()),
              context.getStateStoreContext());
      history = new NodeHistory(blocks, codec);
      nodes = begin();
    }

    private <S extends StateStore> S opened(StoreBuilder<S> builder, StateStoreContext context) {
      S store = builder.withLoggingDisabled().build();
      store.init(context, store);
      return store;
    }

    private NodeStateCache begin() {
      NodeStateCache begun =
          new NodeStateCache(
              journal,
              accounts,
              history,
              codec,
              () -> new NodeAccount(Limits.DEFAULT),
              in -> NodeAccount.read(in, Limits.DEFAULT, Calibration.NONE),
              (node, entry, toldBefore) -> {
                Journal.Slice batch = entry.batchOf(node);
                batch.readBy(reader, node.deviceBlock);
                node.inJournal = reader.deviceBlock();
                long booked = keep(node, batch, entry.arrivalEpochMillis(), entry.offset());
                pendingMillijoules += toldBefore ? 0 : booked;
              },
              NONE_ASIDE,
              budget);
      begun.open();
      return begun;
    }

    private long keep(NodeState node, Journal.Slice value, long arrival, long offset) {
      Increments books = new Increments();
      node.deviceBlock = reader.deviceBlock();
      node.account.accept(
          reader.agentEpoch(),
          reader.sequence(),
          reader.content(),
          arrival,
          reader.columns(),
          history.of(node),
          books);
      node.recent.add(value, arrival, offset, reader.columns().latestMillis(Long.MAX_VALUE));
      return books.site().values().stream()
          .mapToLong(totals -> totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .sum();
    }

    void take(TelemetryBatch batch, long arrival, long offset) {
      byte[] bytes = WireSerdes.telemetry().serializer().serialize("telemetry", batch);
      NodeState node = requireNonNull(nodes.get(batch.site() + "/" + batch.node()));
      reader.read(bytes, 0, bytes.length, node.deviceBlock);
      pendingMillijoules +=
          keep(node, nodes.taken(node, arrival, offset, bytes, reader), arrival, offset);
    }

    void commit(long now) {
      nodes.commit(now);
      journal.flushCache();
      emittedMillijoules += pendingMillijoules;
      pendingMillijoules = 0;
    }

    /** One in which nothing is emittedMillijoules. */
    void commitSilently() {
      journal.flushCache();
    }

    /** What is in memory is lost; what was committed is there. */
    void crash() {
      journal.clearMemory();
      pendingMillijoules = 0; // the journal must know
      nodes.close();
      history = new NodeHistory(blocks, codec);
      nodes = begin();
    }

    Map<String, byte[]> states() throws IOException {
      Map<String, byte[]> states = new TreeMap<>();
      for (int n = 0; n < NODES; n++) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        requireNonNull(nodes.get("s/n" + n)).account.write(new DataOutputStream(out));
        states.put("n" + n, out.toByteArray());
      }
      return states;
    }
  }

  @Test
  void afterCrashes_accountsAreAsWithoutThem() throws IOException {
    System.out.println("NodeStateCacheTest seed " + SEED);
    Random random = new Random(SEED);
    List<TelemetryBatch> batches = batches(random);
    Task steady = new Task(new CacheBudget(1 << 30));
    CacheBudget small = new CacheBudget(100_000);
    Task crashing = new Task(small);
    int crashes = 0;
    for (int i = 0; i < batches.size(); i++) {
      long arrival = START + 40L * i;
      steady.take(batches.get(i), arrival, i);
      crashing.take(batches.get(i), arrival, i);
      if (random.nextInt(40) == 0) {
        if (random.nextBoolean()) {
          steady.commit(arrival);
          crashing.commit(arrival);
        } else {
          crashing.commitSilently();
        }
        if (random.nextInt(4) == 0) {
          crashing.crash();
          crashes++;
        }
      }
    }
    assertThat(crashes).isGreaterThan(10);
    assertThat(small.evictions()).isGreaterThan(100);
    Map<String, byte[]> expected = steady.states();
    crashing
        .states()
        .forEach((node, state) -> assertThat(state).as(node).isEqualTo(expected.get(node)));
    assertThat(crashing.emittedMillijoules + crashing.pendingMillijoules)
        .isEqualTo(steady.emittedMillijoules + steady.pendingMillijoules);
    // and the journal does not grow without end
    long[] bytes = {0};
    long later = START + 40L * batches.size() + 120_000;
    crashing.commit(later);
    crashing.commit(later); // the last chunk went out with the commit before
    crashing.journal.clearMemory();
    crashing.journal.open(entry -> bytes[0] += entry.value().length());
    assertThat(bytes[0]).isZero();
  }

  /** Three tasks of one instance, and each node reports again and again. */
  @Test
  void tasksOfAnInstance_keepWithinOneBudget_andAccountsAreAsWithoutIt() throws IOException {
    List<TelemetryBatch> batches = batches(new Random(SEED));
    CacheBudget large = new CacheBudget(1 << 30);
    CacheBudget small = new CacheBudget(200_000);
    List<Task> free = List.of(new Task(large), new Task(large), new Task(large));
    List<Task> bounded = List.of(new Task(small), new Task(small), new Task(small));
    long mostBytes = 0;
    for (int i = 0; i < batches.size(); i++) {
      long arrival = START + 40L * i;
      // the first task has half of the nodes
      int of = Math.max(0, batches.get(i).node().hashCode() % 4 - 1);
      free.get(of).take(batches.get(i), arrival, i);
      bounded.get(of).take(batches.get(i), arrival, i);
      if (i % 25 == 24) {
        free.forEach(task -> task.commit(arrival));
        // whose commit was before another's gives back what is too much in the next
        bounded.forEach(task -> task.commit(arrival));
        bounded.forEach(task -> task.commit(arrival));
        assertThat(small.usedBytes()).as("after batch %d", i).isLessThanOrEqualTo(small.bytes());
        mostBytes = Math.max(mostBytes, small.usedBytes());
      }
    }
    assertThat(mostBytes).isGreaterThan(small.bytes() / 2);
    assertThat(large.evictions()).isZero();
    assertThat(small.evictions()).isGreaterThan(100);
    assertThat(bounded.stream().mapToInt(task -> task.nodes.cached()).sum())
        .isLessThan(free.stream().mapToInt(task -> task.nodes.cached()).sum());
    for (int t = 0; t < free.size(); t++) {
      assertThat(bounded.get(t).emittedMillijoules).isEqualTo(free.get(t).emittedMillijoules);
      Map<String, byte[]> expected = free.get(t).states();
      bounded
          .get(t)
          .states()
          .forEach((node, state) -> assertThat(state).as(node).isEqualTo(expected.get(node)));
    }
    bounded.forEach(task -> task.nodes.close());
    assertThat(small.usedBytes()).isZero();
  }

  @Test
  void thereAreOnlySoManyNodes_untilThoseThatNothingIsHeardOfAreForgotten() {
    Task task = new Task(new CacheBudget(1 << 30));
    NodeCensus census = new NodeCensus(task.accounts, task.nodes, 3);
    List<TelemetryBatch> batches = batches(new Random(SEED));
    for (int n = 0; n < 3; n++) {
      assertThat(census.hasRoom()).as("before node " + n).isTrue();
      task.take(of(batches, n, 0), START, n);
    }
    assertThat(census.hasRoom()).isFalse();
    task.commit(START + 120_000);
    long weeks = START + Duration.ofDays(34).toMillis();
    for (int round = 0; round < 3; round++) {
      census.turn(weeks);
      assertThat(census.hasRoom()).as("after round " + round).isFalse();
    }
    assertThat(task.nodes.isKnown("s/n0")).isTrue();
    assertThat(task.nodes.isKnown("s/n9")).isFalse();
    // one of them reports again
    task.take(of(batches, 1, 1), weeks, 3);
    task.commit(weeks + 120_000);
    for (int round = 0; round < 3; round++) {
      census.turn(weeks + Duration.ofDays(2).toMillis());
    }
    assertThat(census.hasRoom()).isTrue();
    assertThat(task.nodes.isKnown("s/n0")).isFalse();
    assertThat(task.nodes.isKnown("s/n1")).isTrue();
    assertThat(task.accounts.approximateNumEntries()).isEqualTo(1);
    try (var left = task.blocks.all()) {
      left.forEachRemaining(block -> assertThat(block.key.key()).startsWith("s/n1\0"));
    }
  }

  private static TelemetryBatch of(List<TelemetryBatch> batches, int node, int sequence) {
    return batches.stream()
        .filter(batch -> batch.node().equals("n" + node) && batch.sequence() == sequence)
        .findFirst()
        .orElseThrow();
  }

  /** Of many nodes, some late, so that the history is needed. */
  private static List<TelemetryBatch> batches(Random random) {
    List<TelemetryBatch> batches = new ArrayList<>();
    for (int tick = 0; tick < 120; tick++) {
      for (int n = 0; n < NODES; n++) {
        long time = START + 1_000L * tick;
        batches.add(
            new TelemetryBatch(
                "s",
                "n" + n,
                7,
                tick,
                List.of(
                    new DeviceSeries(
                        Device.sensor("gpu0", DeviceKind.GPU)
                            .withSource(PowerSource.COUNTER)
                            .withCounter(tick / 50, 0),
                        Readings.ofCounter(
                            new long[] {time},
                            new long[] {300_000 + random.nextInt(100_000)},
                            new long[] {1_000_000L * tick * 350})))));
      }
    }
    for (int i = 0; i < batches.size() / 20; i++) {
      int from = random.nextInt(batches.size() - 700);
      batches.add(from + random.nextInt(700), batches.remove(from));
    }
    return batches;
  }
}
