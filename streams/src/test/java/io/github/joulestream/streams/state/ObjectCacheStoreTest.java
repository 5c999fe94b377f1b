// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectCacheStoreTest {
  private static final long SEED = 12;

  @TempDir Path folder;
  private final List<ObjectCacheStore<String>> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(ObjectCacheStore::close);
  }

  private ObjectCacheStore<String> store(CacheBudget budget, int task) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    var context =
        new MockProcessorContext<>(
            config, new TaskId(0, task), folder.resolve("t" + task).toFile());
    ObjectCacheStore<String> store =
        ObjectCacheStore.<String>builder(
                "objects",
                value -> value.getBytes(UTF_8),
                bytes -> new String(bytes, UTF_8),
                budget)
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    open.add(store);
    return store;
  }

  /** Stores of three tasks of one instance, of which the first has most to keep. */
  @Test
  void storesOfAnInstance_keepWithinOneBudget_andLoseNothing() {
    CacheBudget budget = new CacheBudget(200_000);
    List<ObjectCacheStore<String>> stores =
        Stream.of(0, 1, 2).map(task -> store(budget, task)).toList();
    List<Map<String, String>> expected =
        Stream.of(0, 1, 2).map(_ -> (Map<String, String>) new HashMap<String, String>()).toList();
    System.out.println("ObjectCacheStoreTest seed " + SEED);
    Random random = new Random(SEED);
    long mostBytes = 0;
    for (int i = 0; i < 20_000; i++) {
      int task = Math.max(0, random.nextInt(4) - 1);
      String key = "k" + random.nextInt(1_000);
      String before = stores.get(task).get(key);
      assertThat(before).isEqualTo(expected.get(task).get(key));
      String value = (before == null ? "" : before.substring(0, Math.min(60, before.length()))) + i;
      stores.get(task).put(key, value);
      expected.get(task).put(key, value);
      if (i % 20 == 19) {
        stores.forEach(ObjectCacheStore::flushCache);
        // whose turn was before another's gives back what is too much in the next
        stores.forEach(ObjectCacheStore::dropSurplus);
        assertThat(budget.usedBytes()).as("after %d", i).isLessThanOrEqualTo(budget.bytes());
        mostBytes = Math.max(mostBytes, budget.usedBytes());
      }
    }
    assertThat(mostBytes).isGreaterThan(budget.bytes() / 2);
    assertThat(budget.evictions()).isGreaterThan(1_000);
    for (int task = 0; task < 3; task++) {
      assertThat(stores.get(task).startingWith("k")).isEqualTo(expected.get(task));
      assertThat(stores.get(task).cached()).isLessThan(200);
    }
    stores.forEach(ObjectCacheStore::close);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void whatIsDeleted_orLostInACrash_takesNoMemory() {
    CacheBudget budget = new CacheBudget(1 << 20);
    ObjectCacheStore<String> store = store(budget, 0);
    store.put("kept", "1");
    store.put("expired", "2");
    store.flushCache();
    long bytes = budget.usedBytes();
    store.put("changed", "3");
    store.deleteIf((key, written) -> !key.equals("kept"));
    // a change that is not written yet is not deleted
    assertThat(store.startingWith("")).containsOnlyKeys("kept", "changed");
    store.flushCache();
    assertThat(budget.usedBytes()).isEqualTo(bytes);
    store.clearCache();
    assertThat(store.cached()).isZero();
    assertThat(store.get("changed")).isEqualTo("3");
  }

  /** A task that does not commit drops what it can every few seconds. */
  @Test
  void whatChangedSinceTheLastCommit_isNotDropped_howeverMuchItIs() {
    CacheBudget budget = new CacheBudget(10_000);
    ObjectCacheStore<String> store = store(budget, 0);
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      store.put("k" + i, "v" + i);
      expected.put("k" + i, "v" + i);
    }
    store.dropSurplus();
    assertThat(budget.usedBytes()).isGreaterThan(budget.bytes());
    assertThat(budget.evictions()).isZero();
    assertThat(store.cached()).isEqualTo(50);
    store.flushCache();
    assertThat(budget.usedBytes()).isLessThanOrEqualTo(budget.bytes());
    assertThat(store.cached()).isLessThan(50);
    assertThat(store.startingWith("k")).isEqualTo(expected);
  }
}
