// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.streams.failure.DamagedStateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store with a changelog that is asked, when its task commits, for what is still to be written;
 * and so is the processor that it belongs to, which can emit at that moment ({@link #atCommit}).
 * What is written and emitted then is in the same transaction as the input that it came from: after
 * a crash neither is there, or both are.
 *
 * <p>One thread, that of the task.
 *
 * <p>It implements {@link CachedStateStore}, an internal interface of Kafka Streams, because a task
 * calls {@code flushCache} of every such store before it commits, while forwarding is still
 * possible. The public {@code StateStore.commit} is called after that. {@code ArchitectureTest}
 * keeps internals out of all classes but this one and {@link CommitScope} and holds the release
 * that this was written for; docs/decisions/0008 has the plan for the next one.
 */
public abstract class CommitStore<V> implements StateStore, CachedStateStore<String, V> {
  private static final Logger log = LoggerFactory.getLogger(CommitStore.class);

  final KeyValueStore<String, byte[]> inner;
  private final List<StateFormat> formats;
  private Runnable emitter = () -> {};
  // the record of formats, if it is still to be written
  private byte @Nullable [] record;

  /**
   * A store over one of Kafka Streams'.
   *
   * @param formats of what it and the stores beside it hold
   */
  CommitStore(KeyValueStore<String, byte[]> inner, List<StateFormat> formats) {
    this.inner = inner;
    this.formats = formats;
  }

  /**
   * Checks the record of formats; one of this release is written at the next commit.
   *
   * @return false if there is none: nothing is there, or what is there was written before 0.1.0
   * @throws UncheckedIOException caused by an {@link UnknownStateFormatException} if this release
   *     does not read one of the formats, or by a {@link DamagedStateException}
   */
  final boolean checkRecord() {
    byte[] found = inner.get(FormatRecord.KEY);
    byte[] current = FormatRecord.write(formats);
    record = Arrays.equals(found, current) ? null : current;
    if (found == null) {
      return false;
    }
    try {
      FormatRecord.check(found, formats);
    } catch (UnknownStateFormatException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new DamagedStateException("the record of formats of " + name(), e));
    }
    return true;
  }

  /** Logs that so many entries were deleted that were written before 0.1.0. */
  static void reportDeleted(String store, int entries) {
    if (entries > 0) {
      log.warn(
          "{}: {} entries of state that was written before 0.1.0 deleted, which this release does"
              + " not read; what they were of begins anew",
          store,
          entries);
    }
  }

  /** Builds such a store over one of Kafka Streams'. */
  static final class Builder<S extends StateStore> implements StoreBuilder<S> {
    private final StoreBuilder<KeyValueStore<String, byte[]>> inner;
    private final Function<KeyValueStore<String, byte[]>, S> maker;

    /**
     * A builder.
     *
     * @param changelog configuration of the changelog topic
     */
    Builder(
        KeyValueBytesStoreSupplier supplier,
        Map<String, String> changelog,
        Function<KeyValueStore<String, byte[]>, S> maker) {
      this.inner =
          Stores.keyValueStoreBuilder(supplier, Serdes.String(), Serdes.ByteArray())
              .withCachingDisabled()
              .withLoggingEnabled(changelog);
      this.maker = maker;
    }

    @Override
    public S build() {
      return maker.apply(inner.build());
    }

    @Override
    public StoreBuilder<S> withCachingEnabled() {
      return this; // it is a cache
    }

    @Override
    public StoreBuilder<S> withCachingDisabled() {
      throw new UnsupportedOperationException("it is a cache");
    }

    @Override
    public StoreBuilder<S> withLoggingEnabled(Map<String, String> config) {
      inner.withLoggingEnabled(config);
      return this;
    }

    @Override
    public StoreBuilder<S> withLoggingDisabled() {
      inner.withLoggingDisabled();
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return inner.logConfig();
    }

    @Override
    public boolean loggingEnabled() {
      return inner.loggingEnabled();
    }

    @Override
    public String name() {
      return inner.name();
    }
  }

  /** What to do when the task commits, before what changed is written. */
  public void atCommit(Runnable newEmitter) {
    emitter = newEmitter;
  }

  /** Writes what is only in memory. */
  abstract void writeChanges();

  /** Clears what is in memory. */
  abstract void clearMemory();

  @Override
  public void flushCache() {
    emitter.run();
    if (record != null) {
      inner.put(FormatRecord.KEY, record);
      record = null;
    }
    writeChanges();
  }

  @Override
  public boolean setFlushListener(CacheFlushListener<String, V> listener, boolean sendOldValues) {
    return false; // nobody but the processor listens, by atCommit
  }

  @Override
  public void clearCache() {
    clearMemory();
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    // a task that starts anew may find other state
    clearMemory();
    inner.init(context, root);
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {
    inner.commit(changelogOffsets);
  }

  @Override
  public @Nullable Long committedOffset(TopicPartition partition) {
    return inner.committedOffset(partition);
  }

  @Override
  @SuppressWarnings("deprecation") // deprecated for stores that do not manage theirs; ours may
  public boolean managesOffsets() {
    return inner.managesOffsets();
  }

  @Override
  public void close() {
    clearMemory();
    inner.close();
  }

  @Override
  public boolean persistent() {
    return inner.persistent();
  }

  @Override
  public boolean isOpen() {
    return inner.isOpen();
  }
}
