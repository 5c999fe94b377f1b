// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.energy.attribute.Outcome;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeOrder;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.failure.RecordRefusals.Place;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.CommitScope;
import io.github.joulestream.streams.state.Journal;
import io.github.joulestream.streams.state.Journal.Slice;
import io.github.joulestream.streams.state.NodeCensus;
import io.github.joulestream.streams.state.NodeHistory;
import io.github.joulestream.streams.state.NodeState;
import io.github.joulestream.streams.state.NodeStateCache;
import io.github.joulestream.streams.state.PendingDevices;
import io.github.joulestream.streams.state.PendingOutput;
import io.github.joulestream.streams.state.SetAside;
import io.github.joulestream.streams.state.SetAsideNode;
import io.github.joulestream.streams.state.ZstdCodec;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Applies telemetry and allocations to the accounts of nodes and emits the resulting increments of
 * sites, jobs and nodes when the task commits; see {@link IncrementEmitter} and {@link
 * EmissionPolicy}.
 */
public final class AttributeEnergy implements Processor<String, byte[], String, AttributionOutput> {
  public static final String ACCOUNTS = "node-accounts";
  public static final String HISTORY = "node-history";
  public static final String JOURNAL = "node-journal";
  public static final String SET_ASIDE = "nodes-set-aside";
  public static final String DEVICES = "device-windows";

  // where no record arrives, pending increments are emitted after one to two of these
  private static final Duration QUIET_INTERVAL = Duration.ofSeconds(2);
  private static final Duration CENSUS_INTERVAL = Duration.ofSeconds(1);

  private static final String TELEMETRY = Topic.TELEMETRY.topicName();

  // beyond the horizon, so that a look-up at its end finds complete blocks
  private static final Duration HISTORY_MARGIN = Duration.ofMinutes(10);

  // a batch may be as large as a record may be, and is kept with something around it
  private static final Map<String, String> LARGE_RECORDS =
      Map.of("max.message.bytes", String.valueOf(Journal.MAX_RECORD));

  private final Limits limits;
  private final Calibration calibration;
  private final RecordRefusals refusals;
  private final PendingOutput pendingOutput;
  private final CacheBudget budget;
  private final int deviceWindowMillis;
  private final TelemetryReader telemetry = new TelemetryReader();
  private final Deserializer<AllocationEvent> allocations = WireSerdes.allocations().deserializer();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, AttributionOutput> context;

  @SuppressWarnings("NullAway.Init")
  private IncrementEmitter emitter;

  @SuppressWarnings("NullAway.Init")
  private DeviceWindows devices;

  @SuppressWarnings("NullAway.Init")
  private EmissionPolicy policy;

  @SuppressWarnings("NullAway.Init")
  private NodeHistory history;

  @SuppressWarnings("NullAway.Init")
  private SetAside setAside;

  @SuppressWarnings("NullAway.Init")
  private NodeCensus census;

  @SuppressWarnings("NullAway.Init")
  private NodeStateCache nodes;

  // what init opened
  private final List<Runnable> closing = new ArrayList<>();

  /**
   * Attribution with these limits, of sensors with that calibration.
   *
   * @param pendingOutput is notified of commits without increments of jobs
   * @param budget bounds the nodes in memory
   * @param deviceWindowMillis length of the windows of devices; 0 if there are none
   */
  public AttributeEnergy(
      Limits limits,
      Calibration calibration,
      RecordRefusals refusals,
      PendingOutput pendingOutput,
      CacheBudget budget,
      int deviceWindowMillis) {
    this.limits = limits;
    this.calibration = calibration;
    this.refusals = refusals;
    this.pendingOutput = pendingOutput;
    this.budget = budget;
    this.deviceWindowMillis = deviceWindowMillis;
  }

