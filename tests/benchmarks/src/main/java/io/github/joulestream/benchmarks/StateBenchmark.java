// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The store under the accounts: what it costs to write one down and to find it again, without the
 * changelog. An operation is a node.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@OutputTimeUnit(java.util.concurrent.TimeUnit.MICROSECONDS)
public class StateBenchmark {
  // of an account of 15 devices, packed
  private static final int BYTES = 340;

  @Param({"1000", "110000"})
  public int nodes;

  private final SplittableRandom random = new SplittableRandom(1);
  private final byte[] account = new byte[BYTES];
  private String[] keys = {};

  @SuppressWarnings("NullAway.Init") // by setUp
  private KeyValueStore<String, byte[]> store;

  private @Nullable Path folder;

  @Setup
  public void setUp() throws IOException {
    Path own = Files.createTempDirectory("state");
    folder = own;
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "state");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    config.put(StreamsConfig.STATE_DIR_CONFIG, own.toString());
    MockProcessorContext<Object, Object> context =
        new MockProcessorContext<>(config, new TaskId(0, 0), own.toFile());
    store =
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore("accounts"), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    keys = new String[nodes];
    for (int i = 0; i < nodes; i++) {
      keys[i] = "site/node-" + i;
      put(keys[i]);
    }
  }

  private void put(String key) {
    // no two alike, so that nothing compresses better than an account does
    for (int i = 0; i < BYTES; i += Long.BYTES / 2) {
      account[i] = (byte) random.nextInt();
    }
    store.put(key, account);
  }

  @Benchmark
  public void putState() {
    put(keys[random.nextInt(nodes)]);
  }

  @Benchmark
  public byte[] getState() {
    return store.get(keys[random.nextInt(nodes)]);
  }

  @TearDown
  public void tearDown() throws IOException {
    store.close();
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }
}
