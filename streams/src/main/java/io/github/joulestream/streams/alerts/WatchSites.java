// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.streams.failure.RecordRefusals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alerts of the sites of a task, and their memory and storage. Sums are in memory; what they
 * follow from is in the store, under {@code site \0} and the key of a {@link StateEntry}. It is
 * written with each record and committed with the alerts that were emitted, so after a crash the
 * state is the same and no alert is emitted twice.
 */
public final class WatchSites implements Processor<String, byte[], String, AlertsOutput> {
  public static final String STORE = "site-watch";

  private static final Logger log = LoggerFactory.getLogger(WatchSites.class);
  private static final Duration WALL_INTERVAL = Duration.ofSeconds(1);

  /** Sites of a task; records of further sites are refused. */
  private static final int MAX_SITES = 10_000;

  private final RecordRefusals refusals;
  private final Map<String, Site> sites = new HashMap<>();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, AlertsOutput> context;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, byte[]> store;

  public WatchSites(RecordRefusals refusals) {
    this.refusals = refusals;
  }

  /** The store that sites are restored from. */
  public static StoreBuilder<KeyValueStore<String, byte[]>> store() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of());
  }

  /**
   * Restores all sites.
   *
   * @throws UncheckedIOException with an {@link UnknownStateFormatException} as its cause if
   *     another release wrote an entry in a format that this one does not read
   */
  @Override
  public void init(ProcessorContext<String, AlertsOutput> newContext) {
    context = newContext;
    store = context.getStateStore(STORE);
    sites.clear();
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      all.forEachRemaining(this::restore);
    }
    sites.values().forEach(site -> site.watch.restored());
    context.schedule(WALL_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::wallClock);
  }

  private void restore(KeyValue<String, byte[]> stored) {
    try {
      int end = stored.key.indexOf('\0');
      if (end < 0) {
        throw new IOException("a key without a site");
      }
      StateEntry entry = StateEntry.read(stored.key.substring(end + 1), stored.value);
      site(stored.key.substring(0, end)).watch.restore(entry);
    } catch (UnknownStateFormatException e) {
      throw new UncheckedIOException(e);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      // one entry of one site: all others are restored
      refusals.warn(
          "restore",
          "Entry %s of store %s not restored: %s"
              .formatted(stored.key.replace('\0', '/'), STORE, e));
    }
  }

  private void wallClock(long wallMillis) {
    for (String name : List.copyOf(sites.keySet())) {
      try {
        accept(name, new SiteEvent.WallClock(wallMillis));
      } catch (RecordRefusals.ProgramFailed e) {
        refusals.warn(
            "clock",
            "Alerts of site %s not evaluated at %d: %s"
                .formatted(name, wallMillis, e.getMessage()));
      }
    }
  }

  private Site site(String name) {
    Site site = sites.get(name);
    if (site == null) {
      if (sites.size() >= MAX_SITES) {
        throw new IllegalArgumentException(
            "a new site, and this task has the maximum of " + MAX_SITES + " sites");
      }
      Writes writes = new Writes(name);
      site = new Site(new SiteWatch(name, writes, writes), writes);
      sites.put(name, site);
    }
    return site;
  }

  private record Site(SiteWatch watch, Writes writes) {}

  /** Applies an event to a site. If the program fails, the site is as it was before. */
  private void accept(String name, SiteEvent event) {
    Site site = site(name);
    try {
      site.watch.accept(event);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      // what it did half way is in memory alone
      sites.remove(name);
      try (KeyValueIterator<String, byte[]> all = entries(name)) {
        all.forEachRemaining(this::restore);
      }
      site(name).watch.restored();
      throw new RecordRefusals.ProgramFailed(e);
    }
    site.writes.flush();
  }

  /** All entries of a site: keys that begin with its name and a 0 character. */
  private KeyValueIterator<String, byte[]> entries(String site) {
    return store.range(site + "\0", site + "\1");
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata metadata = context.recordMetadata().orElseThrow();
    try {
      String site = RecordRefusals.checkedKey(record.key(), record.value());
      RecordRefusals.checkSize(record.value(), RecordRefusals.MAX_SENT_BYTES);
      SendToSite.Origin origin = SendToSite.origin(record, metadata);
      // a record that cannot be read is refused before any state is touched
      accept(site, origin, SiteEventReader.read(origin, record.value(), record.timestamp()));
    } catch (RuntimeException | StackOverflowError e) {
      Record<String, byte[]> first = record.withKey(SendToSite.key(record, metadata));
      context.forward(
          refusals.refuse(
              first,
              record.value(),
              SendToSite.place(record, metadata),
              e,
              AlertsOutput.Refused::new),
          AlertsOutput.Refused.CHILD);
    }
  }

  private void accept(String name, SendToSite.Origin origin, SiteEvent event) {
    if (event.needsKnownSite() && !sites.containsKey(name)) {
      return;
    }
    if (event instanceof SiteEvent.BudgetSet(var budget, _)) {
      Site known = sites.get(origin.site());
      if (known != null) {
        known.watch.check(budget);
      }
    }
    accept(name, event);
    if (event instanceof SiteEvent.SiteForgotten) {
      delete(name);
    }
  }

  private void delete(String name) {
    sites.remove(name);
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = entries(name)) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    keys.forEach(store::delete);
    log.info("Site {} forgotten: {} entries of store {} deleted", name, keys.size(), STORE);
  }

  /** Writes and output of one site, applied when a record was accepted without a failure. */
  private final class Writes implements AlertStateStore, AlertEmitter {
    private final String site;
    private final List<KeyValue<String, byte @Nullable []>> writes = new ArrayList<>();
    private final List<Record<String, AlertsOutput>> outputs = new ArrayList<>();

    Writes(String site) {
      this.site = site;
    }

    private String key(StateSection section, String name) {
      return site + '\0' + StateEntry.key(section, name);
    }

    /** Puts the writes into the store, and forwards the output. */
    void flush() {
      for (KeyValue<String, byte @Nullable []> write : writes) {
        store.put(write.key, write.value);
      }
      writes.clear();
      List<Record<String, AlertsOutput>> forwarded = List.copyOf(outputs);
      outputs.clear();
      forwarded.forEach(record -> context.forward(record, record.value().child()));
    }

    @Override
    public void put(StateSection section, String name, byte[] content) {
      writes.add(KeyValue.pair(key(section, name), StateEntry.value(section, content)));
    }

    @Override
    public void delete(StateSection section, String name) {
      writes.add(KeyValue.pair(key(section, name), null));
    }

    @Override
    public void emit(Alert alert) {
      output(alert.id(), new AlertsOutput.AlertChange(alert));
    }

    @Override
    public void emit(CapAdvice advice) {
      output(site, new AlertsOutput.Advice(advice));
    }

    @Override
    public void emit(Capacity capacity) {
      output(site, new AlertsOutput.CapacityOfSite(capacity));
    }

    @Override
    public void emit(PoolPeaks peaks) {
      output(site, new AlertsOutput.PeaksOfPools(peaks));
    }

    private void output(String key, AlertsOutput output) {
      // of the record; the topics put in the time of its arrival anyway
      outputs.add(new Record<>(key, output, Math.max(0, context.currentStreamTimeMs())));
    }
  }
}
