// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.DeviceSeries;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.WindowStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a node's account take in the news, and gathers what that adds, by job and by site; told when
 * the task commits, so that what leaves the node's task does not grow with the number of its nodes.
 */
public final class AttributeEnergy implements Processor<String, NodeNews, String, Booked> {
  public static final String ACCOUNTS = "node-accounts";
  public static final String HISTORY = "node-history";

  /** Accounts kept in memory, of each task. */
  public static final int LIVE_ACCOUNTS = 50_000;

  private static final Logger log = LoggerFactory.getLogger(AttributeEnergy.class);

  private final Limits limits;
  private final Poison poison;
  private final Serde<TelemetryBatch> telemetry = WireSerdes.telemetry();
  private final Serde<AllocationEvent> allocations = WireSerdes.allocations();
  private final Supplier<NodeAccount> newAccount;

  // what this commit will tell, by site
  private final Map<String, Increments> told = new HashMap<>();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, Booked> context;

  @SuppressWarnings("NullAway.Init")
  private LiveStore<NodeAccount> accounts;

  @SuppressWarnings("NullAway.Init")
  private StoreHistory history;

  /** Attribution with these limits, of sensors with that calibration. */
  public AttributeEnergy(Limits limits, Calibration calibration, Poison poison) {
    this.limits = limits;
    this.poison = poison;
    this.newAccount = () -> new NodeAccount(limits, calibration);
  }

  /** The store of accounts. */
  public static StoreBuilder<LiveStore<NodeAccount>> accounts(
      Limits limits, Calibration calibration) {
    return LiveStore.builder(
        ACCOUNTS,
        AttributeEnergy::written,
        bytes -> read(bytes, limits, calibration),
        LIVE_ACCOUNTS);
  }

  private static byte[] written(NodeAccount account) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(2048);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      account.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an account", e);
    }
    return bytes.toByteArray();
  }

  private static NodeAccount read(byte[] bytes, Limits limits, Calibration calibration) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return NodeAccount.read(in, limits, calibration);
    } catch (IOException e) {
      throw new UncheckedIOException("an account", e);
    }
  }

  @Override
  public void init(ProcessorContext<String, Booked> newContext) {
    context = newContext;
    told.clear();
    accounts = context.getStateStore(ACCOUNTS);
    accounts.atCommit(new CommitScope(context).of(this::tell));
    WindowStore<String, byte[]> batches = context.getStateStore(HISTORY);
    history = new StoreHistory(batches, telemetry.deserializer(), limits.futureMillis());
  }

  @Override
  public void process(Record<String, NodeNews> news) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    String known = poison.reason(origin);
    if (known != null) {
      refuse(news, known);
      return;
    }
    try {
      switch (news.value()) {
        case NodeNews.Telemetry(byte[] value) -> {
          TelemetryBatch batch =
              requireNonNull(
                  telemetry.deserializer().deserialize("telemetry", value), "empty record");
          checkKey(Keys.node(batch.site(), batch.node()), news.key());
          takeTelemetry(batch, value, news, origin);
        }
        case NodeNews.Allocation(byte[] value) -> {
          AllocationEvent event =
              requireNonNull(
                  allocations.deserializer().deserialize("allocations", value), "empty record");
          checkKey(Keys.node(event.site(), event.node()), news.key());
          AllocationEdge edge = edge(event, news.timestamp());
          poison.guard(origin, () -> takeAllocation(event.site(), edge, news.key()));
        }
      }
    } catch (SerializationException | IllegalArgumentException e) {
      // before anything was taken in
      log.warn("refused a record of {}: {}", news.key(), e.toString());
      refuse(news, String.valueOf(e.getMessage()));
    }
  }

  private void takeTelemetry(
      TelemetryBatch batch, byte[] value, Record<String, NodeNews> news, RecordMetadata origin) {
    String node = news.key();
    Arrival arrived = new Arrival(news.timestamp(), batch.devicesInTime());
    List<String> refusals = new ArrayList<>();
    poison.guard(
        origin,
        () -> {
          Outcome outcome =
              account(node)
                  .accept(
                      batch.agentEpoch(),
                      batch.sequence(),
                      arrived,
                      history.of(node),
                      books(batch.site()));
          accounts.changed(node);
          if (!outcome.repeated()) {
            keep(batch, value, arrived, outcome.kept().devices(), node);
          }
          refusals.addAll(outcome.refusals());
        });
    if (!refusals.isEmpty()) {
      refuse(news, String.join("; ", refusals));
    }
  }

  private void keep(
      TelemetryBatch batch, byte[] value, Arrival arrived, List<DeviceSeries> kept, String node) {
    if (batch.clockOffsetMillis() == 0 && kept.equals(batch.devices())) {
      history.put(node, batch, arrived, value);
    } else if (!kept.isEmpty()) {
      TelemetryBatch part =
          new TelemetryBatch(
              batch.site(), batch.node(), batch.agentEpoch(), batch.sequence(), kept);
      history.put(node, batch, arrived, telemetry.serializer().serialize("telemetry", part));
    }
  }

  private void takeAllocation(String site, AllocationEdge edge, String node) {
    if (account(node).accept(edge, history.of(node), books(site))) {
      accounts.changed(node);
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
  private static void checkKey(String expected, String key) {
    if (!expected.equals(key)) {
      throw new IllegalArgumentException("a record of " + expected + " has the key " + key);
    }
  }

  private NodeAccount account(String node) {
    NodeAccount account = accounts.get(node);
    if (account == null) {
      account = newAccount.get();
      accounts.put(node, account);
    }
    return account;
  }

  private Increments books(String site) {
    return told.computeIfAbsent(site, _ -> new Increments());
  }

  private void tell() {
    long now = Math.max(0, context.currentStreamTimeMs());
    told.forEach((site, books) -> {
      books.compact();
      books
          .jobs()
          .forEach((job, windows) -> {
            String key = Keys.job(site, job);
            windows.forEach((window, totals) ->
                context.forward(
                    new Record<>(
                        key,
                        (Booked)
                            new Booked.ToJob(
                                new JobWindow(site, job, window, limits.windowMillis(), totals)),
                        now)));
          });
      books
          .site()
          .forEach((window, totals) ->
              context.forward(
                  new Record<>(
                      site,
                      (Booked)
                          new Booked.ToSite(
                              new SiteWindow(site, window, limits.windowMillis(), totals)),
                      now)));
    });
    told.clear();
  }

  private void refuse(Record<String, NodeNews> news, String reason) {
    context
        .recordMetadata()
        .ifPresent(origin ->
            context.forward(
                new Record<>(
                    news.key(),
                    (Booked) new Booked.Refused(news.value().value()),
                    news.timestamp(),
                    DeadLetterHeaders.of(reason, origin))));
  }
}
