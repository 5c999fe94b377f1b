// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.process;

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
import io.github.joulestream.schemas.LivePower;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.TelemetryReader;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.process.Journal.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.SerializationException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a node's account take in the news, and gathers what that adds, by job and by site; told when
 * the task commits, so that what leaves the node's task does not grow with the number of its nodes.
 */
public final class AttributeEnergy implements Processor<String, byte[], String, Booked> {
  public static final String ACCOUNTS = "node-accounts";
  public static final String HISTORY = "node-history";
  public static final String JOURNAL = "node-journal";

  // so many windows of jobs and nodes are told at every commit, and so many are not kept back
  private static final int FEW_WINDOWS = 25;
  private static final int MANY_WINDOWS = 50_000;
  private static final Duration JOBS_INTERVAL = Duration.ofSeconds(10);
  // without any news, what was kept back is told after one to two of these
  private static final Duration QUIET = Duration.ofSeconds(2);

  // so that a record stays far from the limit of a topic, 1 MB
  private static final int NODES_PER_RECORD = 2_000;
  private static final long GPUS_INTERVAL_MILLIS = 10_000;

  private static final String TELEMETRY = Topic.TELEMETRY.topicName();

  /** Nodes kept in memory, of each task. */
  private static final int LIVE_NODES = 50_000;

  // beyond the horizon, so that what is looked for at its end is still whole
  private static final Duration HISTORY_MARGIN = Duration.ofMinutes(10);

  // a batch may be as large as a record may be, and is kept with something around it
  private static final Map<String, String> LARGE_RECORDS =
      Map.of("max.message.bytes", String.valueOf(Journal.MOST_RECORD));

  private static final Logger log = LoggerFactory.getLogger(AttributeEnergy.class);

  private final Limits limits;
  private final Calibration calibration;
  private final Poison poison;
  private final Untold untold;
  private final TelemetryReader telemetry = new TelemetryReader();
  private final Deserializer<AllocationEvent> allocations = WireSerdes.allocations().deserializer();

  // what this commit will tell, by site
  private final Map<String, Increments> told = new HashMap<>();
  // and what draws more or less than at the last
  private final List<LiveNode> drew = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // by init, before anything else
  private ProcessorContext<String, Booked> context;

  @SuppressWarnings("NullAway.Init")
  private LiveNodes nodes;

  @SuppressWarnings("NullAway.Init")
  private NodeHistory history;

  private @Nullable Packer packer;
  // stream time at which jobs were told last, and whether they must be told at the next commit
  private long jobsToldMillis;
  private boolean jobsDue;
  private boolean quiet;

  /** Attribution with these limits, of sensors with that calibration. */
  public AttributeEnergy(Limits limits, Calibration calibration, Poison poison, Untold untold) {
    this.limits = limits;
    this.calibration = calibration;
    this.poison = poison;
    this.untold = untold;
  }

  /** What it keeps: accounts as of when they were written down, batches of the past, and news. */
  public static List<StoreBuilder<?>> stores(Limits limits) {
    return List.of(
        Journal.builder(JOURNAL),
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(ACCOUNTS), Serdes.String(), Serdes.ByteArray())
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
  public void init(ProcessorContext<String, Booked> newContext) {
    context = newContext;
    told.clear();
    drew.clear();
    close();
    Packer newPacker = new Packer();
    packer = newPacker;
    history = new NodeHistory(context.getStateStore(HISTORY), newPacker);
    Journal journal = context.getStateStore(JOURNAL);
    nodes =
        new LiveNodes(
            journal,
            context.getStateStore(ACCOUNTS),
            history,
            newPacker,
            () -> new NodeAccount(limits, calibration),
            in -> NodeAccount.read(in, limits, calibration),
            this::takeAgain,
            LIVE_NODES);
    nodes.open();
    jobsToldMillis = 0;
    jobsDue = false;
    untold.note(context.taskId(), untoldWindows() > 0);
    journal.atCommit(new CommitScope(context).of(this::atCommit));
    context.schedule(QUIET, PunctuationType.WALL_CLOCK_TIME, _ -> tellJobsWhenQuiet());
  }

  /** Where nothing comes in any more there is no commit at which jobs would be told. */
  private void tellJobsWhenQuiet() {
    if (quiet && untoldWindows() > 0) {
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
    if (packer != null) {
      packer.close();
      packer = null;
    }
  }

  @Override
  public void process(Record<String, byte[]> news) {
    quiet = false;
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    String known = poison.reason(origin);
    if (known != null) {
      refuse(news, known);
      return;
    }
    try {
      byte[] value = news.value();
      if (value == null || news.key() == null) {
        throw new IllegalArgumentException(
            value == null ? "an empty record" : "a record without a key");
      }
      LiveNode node = nodes.get(news.key());
      long arrival = news.timestamp();
      if (origin.topic().equals(TELEMETRY)) {
        telemetry.read(value, 0, value.length, node.described);
        checkKey(telemetry.site(), telemetry.node(), node);
        Outcome outcome = poison.guard(origin, () -> take(node, arrival, books(telemetry.site())));
        if (!node.drew) {
          node.drew = true;
          drew.add(node);
        }
        keep(
            outcome,
            node,
            nodes.taken(node, arrival, origin.offset(), value, telemetry),
            arrival,
            origin.offset());
        if (!outcome.refusals().isEmpty()) {
          refuse(news, String.join("; ", outcome.refusals()));
        }
      } else {
        AllocationEvent event = allocations.deserialize("allocations", value);
        checkKey(event.site(), event.node(), node);
        AllocationEdge edge = edge(event, arrival);
        poison.guard(origin, () -> take(node, edge, books(event.site())));
        nodes.taken(node, arrival, origin.offset(), value);
      }
    } catch (SerializationException | IllegalArgumentException e) {
      // before anything was taken in
      log.warn("refused a record of {}: {}", news.key(), e.toString());
      refuse(news, String.valueOf(e.getMessage()));
    }
  }

  /** Lets a node take in the batch that was read last. */
  private Outcome take(LiveNode node, long arrivalEpochMillis, Increments books) {
    node.described = telemetry.described();
    books.of(node.name());
    return node.account.accept(
        telemetry.agentEpoch(),
        telemetry.sequence(),
        arrivalEpochMillis,
        telemetry.columns(),
        history.of(node),
        books);
  }

  private boolean take(LiveNode node, AllocationEdge edge, Increments books) {
    books.of(node.name());
    return node.account.accept(edge, history.of(node), books);
  }

  /** Keeps of the batch that was read last what belongs into the history. */
  private void keep(
      Outcome outcome, LiveNode node, Slice value, long arrivalEpochMillis, long offset) {
    long limitMillis = arrivalEpochMillis + limits.futureMillis();
    if (outcome.whole()) {
      long latest = telemetry.columns().latestMillis(limitMillis);
      node.recent.add(value, arrivalEpochMillis, offset, latest);
    } else if (!outcome.parts().isEmpty()) {
      ReadingColumns parts = new ReadingColumns();
      outcome.parts().forEach(parts::add);
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
                      outcome.parts()));
      node.recent.add(
          new Slice(written, 0, written.length, null),
          arrivalEpochMillis,
          offset,
          parts.latestMillis(limitMillis));
    }
  }

