// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.failure.RecordRefusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serde;
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
 * Watches over the sites of a task. What it knows is in memory, as sums; whatever these follow from
 * is in the store, under {@code site \0 part name}, written as it comes and committed with what was
 * told: so after a crash the same is known, and nothing is told twice.
 */
public final class WatchSites implements Processor<String, byte[], String, AlertsOutput> {
  public static final String STORE = "site-watch";

  /** Where a record without a value says that something is gone, be it known or not. */
  private static final Set<Topic> FORGETS = EnumSet.of(Topic.NODES, Topic.JOBS, Topic.BUDGETS);

  private static final Logger log = LoggerFactory.getLogger(WatchSites.class);
  private static final Duration WALL_INTERVAL = Duration.ofSeconds(1);

  /** Sites of a task; new ones are refused when there are as many. */
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

  /** What sites are known by. */
  public static StoreBuilder<KeyValueStore<String, byte[]>> store() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of());
  }

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

  private void restore(KeyValue<String, byte[]> entry) {
    try {
      int at = entry.key.indexOf('\0');
      AlertStateStore.Part part = AlertStateStore.Part.of(entry.key.charAt(at + 1));
      site(entry.key.substring(0, at))
          .watch
          .restore(part, entry.key.substring(at + 2), entry.value);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      // of one site; the rest of it is as it was
      refusals.warn(
          "restore",
          "what the watch had written down as %s is left out: %s".formatted(entry.key, e));
    }
  }

  private void wallClock(long wallMillis) {
    for (String name : List.copyOf(sites.keySet())) {
      try {
        watch(name, site -> site.wallClock(wallMillis));
      } catch (RecordRefusals.ProgramFailed e) {
        refusals.warn("clock", "the watch over site %s failed: %s".formatted(name, e.getMessage()));
      }
    }
  }

  private Site site(String name) {
    Site site = sites.get(name);
    if (site == null) {
      if (sites.size() >= MAX_SITES) {
        throw new IllegalArgumentException(
            "a new site, and this task has as many as it may: " + MAX_SITES);
      }
      OfSite keeper = new OfSite(name);
      site = new Site(new SiteWatch(name, keeper), keeper);
      sites.put(name, site);
    }
    return site;
  }

  private record Site(SiteWatch watch, OfSite keeper) {}

  /** Does something with a site's watch; or nothing, and all is as it was before. */
  private void watch(String name, Consumer<SiteWatch> work) {
    Site site = site(name);
    try {
      work.accept(site.watch);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      // what it did half way is in memory alone
      sites.remove(name);
      try (KeyValueIterator<String, byte[]> all = store.range(name + "\0", name + "\1")) {
        all.forEachRemaining(this::restore);
      }
      site(name).watch.restored();
      throw new RecordRefusals.ProgramFailed(e);
    }
    site.keeper.keep();
  }

  @Override
  public void process(Record<String, byte[]> news) {
    RecordMetadata metadata = context.recordMetadata().orElseThrow();
    try {
      String site = RecordRefusals.checkedKey(news.key(), news.value());
      RecordRefusals.checkSize(news.value(), RecordRefusals.MAX_SENT_BYTES);
      SendToSite.Origin sent = SendToSite.origin(news, metadata);
      if (sent.topic() == Topic.NODES && news.value() == null && sent.name().isEmpty()) {
        forgetSite(site);
      } else if (news.value() != null
          || sites.containsKey(site)
          || !FORGETS.contains(sent.topic())) {
        // a bad record is found out before anything is touched
        watch(site, work(sent, news));
      }
    } catch (RuntimeException | StackOverflowError e) {
      Record<String, byte[]> first = news.withKey(SendToSite.key(news, metadata));
      context.forward(
          refusals.refuse(
              first, news.value(), SendToSite.place(news, metadata), e, AlertsOutput.Refused::new));
    }
  }

  private Consumer<SiteWatch> work(SendToSite.Origin sent, Record<String, byte[]> news) {
    byte[] value = news.value();
    long arrival = news.timestamp();
    return switch (sent.topic()) {
      case POWER_SNAPSHOT -> {
        PowerSnapshot power = read(WireSerdes.powerSnapshot(), value);
        checkKey(sent, power.site());
        yield site -> site.take(power, requireNonNull(value), arrival);
      }
      case SITE_WINDOW -> {
        SiteWindow window = read(WireSerdes.siteWindows(), value);
        checkKey(sent, window.site());
        yield site -> site.take(window, arrival);
      }
      case NODE_WINDOW -> {
        NodeWindow window = read(WireSerdes.nodeWindows(), value);
        checkKey(sent, Keys.node(window.site(), window.node()));
        yield site -> site.take(window);
      }
      case JOB_WINDOW -> {
        JobWindow window = read(WireSerdes.jobWindows(), value);
        checkKey(sent, Keys.job(window.site(), window.job()));
        yield site -> site.take(window, arrival);
      }
      case NODES -> {
        if (value == null) {
          yield site -> site.forgetNode(sent.name());
        }
        NodeRecord record = read(WireSerdes.nodes(), value);
        checkKey(sent, Keys.node(record.site(), record.node()));
        yield site -> site.take(record, value);
      }
      case JOBS -> {
        if (value == null) {
          yield site -> site.forgetJob(sent.name());
        }
        JobRecord record = read(WireSerdes.jobs(), value);
        checkKey(sent, Keys.job(record.site(), record.job()));
        yield site -> site.take(record, value);
      }
      case BUDGETS -> {
        if (value == null) {
          yield site -> site.removeBudget(sent.name());
        }
        Budget budget = read(WireSerdes.budgets(), value);
        checkKey(sent, Keys.budget(budget.site(), budget.id()));
        Site known = sites.get(sent.site());
        if (known != null) {
          known.watch.check(budget);
        }
        yield site -> site.set(budget, value);
      }
      case ALERTS -> {
        Alert alert = read(WireSerdes.alerts(), value);
        checkKey(sent, alert.site() + "/" + alert.id());
        yield site -> site.cleared(alert);
      }
      default -> throw new IllegalArgumentException("not watched: " + sent.topic());
    };
  }

  private void forgetSite(String name) {
    if (!sites.containsKey(name)) {
      return;
    }
    watch(name, SiteWatch::forgetSite);
    sites.remove(name);
    List<String> keys = new ArrayList<>();
    // all that begins with the name and a 0 character
    try (KeyValueIterator<String, byte[]> all = store.range(name + "\0", name + "\1")) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    keys.forEach(store::delete);
    log.info("site {} is forgotten: {} entries", name, keys.size());
  }

  private static <T> T read(Serde<T> serde, byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalArgumentException("an empty record");
    }
    return requireNonNull(serde.deserializer().deserialize("any", value), "no value");
  }

  private static void checkKey(SendToSite.Origin sent, String key) {
    if (!key.equals(sent.key())) {
      throw new IllegalArgumentException("a record of " + key + " has the key " + sent.key());
    }
  }

  /** The store and the outlet, for one site. */
  private final class OfSite implements AlertStateStore {
    private final String prefix;
    private final String site;

    OfSite(String site) {
      this.site = site;
      this.prefix = site + "\0";
    }

    private String key(Part part, String name) {
      return prefix + part.code + name;
    }

    // kept and told when the work over a record is done
    private final List<KeyValue<String, byte @Nullable []>> writes = new ArrayList<>();
    private final List<Record<String, AlertsOutput>> outputs = new ArrayList<>();

    /** Writes down what was to be kept, and forwards what was to be told. */
    void keep() {
      for (KeyValue<String, byte @Nullable []> write : writes) {
        store.put(write.key, write.value);
      }
      writes.clear();
      List<Record<String, AlertsOutput>> told = List.copyOf(outputs);
      outputs.clear();
      told.forEach(context::forward);
    }

    @Override
    public void put(Part part, String name, byte[] value) {
      writes.add(KeyValue.pair(key(part, name), value));
    }

    @Override
    public void delete(Part part, String name) {
      writes.add(KeyValue.pair(key(part, name), null));
    }

    @Override
    public void tell(Alert alert) {
      outputs.add(
          new Record<>(alert.id(), (AlertsOutput) new AlertsOutput.Told(alert), timestamp()));
    }

    @Override
    public void advise(CapAdvice advice) {
      outputs.add(new Record<>(site, (AlertsOutput) new AlertsOutput.Advised(advice), timestamp()));
    }

    /** Of the record; the topics put in the time of its arrival anyway. */
    private long timestamp() {
      return Math.max(0, context.currentStreamTimeMs());
    }
  }
}
