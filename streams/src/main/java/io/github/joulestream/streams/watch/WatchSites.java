// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.budget.Budget;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.LivePower;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.process.DeadLetterHeaders;
import io.github.joulestream.streams.process.Poison;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
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
public final class WatchSites implements Processor<String, byte[], String, Watched> {
  public static final String STORE = "site-watch";

  private static final Logger log = LoggerFactory.getLogger(WatchSites.class);
  private static final Duration WALL_INTERVAL = Duration.ofSeconds(1);
  private static final Keeper.Part[] PARTS = Keeper.Part.values();

  private final Poison poison;
  private final Map<String, SiteWatch> sites = new HashMap<>();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, Watched> context;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, byte[]> store;

  public WatchSites(Poison poison) {
    this.poison = poison;
  }

  /** What sites are known by. */
  public static StoreBuilder<KeyValueStore<String, byte[]>> store() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of());
  }

  @Override
  public void init(ProcessorContext<String, Watched> newContext) {
    context = newContext;
    store = context.getStateStore(STORE);
    sites.clear();
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> entry = all.next();
        int at = entry.key.indexOf('\0');
        site(entry.key.substring(0, at))
            .restore(
                PARTS[entry.key.charAt(at + 1) - 'a'], entry.key.substring(at + 2), entry.value);
      }
    }
    sites.values().forEach(SiteWatch::restored);
    context.schedule(
        WALL_INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        wallMillis -> sites.values().forEach(site -> site.wallClock(wallMillis)));
  }

  private SiteWatch site(String name) {
    return sites.computeIfAbsent(name, _ -> new SiteWatch(name, new OfSite(name)));
  }

  @Override
  public void process(Record<String, byte[]> news) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    String known = poison.reason(origin);
    if (known != null) {
      refuse(news, known);
      return;
    }
    try {
      SendToSite.Origin sent = SendToSite.origin(news, origin);
      // a bad record is found out before anything is touched
      Runnable work = work(site(sent.site()), sent, news);
      poison.guard(
          origin,
          () -> {
            work.run();
            return true;
          });
    } catch (SerializationException | IllegalArgumentException e) {
      log.warn("refused a record of {}: {}", news.key(), e.toString());
      refuse(news, String.valueOf(e.getMessage()));
    }
  }

  private Runnable work(SiteWatch site, SendToSite.Origin sent, Record<String, byte[]> news) {
    byte[] value = news.value();
    long arrival = news.timestamp();
    return switch (sent.topic()) {
      case POWER_NOW -> {
        LivePower power = read(WireSerdes.livePower(), value);
        checkKey(sent, power.site());
        yield () -> site.take(power, requireNonNull(value), arrival);
      }
      case SITE_POWER -> {
        SiteWindow window = read(WireSerdes.siteWindows(), value);
        checkKey(sent, window.site());
        yield () -> site.take(window, arrival);
      }
      case NODE_POWER -> {
        NodeWindow window = read(WireSerdes.nodeWindows(), value);
        checkKey(sent, Keys.node(window.site(), window.node()));
        yield () -> site.take(window);
      }
      case JOB_ENERGY -> {
        JobWindow window = read(WireSerdes.jobWindows(), value);
        checkKey(sent, Keys.job(window.site(), window.job()));
        yield () -> site.take(window, arrival);
      }
      case NODES -> {
        if (value == null) {
          yield sent.name().isEmpty()
              ? () -> forgetSite(sent.site())
              : () -> site.forgetNode(sent.name());
        }
        NodeRecord record = read(WireSerdes.nodes(), value);
        checkKey(sent, Keys.node(record.site(), record.node()));
        yield () -> site.take(record, value);
      }
      case JOBS -> {
        if (value == null) {
          yield () -> site.forgetJob(sent.name());
        }
        JobRecord record = read(WireSerdes.jobs(), value);
        checkKey(sent, Keys.job(record.site(), record.job()));
        yield () -> site.take(record, value);
      }
      case BUDGETS -> {
        if (value == null) {
          yield () -> site.removeBudget(sent.name());
        }
        Budget budget = read(WireSerdes.budgets(), value);
        checkKey(sent, Keys.budget(budget.site(), budget.id()));
        site.check(budget);
        yield () -> site.set(budget, value);
      }
      case ALERTS -> {
        Alert alert = read(WireSerdes.alerts(), value);
        checkKey(sent, alert.site() + "/" + alert.id());
        yield () -> site.cleared(alert);
      }
      default -> throw new IllegalStateException("not watched: " + sent.topic());
    };
  }

  private void forgetSite(String name) {
    site(name).forgetSite();
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

  private void refuse(Record<String, byte[]> news, String reason) {
    context
        .recordMetadata()
        .ifPresent(origin ->
            context.forward(
                new Record<>(
                    SendToSite.originalKey(news),
                    (Watched) new Watched.Refused(news.value()),
                    news.timestamp(),
                    SendToSite.isSent(news)
                        ? news.headers().add("reason", reason.getBytes(UTF_8))
                        : DeadLetterHeaders.of(reason, origin))));
  }

  /** The store and the outlet, for one site. */
  private final class OfSite implements Keeper {
    private final String prefix;
    private final String site;

    OfSite(String site) {
      this.site = site;
      this.prefix = site + "\0";
    }

    private String key(Part part, String name) {
      return prefix + (char) ('a' + part.ordinal()) + name;
    }

    @Override
    public void put(Part part, String name, byte[] value) {
      store.put(key(part, name), value);
    }

    @Override
    public void delete(Part part, String name) {
      store.delete(key(part, name));
    }

    @Override
    public void tell(Alert alert) {
      context.forward(new Record<>(alert.id(), (Watched) new Watched.Told(alert), timestamp()));
    }

    @Override
    public void advise(CapAdvice advice) {
      context.forward(new Record<>(site, (Watched) new Watched.Advised(advice), timestamp()));
    }

    /** Of the record; the topics put in the time of its arrival anyway. */
    private long timestamp() {
      return Math.max(0, context.currentStreamTimeMs());
    }
  }
}