  /** What the journal says that a node had taken in; the site was told, jobs maybe not. */
  private void takeAgain(LiveNode node, Journal.Entry entry, boolean toldToJobs) {
    Increments books = new Increments();
    Slice value = entry.value();
    long arrival = entry.arrivalEpochMillis();
    if (entry.kind() != Journal.Kind.ALLOCATION) {
      Slice batch = entry.batchOf(node);
      batch.readBy(telemetry, node.described);
      checkKey(telemetry.site(), telemetry.node(), node);
      node.inJournal = telemetry.described();
      keep(take(node, arrival, books), node, batch, arrival, entry.offset());
    } else {
      byte[] bytes = Arrays.copyOfRange(value.bytes(), value.from(), value.from() + value.length());
      AllocationEvent event = allocations.deserialize("allocations", bytes);
      checkKey(event.site(), event.node(), node);
      take(node, edge(event, arrival), books);
    }
    if (!toldToJobs) {
      books(Keys.site(node.key)).addAllButSite(books);
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
  private static void checkKey(String site, String name, LiveNode node) {
    if (!node.isKeyOf(site, name)) {
      throw new IllegalArgumentException(
          "a record of " + Keys.node(site, name) + " has the key " + node.key);
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
                      (Booked)
                          new Booked.ToSite(
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
                      (Booked)
                          new Booked.ToJob(
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
                (Booked)
                    new Booked.ToNode(
                        new NodeWindow(site, node, window, limits.windowMillis(), totals, part)),
                now)));
  }

  /** What the nodes with news draw now, in records of many nodes of one site. */
  private void tellPower(long now) {
    Map<String, List<NodePower>> bySite = new HashMap<>();
    for (LiveNode node : drew) {
      node.drew = false;
      boolean withGpus = now >= node.gpusToldMillis + GPUS_INTERVAL_MILLIS;
      NodePower power = node.account.powerNow(node.name(), withGpus);
      if (power == null) {
        continue;
      }
      if (withGpus) {
        node.gpusToldMillis = now;
      }
      List<NodePower> ofSite = bySite.computeIfAbsent(node.site(), _ -> new ArrayList<>());
      ofSite.add(power);
      if (ofSite.size() == NODES_PER_RECORD) {
        tellPower(node.site(), ofSite, now);
        ofSite.clear();
      }
    }
    drew.clear();
    bySite.forEach((site, ofSite) -> tellPower(site, ofSite, now));
  }

  private void tellPower(String site, List<NodePower> ofSite, long now) {
    if (!ofSite.isEmpty()) {
      LivePower power = new LivePower(site, context.taskId().partition(), now, ofSite);
      context.forward(new Record<>(site, (Booked) new Booked.Now(power), now));
    }
  }

  private void refuse(Record<String, byte[]> news, String reason) {
    context
        .recordMetadata()
        .ifPresent(origin ->
            context.forward(
                new Record<>(
                    news.key(),
                    (Booked) new Booked.Refused(news.value()),
                    news.timestamp(),
                    DeadLetterHeaders.of(reason, origin))));
  }
}
