// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.energy.attribute.Arrival;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.energy.attribute.Outcome;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a node's account, lets it take in the news, writes it, and puts what that adds into an
 * outbox of increments by job and by site. The outbox is emptied a few times a second, so that what
 * leaves the node's task does not grow with the number of its nodes. The outbox is state like any
 * other: a crash loses nothing of it and doubles nothing.
 */
public final class AttributeEnergy implements Processor<String, NodeNews, String, Booked> {
  public static final String ACCOUNTS = "node-accounts";
  public static final String HISTORY = "node-history";
  public static final String JOB_OUTBOX = "job-outbox";
  public static final String SITE_OUTBOX = "site-outbox";

  /** How often the outbox is emptied. */
  public static final Duration PACE = Duration.ofMillis(200);

  private static final Logger log = LoggerFactory.getLogger(AttributeEnergy.class);
  private static final int CACHED_ACCOUNTS = 10_000;

  private final Limits limits;
  private final Calibration calibration;
  private final Serde<TelemetryBatch> telemetry = WireSerdes.telemetry();
  private final Serde<AllocationEvent> allocations = WireSerdes.allocations();
  private final LinkedHashMap<String, NodeAccount> cache =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, NodeAccount> eldest) {
          return size() > CACHED_ACCOUNTS;
        }
      };

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, Booked> context;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, byte[]> accounts;

  @SuppressWarnings("NullAway.Init")
  private StoreHistory history;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, JobWindow> jobOutbox;

  @SuppressWarnings("NullAway.Init")
  private KeyValueStore<String, SiteWindow> siteOutbox;

  /** Attribution with these limits, of sensors with that calibration. */
  public AttributeEnergy(Limits limits, Calibration calibration) {
    this.limits = limits;
    this.calibration = calibration;
  }

  @Override
  public void init(ProcessorContext<String, Booked> newContext) {
    context = newContext;
    cache.clear(); // a task that starts anew may find other state
    accounts = context.getStateStore(ACCOUNTS);
    WindowStore<String, byte[]> batches = context.getStateStore(HISTORY);
    history = new StoreHistory(batches, telemetry.deserializer(), limits.futureMillis());
    jobOutbox = context.getStateStore(JOB_OUTBOX);
    siteOutbox = context.getStateStore(SITE_OUTBOX);
    context.schedule(PACE, PunctuationType.WALL_CLOCK_TIME, _ -> emptyOutbox());
  }

  @Override
  public void process(Record<String, NodeNews> news) {
    try {
      switch (news.value()) {
        case NodeNews.Telemetry(byte[] value) -> takeTelemetry(value, news);
        case NodeNews.Allocation(byte[] value) -> takeAllocation(value, news);
      }
    } catch (SerializationException | IllegalArgumentException | ArithmeticException e) {
      // the account may have taken in half of it; the stored one has not
      cache.remove(news.key());
      log.warn("refused a record of {}: {}", news.key(), e.toString());
      refuse(news, news.value().value(), String.valueOf(e.getMessage()));
    }
  }

  private void takeTelemetry(byte[] value, Record<String, NodeNews> news) {
    TelemetryBatch batch =
        requireNonNull(telemetry.deserializer().deserialize("telemetry", value), "empty record");
    String node = checkedKey(Keys.node(batch.site(), batch.node()), news.key());
    NodeAccount account = account(node);
    Increments books = new Increments();
    Outcome outcome =
        account.accept(
            batch.agentEpoch(),
            batch.sequence(),
            new Arrival(news.timestamp(), batch.devicesInTime()),
            history.of(node),
            books);
    if (!outcome.repeated()) {
      List<DeviceSeries> kept = outcome.kept().devices();
      if (batch.clockOffsetMillis() == 0 && kept.equals(batch.devices())) {
        history.put(node, batch, value, news.timestamp());
      } else if (!kept.isEmpty()) {
        TelemetryBatch part =
            new TelemetryBatch(
                batch.site(), batch.node(), batch.agentEpoch(), batch.sequence(), kept);
        history.put(
            node, batch, telemetry.serializer().serialize("telemetry", part), news.timestamp());
      }
    }
    store(node, account);
    book(batch.site(), books);
    if (!outcome.refusals().isEmpty()) {
      refuse(news, value, String.join("; ", outcome.refusals()));
    }
  }

  private void takeAllocation(byte[] value, Record<String, NodeNews> news) {
    AllocationEvent event =
        requireNonNull(
            allocations.deserializer().deserialize("allocations", value), "empty record");
    String node = checkedKey(Keys.node(event.site(), event.node()), news.key());
    NodeAccount account = account(node);
    Increments books = new Increments();
    boolean isNew = account.accept(edge(event, news.timestamp()), history.of(node), books);
    if (isNew) {
      store(node, account);
      book(event.site(), books);
    }
  }

  private static AllocationEdge edge(AllocationEvent event, long arrivalEpochMillis) {
    return new AllocationEdge(
        event.job(),
        event.action() == AllocationEvent.Action.HOLD,
        event.atEpochMillis(),
        event.devices().stream()
            .collect(Collectors.toMap(DeviceShare::deviceId, DeviceShare::parts, Math::max)),
        event.memoryParts(),
        event.storageParts(),
        event.cpuParts(),
        event.nodeParts(),
        event.gpusOnNode(),
        event.reporter() == AllocationEvent.Reporter.AGENT
            ? AllocationEdge.By.AGENT
            : AllocationEdge.By.HOOK,
        arrivalEpochMillis);
  }

  /** A record under another key would be in another task than the rest of its node. */
  private static String checkedKey(String expected, String key) {
    if (!expected.equals(key)) {
      throw new IllegalArgumentException("a record of " + expected + " has the key " + key);
    }
    return key;
  }

  private NodeAccount account(String node) {
    NodeAccount cached = cache.get(node);
    if (cached != null) {
      return cached;
    }
    byte[] stored = accounts.get(node);
    NodeAccount account;
    if (stored == null) {
      account = new NodeAccount(limits, calibration);
    } else {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
        account = NodeAccount.read(in, limits, calibration);
      } catch (IOException e) {
        throw new UncheckedIOException("the account of " + node, e);
      }
    }
    cache.put(node, account);
    return account;
  }

  private void store(String node, NodeAccount account) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      account.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("the account of " + node, e);
    }
    accounts.put(node, bytes.toByteArray());
  }

  // ---- outbox

  private void book(String site, Increments books) {
    books
        .jobs()
        .forEach((job, windows) ->
            windows.forEach((window, totals) -> bookJob(site, job, window, totals)));
    books.site().forEach((window, totals) -> bookSite(site, window, totals));
  }

  private void bookJob(String site, String job, long window, Totals<JobAmount> totals) {
    String key = Keys.job(site, job) + "\0" + window;
    JobWindow waiting = jobOutbox.get(key);
    Totals<JobAmount> sum = waiting == null ? totals : waiting.totals().addAll(totals);
    jobOutbox.put(key, new JobWindow(site, job, window, limits.windowMillis(), sum));
  }

  private void bookSite(String site, long window, Totals<SiteAmount> totals) {
    String key = site + "\0" + window;
    SiteWindow waiting = siteOutbox.get(key);
    Totals<SiteAmount> sum = waiting == null ? totals : waiting.totals().addAll(totals);
    siteOutbox.put(key, new SiteWindow(site, window, limits.windowMillis(), sum));
  }

  private void emptyOutbox() {
    long now = context.currentStreamTimeMs();
    Outbox.empty(
        jobOutbox,
        (_, window) -> {
          if (!window.totals().isZero()) {
            context.forward(
                new Record<>(
                    Keys.job(window.site(), window.job()),
                    (Booked) new Booked.ToJob(window),
                    Math.max(0, now)));
          }
        });
    Outbox.empty(
        siteOutbox,
        (_, window) -> {
          if (!window.totals().isZero()) {
            context.forward(
                new Record<>(window.site(), (Booked) new Booked.ToSite(window), Math.max(0, now)));
          }
        });
  }

  private void refuse(Record<String, NodeNews> news, byte[] value, String reason) {
    context
        .recordMetadata()
        .ifPresent(origin ->
            context.forward(
                new Record<>(
                    news.key(),
                    (Booked) new Booked.Refused(value),
                    news.timestamp(),
                    DeadLetterHeaders.of(reason, origin))));
  }

  /** Emptying a store whose entries wait to be sent. */
  static final class Outbox {
    private Outbox() {}

    /** Sends. */
    interface Sender<V> {
      void send(String key, V value);
    }

    static <V> void empty(KeyValueStore<String, V> outbox, Sender<V> sender) {
      try (KeyValueIterator<String, V> waiting = outbox.all()) {
        while (waiting.hasNext()) {
          KeyValue<String, V> entry = waiting.next();
          sender.send(entry.key, entry.value);
          outbox.delete(entry.key);
        }
      }
    }
  }
}
