// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.energy.attribute.Outcome;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeOrder;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
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
import io.github.joulestream.streams.state.PendingOutput;
import io.github.joulestream.streams.state.SetAside;
import io.github.joulestream.streams.state.SetAsideNode;
import io.github.joulestream.streams.state.ZstdCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Lets a node's account take in the news, and gathers what that adds, by job and by site; told when
 * the task commits, so that what leaves the node's task does not grow with the number of its nodes.
 */
public final class AttributeEnergy implements Processor<String, byte[], String, AttributionOutput> {
  public static final String ACCOUNTS = "node-accounts";
  public static final String HISTORY = "node-history";
  public static final String JOURNAL = "node-journal";
  public static final String SET_ASIDE = "nodes-set-aside";

  // so many windows of jobs and nodes are told at every commit, and so many are not kept back
  private static final int FEW_WINDOWS = 25;
  private static final int MANY_WINDOWS = 50_000;
  private static final Duration JOBS_INTERVAL = Duration.ofSeconds(10);
  // without any news, what was kept back is told after one to two of these
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Duration CENSUS_INTERVAL = Duration.ofSeconds(1);

  private static final long GPUS_INTERVAL_MILLIS = 10_000;

  private static final String TELEMETRY = Topic.TELEMETRY.topicName();

  // beyond the horizon, so that what is looked for at its end is still whole
  private static final Duration HISTORY_MARGIN = Duration.ofMinutes(10);

  // a batch may be as large as a record may be, and is kept with something around it
  private static final Map<String, String> LARGE_RECORDS =
      Map.of("max.message.bytes", String.valueOf(Journal.MAX_RECORD));

  private final Limits limits;
  private final Calibration calibration;
  private final RecordRefusals refusals;
  private final PendingOutput untold;
  private final CacheBudget budget;
  private final TelemetryReader telemetry = new TelemetryReader();
  private final Deserializer<AllocationEvent> allocations = WireSerdes.allocations().deserializer();

  // what this commit will tell, by site
  private final Map<String, Increments> told = new HashMap<>();
  // and what draws more or less than at the last
  private final List<NodeState> drew = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, AttributionOutput> context;

  @SuppressWarnings("NullAway.Init")
  private NodeStateCache nodes;

  @SuppressWarnings("NullAway.Init")
  private NodeHistory history;

  @SuppressWarnings("NullAway.Init")
  private SetAside setAside;

  @SuppressWarnings("NullAway.Init")
  private NodeCensus census;

  private @Nullable ZstdCodec packer;
  // stream time at which jobs were told last, and whether they must be told at the next commit
  private long jobsToldMillis;
  private boolean jobsDue;
  private boolean quiet;

  /** Attribution with these limits, of sensors with that calibration. */
  public AttributeEnergy(
      Limits limits,
      Calibration calibration,
      RecordRefusals refusals,
      PendingOutput untold,
      CacheBudget budget) {
    this.limits = limits;
    this.calibration = calibration;
    this.refusals = refusals;
    this.untold = untold;
    this.budget = budget;
  }