  /**
   * Its stores: accounts, their history and journal, nodes that are set aside, and windows of
   * devices that are not over.
   */
  public static List<StoreBuilder<?>> stores(Limits limits, CacheBudget budget) {
    return List.of(
        Journal.builder(JOURNAL),
        PendingDevices.store(DEVICES, budget),
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(ACCOUNTS), Serdes.String(), Serdes.ByteArray())
            .withLoggingEnabled(LARGE_RECORDS),
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(SET_ASIDE), Serdes.String(), Serdes.ByteArray())
            .withLoggingEnabled(LARGE_RECORDS),
        Stores.windowStoreBuilder(
                Stores.persistentWindowStore(
                    HISTORY,
                    Duration.ofMillis(limits.horizonMillis()).plus(HISTORY_MARGIN),
                    Duration.ofMillis(1),
                    false),
                Serdes.String(),
                Serdes.ByteArray())
            .withLoggingEnabled(LARGE_RECORDS));
  }

  /**
   * Begins with the state of the task.
   *
   * @throws UncheckedIOException caused by an {@link UnknownStateFormatException} if another
   *     release wrote it in a format that this one does not read
   */
  @Override
  public void init(ProcessorContext<String, AttributionOutput> newContext) {
    close();
    context = newContext;
    Journal journal = context.getStateStore(JOURNAL);
    KeyValueStore<String, byte[]> accounts = context.getStateStore(ACCOUNTS);
    KeyValueStore<String, byte[]> nodesSetAside = context.getStateStore(SET_ASIDE);
    WindowStore<String, byte[]> blocks = context.getStateStore(HISTORY);
    journal.checkFormats(accounts, nodesSetAside, blocks);
    devices = new DeviceWindows(context, context.getStateStore(DEVICES), deviceWindowMillis);
    emitter = new IncrementEmitter(context, refusals, limits.windowMillis(), devices);
    policy = new EmissionPolicy(context.taskId().partition());
    ZstdCodec codec = new ZstdCodec();
    closing.add(codec::close);
    history = new NodeHistory(blocks, codec);
    setAside = new SetAside(nodesSetAside);
    nodes =
        new NodeStateCache(
            journal,
            accounts,
            history,
            codec,
            () -> new NodeAccount(limits, calibration),
            in -> NodeAccount.read(in, limits, calibration),
            this::takeAgain,
            new ToSetAside(),
            budget);
    closing.add(nodes::close);
    census = new NodeCensus(accounts, nodes, NodeCensus.MAX_NODES);
    nodes.open();
    refusals.noteSetAside(context.taskId(), setAside.size());
    pendingOutput.note(context.taskId(), emitter.pendingWindows() > 0);
    pendingOutput.noteDevices(context.taskId(), devices.isPending());
    journal.atCommit(new CommitScope(context).of(this::atCommit));
    context.schedule(QUIET_INTERVAL, PunctuationType.WALL_CLOCK_TIME, _ -> emitWhenQuiet());
    context.schedule(
        CENSUS_INTERVAL, PunctuationType.WALL_CLOCK_TIME, _ -> census.turn(streamMillis()));
  }

  private long streamMillis() {
    return Math.max(0, context.currentStreamTimeMs());
  }

  /** Without records there may be no commit at which the policy emits. */
  private void emitWhenQuiet() {
    boolean noMore = pendingOutput.isNoMoreExpected();
    boolean ofDevices = devices.endInterval(policy.endInterval(), noMore);
    int windows = emitter.pendingWindows();
    if (policy.isQuiet(windows, noMore) && (ofDevices || windows > 0 || nodes.isOverBudget())) {
      policy.require();
      context.commit();
    }
  }

  private void atCommit() {
    long now = streamMillis();
    boolean withJobs =
        nodes.isOverBudget()
            || emitter.isFullOfDevices()
            || policy.emitsAt(now, emitter.pendingWindows());
    emitter.emit(withJobs, nodes.fragment(), now);
    emitter.emitPower(now);
    if (withJobs) {
      policy.emitted(now);
      nodes.commit(now);
    }
    pendingOutput.note(context.taskId(), !withJobs);
    pendingOutput.noteDevices(context.taskId(), devices.isPending());
  }

  @Override
  public void close() {
    if (!closing.isEmpty()) {
      pendingOutput.note(context.taskId(), false);
      pendingOutput.noteDevices(context.taskId(), false);
      refusals.noteSetAside(context.taskId(), 0);
    }
    closing.forEach(Runnable::run);
    closing.clear();
  }

  @Override
  public void process(Record<String, byte[]> record) {
    policy.recordReceived();
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    try {
      accept(record, origin);
    } catch (RuntimeException | StackOverflowError e) {
      forward(
          refusals.refuse(
              record, record.value(), Place.of(origin), e, AttributionOutput.Refused::new));
    }
  }

  private void forward(Record<String, AttributionOutput.Refused> letter) {
    context.forward(letter, AttributionOutput.Refused.CHILD);
  }

  private void accept(Record<String, byte[]> record, RecordMetadata origin) {
    String key = RecordRefusals.checkedKey(record.key(), record.value());
    byte[] value = RecordRefusals.present(record.value());
    boolean isTelemetry = origin.topic().equals(TELEMETRY);
    NodeOrder order = isTelemetry ? null : NodeOrder.find(value);
    if (order != null) {
      execute(order, key);
      return;
    }
    SetAsideNode aside = setAside.of(key);
    if (aside != null) {
      countFailed(key, record.timestamp());
      throw new IllegalArgumentException("its node is set aside: " + aside.reason());
    }
    if (isTelemetry) {
      acceptBatch(record, key, origin);
    } else {
      acceptAllocation(key, value, record.timestamp(), origin);
    }
  }

  private void acceptAllocation(String key, byte[] value, long arrival, RecordMetadata origin) {
    AllocationEvent event = allocations.deserialize("allocations", value);
    checkKey(event.site(), event.node(), key);
    NodeState node = node(key, arrival);
    AllocationEdge edge = AllocationEdges.edge(event, arrival);
    String refusal = node.account().refusal(edge);
    // an edge that is refused is counted by the account too
    guard(node, arrival, increments -> apply(node, edge, increments));
    if (refusal != null) {
      throw new IllegalArgumentException(refusal);
    }
    nodes.taken(node, arrival, origin.offset(), value);
  }

  private void acceptBatch(Record<String, byte[]> record, String key, RecordMetadata origin) {
    byte[] value = record.value();
    long arrival = record.timestamp();
    NodeState live = nodes.live(key);
    // a batch that cannot be read makes no node
    telemetry.read(value, 0, value.length, live == null ? null : live.deviceBlock());
    if (live == null || !live.isKeyOf(telemetry.site(), telemetry.node())) {
      checkKey(telemetry.site(), telemetry.node(), key);
    }
    NodeState node = live;
    if (node == null) {
      node = node(key, arrival);
      // the reader has read the batches in the journal of the node in the meantime
      telemetry.read(value, 0, value.length, node.deviceBlock());
    }
    NodeState taker = node;
    Outcome outcome = guard(node, arrival, increments -> apply(taker, arrival, increments));
    emitter.powerChanged(node);
    Slice taken = nodes.taken(node, arrival, origin.offset(), value, telemetry);
    remember(outcome, node, taken, arrival, origin.offset());
    if (!outcome.refusals().isEmpty()) {
      forward(
          refusals.refuse(
              record,
              value,
              Place.of(origin),
              String.join("; ", outcome.refusals()),
              "fields",
              AttributionOutput.Refused::new));
    }
  }

  /** The node; refuses the record if its state cannot be read, or if there are too many nodes. */
  private NodeState node(String key, long arrivalEpochMillis) {
    if (!census.hasRoom() && !nodes.isKnown(key)) {
      throw new IllegalArgumentException(
          "a new node, and this task has the maximum of " + NodeCensus.MAX_NODES + " nodes");
    }
    NodeState node = nodes.get(key);
    if (node == null) {
      countFailed(key, arrivalEpochMillis);
      throw new IllegalArgumentException("its node is set aside: " + setAsideReason(key));
    }
    return node;
  }

  private String setAsideReason(String key) {
    SetAsideNode node = setAside.of(key);
    return node == null ? "" : node.reason();
  }

  /** Counts a record of a node that is refused because of the state of the node. */
  private void countFailed(String key, long arrivalEpochMillis) {
    String site = Keys.site(key);
    Increments increments = emitter.of(site);
    increments.forNode(key.substring(Math.min(key.length(), site.length() + 1)));
    increments.failed(arrivalEpochMillis, limits);
  }

  /** Books a record of one node. If that fails, nothing is booked, and the node is rebuilt. */
  private <T> T guard(NodeState node, long arrivalEpochMillis, Function<Increments, T> work) {
    Increments increments = emitter.of(Keys.site(node.key()));
    increments.begin();
    try {
      return work.apply(increments);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      increments.undo();
      emitter.replace(node, nodes.rebuild(node));
      countFailed(node.key(), arrivalEpochMillis);
      // not as if the record were wrong
      throw new RecordRefusals.ProgramFailed(e);
    }
  }

  /** A person puts back a node that is set aside. */
  private void execute(NodeOrder order, String key) {
    if (setAside.of(key) == null) {
      throw new IllegalArgumentException("the node is not set aside");
    }
    // what is booked now is emitted to jobs with the commit that writes the node
    policy.require();
    List<Journal.Entry> entries = List.of();
    if (order == NodeOrder.RESTORE) {
      entries = setAside.entries(key);
    }
    setAside.remove(key);
    if (order == NodeOrder.RESET) {
      nodes.reset(key);
    } else if (nodes.restore(key, entries, SetAside.EMITTED) == null) {
      throw new IllegalArgumentException("the node cannot be put back: " + setAsideReason(key));
    }
    refusals.noteSetAside(context.taskId(), setAside.size());
    refusals.warn("put back", "Node %s put back by the order %s".formatted(key, order));
  }

  /** Sets aside nodes whose account cannot be read, rebuilt or written. */
  private final class ToSetAside implements NodeStateCache.Aside {
    @Override
    public void set(String key, List<Journal.Entry> entries, IntPredicate emitted, Throwable why) {
      String reason = RecordRefusals.reason(why);
      String place =
          context.recordMetadata().map(origin -> Place.of(origin).toString()).orElse("a commit");
      setAside.add(key, streamMillis(), reason, place, entries, emitted);
      emitter.remove(key);
      policy.require();
      refusals.noteSetAside(context.taskId(), setAside.size());
      refusals.warn(
          "set aside",
          "Node %s set aside at %s, its records are refused from here on: %s; put it back with: joulestream node restore"
              .formatted(key, place, reason));
    }

    @Override
    public boolean holds(String key) {
      return setAside.of(key) != null;
    }
  }

  /** Applies the batch that was read last. */
  private Outcome apply(NodeState node, long arrivalEpochMillis, Increments increments) {
    node.setDeviceBlock(telemetry.deviceBlock());
    increments.forNode(node.name());
    return node.account()
        .accept(
            telemetry.agentEpoch(),
            telemetry.sequence(),
            telemetry.content(),
            arrivalEpochMillis,
            telemetry.columns(),
            history.of(node),
            increments);
  }

  private boolean apply(NodeState node, AllocationEdge edge, Increments increments) {
    increments.forNode(node.name());
    return node.account().accept(edge, history.of(node), increments);
  }

  /** Adds to the history what was accepted of the batch that was read last. */
  private void remember(
      Outcome outcome, NodeState node, Slice value, long arrivalEpochMillis, long offset) {
    long limitMillis = arrivalEpochMillis + limits.futureMillis();
    if (outcome.complete()) {
      long latest = telemetry.columns().latestMillis(limitMillis);
      node.remember(value, arrivalEpochMillis, offset, latest);
    } else if (!outcome.rest().isEmpty()) {
      ReadingColumns accepted = new ReadingColumns();
      outcome.rest().forEach(accepted::add);
      byte[] written =
          WireSerdes.telemetry()
              .serializer()
              .serialize(
                  "telemetry",
                  new TelemetryBatch(
                      telemetry.site(),
                      telemetry.node(),
                      telemetry.agentEpoch(),
                      telemetry.sequence(),
                      outcome.rest()));
      node.remember(
          new Slice(written, 0, written.length, null),
          arrivalEpochMillis,
          offset,
          accepted.latestMillis(limitMillis));
    }
  }

  /** Applies an entry of the journal; its increments of the site were emitted before. */
  private void takeAgain(NodeState node, Journal.Entry entry, boolean emittedToJobs) {
    Increments increments = devices.newIncrements();
    Slice value = entry.value();
    long arrival = entry.arrivalEpochMillis();
    if (entry.kind() != Journal.Kind.ALLOCATION) {
      Slice batch = entry.batchOf(node);
      batch.readBy(telemetry, node.deviceBlock());
      checkKey(telemetry.site(), telemetry.node(), node.key());
      node.setInJournal(telemetry.deviceBlock());
      remember(apply(node, arrival, increments), node, batch, arrival, entry.offset());
    } else {
      byte[] bytes = Arrays.copyOfRange(value.bytes(), value.from(), value.from() + value.length());
      AllocationEvent event = allocations.deserialize("allocations", bytes);
      checkKey(event.site(), event.node(), node.key());
      apply(node, AllocationEdges.edge(event, arrival), increments);
    }
    if (!emittedToJobs) {
      emitter.of(Keys.site(node.key())).addAllButSite(increments);
    }
  }

  /** A record under another key would be in another task than the other records of its node. */
  private static void checkKey(String site, String name, String key) {
    if (!key.equals(Keys.node(site, name))) {
      throw new IllegalArgumentException(
          "a record of " + Keys.node(site, name) + " has the key " + key);
    }
  }
}
