// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.accounting.AttributionOutput;
import io.github.joulestream.streams.accounting.JobInput;
import io.github.joulestream.streams.accounting.JobOutput;
import io.github.joulestream.streams.accounting.SiteUpdate;
import io.github.joulestream.streams.accounting.TotalJobs;
import io.github.joulestream.streams.accounting.TotalSites;
import io.github.joulestream.streams.failure.RecordRefusals;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.PendingOutput;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * From samples to books.
 *
 * <pre>
 *   telemetry ───┐                      ┌─ by-job ──┐
 *   allocations ─┴─> attribute-energy ──┤   jobs ───┴─> total-jobs ──> job-window, job-summary
 *                    (where the samples │
 *                     are: per node)    ├─ by-site ───> total-sites ─> site-window, ledger
 *                                       ├─> node-window, power-snapshot
 *                                       └─> dead-letter
 * </pre>
 *
 * <p>Topics in: telemetry, allocations (keyed by node, same number of partitions), jobs (keyed by
 * job). Topics out: job-window, job-summary, site-window, ledger, node-window, power-snapshot,
 * dead-letter. Between: by-job and by-site, which carry increments only; samples are never
 * repartitioned.
 *
 * <p>Stores: node-accounts (devices, allocations and seen batches of each node, as of when they
 * were last written down), node-journal (what came since), node-history (the batches that arrived
 * in the last hour, for corrections), nodes-set-aside (nodes to which nothing is booked until a
 * person puts them back), job-windows and job-totals, site-windows. All live in memory and are
 * written when a task commits; what each step tells the next goes out in that same commit.
 *
 * <p>Windows are kept by the time in the payload, and no window closes: what is late is added where
 * it belongs. Record time is the broker's append time and decides only how long the history is
 * kept.
 */
public final class AccountingTopology implements Supplier<Topology> {
  public static final String BY_JOB = "by-job";
  public static final String BY_SITE = "by-site";

  private static final Serde<String> KEY = Serdes.String();
  // between the parts too: what cannot be read is refused by who reads it, and ends no task
  private static final Serde<byte[]> RAW = Serdes.ByteArray();
  private static final Serializer<JobWindow> JOB_WINDOWS = WireSerdes.jobWindows().serializer();
  private static final Serializer<SiteWindow> SITE_WINDOWS = WireSerdes.siteWindows().serializer();

  private final Properties config;
  private final Limits limits;
  private final Calibration calibration;
  private final CacheBudget budget;
  private final RecordRefusals refusals = new RecordRefusals();
  private final PendingOutput untold = new PendingOutput();

  /** The topology with caches of the default size, see {@link CacheBudget#ofHeap}. */
  public AccountingTopology(Properties config, Limits limits, Calibration calibration) {
    this(config, limits, calibration, CacheBudget.ofHeap());
  }

  /**
   * The topology.
   *
   * @param config the program's configuration; decides that every resource must have a name
   * @param budget bounds the caches of all tasks of this instance
   */
  public AccountingTopology(
      Properties config, Limits limits, Calibration calibration, CacheBudget budget) {
    this.config = config;
    this.limits = limits;
    this.calibration = calibration;
    this.budget = budget;
  }

  /** What its tasks have refused, and nodes that they have set aside. */
  public RecordRefusals refusals() {
    return refusals;
  }

  /** What its tasks have committed and not told yet. */
  public PendingOutput untold() {
    return untold;
  }

  @Override
  public Topology get() {
    StreamsBuilder builder = NamedTopologies.builder(config);
    addStores(builder);
    KStream<String, AttributionOutput> booked = attribute(builder);
    totalJobs(builder, booked);
    totalSites(booked);
    tellNodes(booked);
    keepRefused(booked);
    return builder.build(config);
  }

  private KStream<String, AttributionOutput> attribute(StreamsBuilder builder) {
    return builder.stream(
            List.of(Topic.TELEMETRY.topicName(), Topic.ALLOCATIONS.topicName()),
            Consumed.with(KEY, RAW).withName("read-node-news"))
        .process(
            () -> new AttributeEnergy(limits, calibration, refusals, untold, budget),
            Named.as("attribute-energy"),
            AttributeEnergy.ACCOUNTS,
            AttributeEnergy.HISTORY,
            AttributeEnergy.JOURNAL,
            AttributeEnergy.SET_ASIDE);
  }