  /** What it keeps: accounts as of when they were written down, batches of the past, and news. */
  public static List<StoreBuilder<?>> stores(Limits limits) {
    return List.of(
        Journal.builder(JOURNAL),
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

  @Override
  public void init(ProcessorContext<String, AttributionOutput> newContext) {
    context = newContext;
    told.clear();
    drew.clear();
    close();
    ZstdCodec newPacker = new ZstdCodec();
    packer = newPacker;
    history = new NodeHistory(context.getStateStore(HISTORY), newPacker);
    setAside = new SetAside(context.getStateStore(SET_ASIDE));
    Journal journal = context.getStateStore(JOURNAL);
    nodes =
        new NodeStateCache(
            journal,
            context.getStateStore(ACCOUNTS),
            history,
            newPacker,
            () -> new NodeAccount(limits, calibration),
            in -> NodeAccount.read(in, limits, calibration),
            this::takeAgain,
            new ToSetAside(),
            budget);
    census = new NodeCensus(context.getStateStore(ACCOUNTS), nodes, NodeCensus.MAX_NODES);
    jobsToldMillis = 0;
    jobsDue = false;
    nodes.open();
    refusals.noteSetAside(context.taskId(), setAside.size());
    untold.note(context.taskId(), untoldWindows() > 0);
    journal.atCommit(new CommitScope(context).of(this::atCommit));
    context.schedule(QUIET, PunctuationType.WALL_CLOCK_TIME, _ -> tellJobsWhenQuiet());
    context.schedule(
        CENSUS_INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        _ -> census.turn(Math.max(0, context.currentStreamTimeMs())));
  }

  /** Where nothing comes in any more there is no commit at which jobs would be told. */
  private void tellJobsWhenQuiet() {
    if (quiet && (untoldWindows() > 0 || nodes.isOverBudget())) {
      jobsDue = true;
      context.commit();
    }
    quiet = true;
  }

  /**
   * Tells the site at every commit. A job that is told at every commit would be told of each window
   * ten times; where there are many, that would be most of the work, so there it is once a window.
   */
  private void atCommit() {
    long now = Math.max(0, context.currentStreamTimeMs());
    int windows = untoldWindows();
    boolean tellJobs =
        jobsDue
            || nodes.isOverBudget()
            || windows <= FEW_WINDOWS
            || windows >= MANY_WINDOWS
            || now - jobsToldMillis >= JOBS_INTERVAL.toMillis();
    tell(tellJobs, now);
    tellPower(now);
    if (tellJobs) {
      jobsToldMillis = now;
      jobsDue = false;
      nodes.commit(now);
    }
    untold.note(context.taskId(), !tellJobs);
  }

  private int untoldWindows() {
    int windows = 0;
    for (Increments books : told.values()) {
      windows += books.windows();
    }
    return windows;
  }

  @Override
  public void close() {
    untold.note(context.taskId(), false);
    if (nodes != null) {
      nodes.close();
    }
    refusals.noteSetAside(context.taskId(), 0);
    if (packer != null) {
      packer.close();
      packer = null;
    }
  }

  @Override
  public void process(Record<String, byte[]> news) {
    quiet = false;
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    try {
      take(news, origin);
    } catch (RuntimeException | StackOverflowError e) {
      context.forward(
          refusals.refuse(news, news.value(), Place.of(origin), e, AttributionOutput.Refused::new));
    }
  }

  private void take(Record<String, byte[]> news, RecordMetadata origin) {
    String key = RecordRefusals.checkedKey(news.key(), news.value());
    byte[] value = RecordRefusals.present(news.value());
    boolean isTelemetry = origin.topic().equals(TELEMETRY);
    NodeOrder order = isTelemetry ? null : NodeOrder.find(value);
    if (order != null) {
      obey(key, order);
      return;
    }
    SetAsideNode aside = setAside.of(key);
    if (aside != null) {
      countFailed(key, news.timestamp());
      throw new IllegalArgumentException("its node is set aside: " + aside.reason());
    }
    if (isTelemetry) {
      takeBatch(news, key, value, origin);
    } else {
      AllocationEvent event = allocations.deserialize("allocations", value);
      checkKey(event.site(), event.node(), key);
      NodeState node = node(key, news.timestamp());
      AllocationEdge edge = edge(event, news.timestamp());
      String refusal = node.account().refusal(edge);
      // what is refused is counted there too
      guard(node, news.timestamp(), books -> take(node, edge, books));
      if (refusal != null) {
        throw new IllegalArgumentException(refusal);
      }
      nodes.taken(node, news.timestamp(), origin.offset(), value);
    }
  }

  private void takeBatch(
      Record<String, byte[]> news, String key, byte[] value, RecordMetadata origin) {
    long arrival = news.timestamp();
    NodeState live = nodes.live(key);
    // what cannot be read makes no node
    telemetry.read(value, 0, value.length, live == null ? null : live.described());
    if (live == null || !live.isKeyOf(telemetry.site(), telemetry.node())) {
      checkKey(telemetry.site(), telemetry.node(), key);
    }
    NodeState node = live;
    if (node == null) {
      node = node(key, arrival);
      // others were read in the meantime: those that the node had taken in
      telemetry.read(value, 0, value.length, node.described());
    }
    NodeState taker = node;
    Outcome outcome = guard(node, arrival, books -> take(taker, arrival, books));
    if (!node.isPowerPending()) {
      node.setPowerPending(true);
      drew.add(node);
    }
    keep(
        outcome,
        node,
        nodes.taken(node, arrival, origin.offset(), value, telemetry),
        arrival,
        origin.offset());
    if (!outcome.refusals().isEmpty()) {
      context.forward(
          refusals.refuse(
              key,
              arrival,
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
          "a new node, and this task has as many as it may: " + NodeCensus.MAX_NODES);
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

  /** Counts a record of a node that is not booked. */
  private void countFailed(String key, long arrivalEpochMillis) {
    String site = Keys.site(key);
    Increments books = books(site);
    books.forNode(key.substring(Math.min(key.length(), site.length() + 1)));
    books.failed(arrivalEpochMillis, limits);
  }

  /** Books what a record asks for, of one node; or nothing, and the node is as it was before. */
  private <T> T guard(NodeState node, long arrivalEpochMillis, Function<Increments, T> work) {
    Increments books = books(Keys.site(node.key()));
    books.begin();
    try {
      return work.apply(books);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      books.undo();
      NodeState again = nodes.rebuild(node);
      if (again != null) {
        again.setGpusEmittedMillis(node.gpusEmittedMillis());
      }
      if (drew.remove(node) && again != null) {
        again.setPowerPending(true);
        drew.add(again);
      }
      countFailed(node.key(), arrivalEpochMillis);
      // not as if the record's sender had said something wrong
      throw new RecordRefusals.ProgramFailed(e);
    }
  }

  /** A person puts a node back that is set aside. */
  private void obey(String key, NodeOrder order) {
    SetAsideNode node = setAside.of(key);
    if (node == null) {
      throw new IllegalArgumentException("the node is not set aside");
    }
    // what is booked now is emitted to jobs before it counts as written down
    jobsDue = true;
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
    refusals.warn("put back", "node %s is put back by the order %s".formatted(key, order));
  }

  /** Where nodes go whose account cannot be read, rebuilt or written down. */
  private final class ToSetAside implements NodeStateCache.Aside {
    @Override
    public void set(String key, List<Journal.Entry> entries, IntPredicate emitted, Throwable why) {
      String reason = RecordRefusals.reason(why);
      String place =
          context.recordMetadata().map(origin -> Place.of(origin).toString()).orElse("a commit");
      setAside.add(
          key, Math.max(0, context.currentStreamTimeMs()), reason, place, entries, emitted);
      drew.removeIf(node -> node.key().equals(key));
      jobsDue = true;
      refusals.noteSetAside(context.taskId(), setAside.size());
      refusals.warn(
          "set aside",
          "node %s is set aside at %s, its records are not booked from here on: %s; put it back with: joulestream node restore"
              .formatted(key, place, reason));
    }

    @Override
    public boolean holds(String key) {
      return setAside.of(key) != null;
    }
  }

  /** Lets a node take in the batch that was read last. */
  private Outcome take(NodeState node, long arrivalEpochMillis, Increments books) {
    node.setDescribed(telemetry.described());
    books.forNode(node.name());
    return node.account()
        .accept(
            telemetry.agentEpoch(),
            telemetry.sequence(),
            telemetry.content(),
            arrivalEpochMillis,
            telemetry.columns(),
            history.of(node),
            books);
  }

  private boolean take(NodeState node, AllocationEdge edge, Increments books) {
    books.forNode(node.name());
    return node.account().accept(edge, history.of(node), books);
  }

  /** Keeps of the batch that was read last what belongs into the history. */
  private void keep(
      Outcome outcome, NodeState node, Slice value, long arrivalEpochMillis, long offset) {
    long limitMillis = arrivalEpochMillis + limits.futureMillis();
    if (outcome.complete()) {
      long latest = telemetry.columns().latestMillis(limitMillis);
      node.remember(value, arrivalEpochMillis, offset, latest);
    } else if (!outcome.rest().isEmpty()) {
      ReadingColumns parts = new ReadingColumns();
      outcome.rest().forEach(parts::add);
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
          parts.latestMillis(limitMillis));
    }
  }

  /** What the journal says that a node had taken in; the site was told, jobs maybe not. */
  private void takeAgain(NodeState node, Journal.Entry entry, boolean toldToJobs) {
    Increments books = new Increments();
    Slice value = entry.value();
    long arrival = entry.arrivalEpochMillis();
    if (entry.kind() != Journal.Kind.ALLOCATION) {
      Slice batch = entry.batchOf(node);
      batch.readBy(telemetry, node.described());
      checkKey(telemetry.site(), telemetry.node(), node.key());
      node.setInJournal(telemetry.described());
      keep(take(node, arrival, books), node, batch, arrival, entry.offset());
    } else {
      byte[] bytes = Arrays.copyOfRange(value.bytes(), value.from(), value.from() + value.length());
      AllocationEvent event = allocations.deserialize("allocations", bytes);
      checkKey(event.site(), event.node(), node.key());
      take(node, edge(event, arrival), books);
    }
    if (!toldToJobs) {
      books(Keys.site(node.key())).addAllButSite(books);
    }
  }

  private static AllocationEdge edge(AllocationEvent event, long arrivalEpochMillis) {
    return new AllocationEdge(
        event.job(),
        event.action() == AllocationEvent.Action.HOLD,
        event.atEpochMillis(),
        event.devices().stream()
            .collect(Collectors.toMap(DeviceShare::deviceId, DeviceShare::basisPoints, Math::max)),
        event.shares().memoryBasisPoints(),
        event.shares().storageBasisPoints(),
        event.shares().cpuBasisPoints(),
        event.shares().nodeBasisPoints(),
        event.gpusOnNode(),
        event.reporter() == AllocationEvent.Reporter.AGENT
            ? AllocationEdge.By.AGENT
            : AllocationEdge.By.HOOK,
        arrivalEpochMillis);
  }

  /** A record under another key would be in another task than the rest of its node. */
  private static void checkKey(String site, String name, String key) {
    if (!key.equals(Keys.node(site, name))) {
      throw new IllegalArgumentException(
          "a record of " + Keys.node(site, name) + " has the key " + key);
    }
  }

  private Increments books(String site) {
    return told.computeIfAbsent(site, _ -> new Increments());
  }

  private void tell(boolean jobsToo, long now) {
    told.forEach((site, books) -> {
      if (jobsToo) {
        books.compact();
        tellJobs(site, books, now);
        tellNodes(site, books, now);
      }
      books
          .site()
          .forEach((window, totals) -> {
            if (!totals.isZero()) {
              context.forward(
                  new Record<>(
                      site,
                      (AttributionOutput)
                          new AttributionOutput.ToSite(
                              new SiteWindow(site, window, limits.windowMillis(), totals)),
                      now));
            }
          });
      books.clearSite();
    });
    if (jobsToo) {
      told.clear();
    }
  }

  private void tellJobs(String site, Increments books, long now) {
    books
        .jobs()
        .forEach((job, windows) -> {
          String key = Keys.job(site, job);
          windows.forEach((window, totals) ->
              context.forward(
                  new Record<>(
                      key,
                      (AttributionOutput)
                          new AttributionOutput.ToJob(
                              new JobWindow(site, job, window, limits.windowMillis(), totals)),
                      now)));
        });
  }

  private void tellNodes(String site, Increments books, long now) {
    long part = nodes.told();
    books.forEachNode((node, window, totals) ->
        context.forward(
            new Record<>(
                Keys.node(site, node),
                (AttributionOutput)
                    new AttributionOutput.ToNode(
                        new NodeWindow(site, node, window, limits.windowMillis(), totals, part)),
                now)));
  }

  /** What the nodes with news draw now, in records of many nodes of one site. */
  private void tellPower(long now) {
    PowerRecords records =
        new PowerRecords(
            (site, nodesOfSite) -> {
              PowerSnapshot power =
                  new PowerSnapshot(site, context.taskId().partition(), now, nodesOfSite);
              context.forward(
                  new Record<>(site, (AttributionOutput) new AttributionOutput.Now(power), now));
            },
            node ->
                refusals.warn(
                    "power",
                    "node %s has so many jobs that power-snapshot leaves out those of the least power"
                        .formatted(node)));
    for (NodeState node : drew) {
      node.setPowerPending(false);
      boolean withGpus = now >= node.gpusEmittedMillis() + GPUS_INTERVAL_MILLIS;
      NodePower power = powerNow(node, withGpus);
      if (power == null) {
        continue;
      }
      if (withGpus) {
        node.setGpusEmittedMillis(now);
      }
      records.add(node.site(), power);
    }
    drew.clear();
    records.end();
  }

  /** What it draws; null if nothing is known, or if the program fails: then it is of no use now. */
  private @Nullable NodePower powerNow(NodeState node, boolean withGpus) {
    try {
      return node.account().powerNow(node.name(), withGpus);
    } catch (RuntimeException | StackOverflowError e) {
      RecordRefusals.rethrowUnlessOfRecord(e);
      refusals.warn("power now", "power of node %s is not known: %s".formatted(node.key(), e));
      return null;
    }
  }
}