  private void totalJobs(StreamsBuilder builder, KStream<String, AttributionOutput> booked) {
    KStream<String, JobInput> increments =
        booked
            .filter(
                (_, out) -> out instanceof AttributionOutput.ToJob, Named.as("pick-job-increments"))
            .mapValues(
                out -> JOB_WINDOWS.serialize(BY_JOB, ((AttributionOutput.ToJob) out).increment()),
                Named.as("unwrap-job-increment"))
            .repartition(Repartitioned.with(KEY, RAW).withName(BY_JOB))
            .mapValues(JobInput.Increment::new, Named.as("as-increment"));
    KStream<String, JobInput> statements =
        builder.stream(Topic.JOBS.topicName(), Consumed.with(KEY, RAW).withName("read-jobs"))
            .mapValues(JobInput.Statement::new, Named.as("as-statement"));
    KStream<String, JobOutput> updates =
        increments
            .merge(statements, Named.as("job-news"))
            .process(
                () -> new TotalJobs(refusals),
                Named.as("total-jobs"),
                TotalJobs.WINDOWS,
                TotalJobs.TOTALS);
    updates
        .filter((_, out) -> out instanceof JobOutput.Window, Named.as("pick-job-windows"))
        .mapValues(out -> ((JobOutput.Window) out).window(), Named.as("unwrap-job-window"))
        .to(
            Topic.JOB_WINDOW.topicName(),
            Produced.with(KEY, WireSerdes.jobWindows()).withName("write-job-window"));
    updates
        .filter((_, out) -> out instanceof JobOutput.Summary, Named.as("pick-job-summaries"))
        .mapValues(out -> ((JobOutput.Summary) out).summary(), Named.as("unwrap-job-summary"))
        .to(
            Topic.JOB_SUMMARY.topicName(),
            Produced.with(KEY, WireSerdes.jobSummaries()).withName("write-job-summary"));
    updates
        .filter((_, out) -> out instanceof JobOutput.Refused, Named.as("pick-refused-jobs"))
        .mapValues(out -> ((JobOutput.Refused) out).value(), Named.as("unwrap-refused-job"))
        .to(Topic.DEAD_LETTER.topicName(), Produced.with(KEY, RAW).withName("write-refused-jobs"));
  }

  private void totalSites(KStream<String, AttributionOutput> booked) {
    KStream<String, SiteUpdate> updates =
        booked
            .filter(
                (_, out) -> out instanceof AttributionOutput.ToSite,
                Named.as("pick-site-increments"))
            .mapValues(
                out ->
                    SITE_WINDOWS.serialize(BY_SITE, ((AttributionOutput.ToSite) out).increment()),
                Named.as("unwrap-site-increment"))
            .repartition(Repartitioned.with(KEY, RAW).withName(BY_SITE))
            .process(() -> new TotalSites(refusals), Named.as("total-sites"), TotalSites.WINDOWS);
    KStream<String, SiteWindow> windows =
        updates
            .filter((_, out) -> out instanceof SiteUpdate.Window, Named.as("pick-site-windows"))
            .mapValues(out -> ((SiteUpdate.Window) out).window(), Named.as("unwrap-site-window"));
    windows.to(
        Topic.SITE_WINDOW.topicName(),
        Produced.with(KEY, WireSerdes.siteWindows()).withName("write-site-window"));
    windows.to(
        Topic.LEDGER.topicName(),
        Produced.with(KEY, WireSerdes.siteWindows()).withName("write-ledger"));
    updates
        .filter((_, out) -> out instanceof SiteUpdate.Refused, Named.as("pick-refused-sites"))
        .mapValues(out -> ((SiteUpdate.Refused) out).value(), Named.as("unwrap-refused-site"))
        .to(Topic.DEAD_LETTER.topicName(), Produced.with(KEY, RAW).withName("write-refused-sites"));
  }

  private static void tellNodes(KStream<String, AttributionOutput> booked) {
    booked
        .filter(
            (_, out) -> out instanceof AttributionOutput.ToNode, Named.as("pick-node-increments"))
        .mapValues(
            out -> ((AttributionOutput.ToNode) out).increment(), Named.as("unwrap-node-increment"))
        .to(
            Topic.NODE_WINDOW.topicName(),
            Produced.with(KEY, WireSerdes.nodeWindows()).withName("write-node-window"));
    booked
        .filter((_, out) -> out instanceof AttributionOutput.Now, Named.as("pick-power-snapshot"))
        .mapValues(out -> ((AttributionOutput.Now) out).power(), Named.as("unwrap-power-snapshot"))
        .to(
            Topic.POWER_SNAPSHOT.topicName(),
            Produced.with(KEY, WireSerdes.powerSnapshot()).withName("write-power-snapshot"));
  }

  private static void keepRefused(KStream<String, AttributionOutput> booked) {
    booked
        .filter((_, out) -> out instanceof AttributionOutput.Refused, Named.as("pick-refused-news"))
        .mapValues(
            out -> ((AttributionOutput.Refused) out).value(), Named.as("unwrap-refused-news"))
        .to(Topic.DEAD_LETTER.topicName(), Produced.with(KEY, RAW).withName("write-refused-news"));
  }

  private void addStores(StreamsBuilder builder) {
    AttributeEnergy.stores(limits).forEach(builder::addStateStore);
    builder.addStateStore(TotalJobs.windows(budget));
    builder.addStateStore(TotalJobs.totals(budget));
    builder.addStateStore(TotalSites.windows(budget));
  }
}
