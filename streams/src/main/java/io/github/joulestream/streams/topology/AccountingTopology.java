// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.accounting.AttributionOutput;
import io.github.joulestream.streams.accounting.JobInput;
import io.github.joulestream.streams.accounting.JobOutput;
import io.github.joulestream.streams.accounting.SiteOutput;
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
 * From samples to the energy of jobs, nodes and sites.
 *
 * <pre>
 *   telemetry ───┐                      ┌─ by-job ──┐
 *   allocations ─┴─> attribute-energy ──┤   jobs ───┴─> total-jobs ──> job-window, job-summary,
 *                    (where the samples │                               job-quarter-hour
 *                     are: per node)    ├─ by-site ───> total-sites ─> site-window, ledger
 *                                       ├─> node-window, device-window, placement, power-snapshot
 *                                       └─> dead-letter
 * </pre>
 *
 * <p>Topics in: telemetry, allocations (keyed by node, same number of partitions), jobs (keyed by
 * job). Topics out: job-window, job-quarter-hour, job-summary, site-window, ledger, node-window,
 * device-window, placement, power-snapshot, dead-letter. Between: by-job and by-site, which carry
 * increments only; samples are never repartitioned.
 *
 * <p>Stores: node-accounts (devices, allocations and seen batches of each node, as of when they
 * were last written), node-journal (batches and allocations since), node-history (the batches that
 * arrived in the last hour, for corrections), nodes-set-aside (nodes whose records are refused
 * until a person puts them back), device-windows (those that are not over), job-windows, job-totals
 * and job-quarter-hours, site-windows. All are in memory and are written when a task commits; what
 * each step emits is in the same commit.
 *
 * <p>With keys of sites a step right behind each source refuses records that are not signed by whom
 * they name, see {@link SiteKeys}.
 *
 * <p>A processor forwards each output to the child node that is for it, by name.
 *
 * <p>Windows are kept by the time in the payload, and no window closes: a late sample is added
 * where it belongs. Record time is the broker's append time and decides only how long the history
 * is kept.
 */
public final class AccountingTopology implements Supplier<Topology> {
  public static final String BY_JOB = "by-job";
  public static final String BY_SITE = "by-site";

  private static final Serde<String> KEY = Serdes.String();
  // also of repartition topics: processors deserialize, so that a bad record ends no task
  private static final Serde<byte[]> RAW = Serdes.ByteArray();
  private static final Serializer<JobWindows> JOB_WINDOWS = WireSerdes.jobWindows().serializer();
  private static final Serializer<SiteWindow> SITE_WINDOWS = WireSerdes.siteWindows().serializer();

  private final Properties config;
  private final Limits limits;
  private final Calibration calibration;
  private final CacheBudget budget;
  private final int deviceWindowMillis;
  private final SiteKeys siteKeys;
  private final RecordRefusals refusals = new RecordRefusals();
  private final PendingOutput pendingOutput = new PendingOutput();

  /**
   * The topology with windows of devices as long as others, and with caches of the default size,
   * see {@link CacheBudget#ofHeap}.
   */
  public AccountingTopology(Properties config, Limits limits, Calibration calibration) {
    this(config, limits, calibration, CacheBudget.ofHeap(), limits.windowMillis(), SiteKeys.NONE);
  }

  /**
   * The topology.
   *
   * @param config the program's configuration; decides that every resource must have a name
   * @param budget bounds the caches of all tasks of this instance
   * @param deviceWindowMillis length of the windows of devices, a multiple of that of others; 0 if
   *     there are none
   * @param siteKeys which records are accepted; without keys all are
   */
  public AccountingTopology(
      Properties config,
      Limits limits,
      Calibration calibration,
      CacheBudget budget,
      int deviceWindowMillis,
      SiteKeys siteKeys) {
    this.config = config;
    this.limits = limits;
    this.calibration = calibration;
    this.budget = budget;
    this.deviceWindowMillis = deviceWindowMillis;
    this.siteKeys = siteKeys;
  }

  /** Records that its tasks have refused, and nodes that they have set aside. */
  public RecordRefusals refusals() {
    return refusals;
  }

  /** Tasks that have committed input without emitting its increments to jobs. */
  public PendingOutput pendingOutput() {
    return pendingOutput;
  }

  @Override
  public Topology get() {
    StreamsBuilder builder = NamedTopologies.builder(config);
    addStores(builder);
    KStream<String, AttributionOutput> attributed = attribute(builder);
    totalJobs(builder, attributed);
    totalSites(attributed);
    emitNodes(attributed);
    refuse(attributed);
    return builder.build(config);
  }

  private KStream<String, AttributionOutput> attribute(StreamsBuilder builder) {
    KStream<String, byte[]> records =
        builder.stream(
            List.of(Topic.TELEMETRY.topicName(), Topic.ALLOCATIONS.topicName()),
            Consumed.with(KEY, RAW).withName("read-node-records"));
    return SignedRecords.of(records, siteKeys, refusals, "node-records")
        .process(
            () ->
                new AttributeEnergy(
                    limits, calibration, refusals, pendingOutput, budget, deviceWindowMillis),
            Named.as("attribute-energy"),
            AttributeEnergy.ACCOUNTS,
            AttributeEnergy.HISTORY,
            AttributeEnergy.JOURNAL,
            AttributeEnergy.SET_ASIDE,
            AttributeEnergy.DEVICES);
  }

  private void totalJobs(StreamsBuilder builder, KStream<String, AttributionOutput> attributed) {
    KStream<String, JobInput> increments =
        attributed
            .mapValues(
                out -> JOB_WINDOWS.serialize(BY_JOB, ((AttributionOutput.ToJob) out).increments()),
                Named.as(AttributionOutput.ToJob.CHILD))
            .repartition(Repartitioned.with(KEY, RAW).withName(BY_JOB))
            .mapValues(JobInput.Increment::new, Named.as("as-increment"));
    KStream<String, byte[]> jobs =
        builder.stream(Topic.JOBS.topicName(), Consumed.with(KEY, RAW).withName("read-jobs"));
    KStream<String, JobInput> reports =
        SignedRecords.of(jobs, siteKeys, refusals, "jobs")
            .mapValues(JobInput.Report::new, Named.as("as-report"));
    KStream<String, JobOutput> totals =
        increments
            .merge(reports, Named.as("merge-job-input"))
            .process(
                () -> new TotalJobs(refusals, pendingOutput),
                Named.as("total-jobs"),
                TotalJobs.WINDOWS,
                TotalJobs.TOTALS,
                TotalJobs.QUARTER_HOURS);
    totals
        .mapValues(out -> ((JobOutput.Windows) out).windows(), Named.as(JobOutput.Windows.CHILD))
        .to(
            Topic.JOB_WINDOW.topicName(),
            Produced.with(KEY, WireSerdes.jobWindows()).withName("write-job-window"));
    totals
        .mapValues(
            out -> ((JobOutput.QuarterHour) out).quarter(), Named.as(JobOutput.QuarterHour.CHILD))
        .to(
            Topic.JOB_QUARTER_HOUR.topicName(),
            Produced.with(KEY, WireSerdes.jobQuarterHours()).withName("write-job-quarter-hour"));
    totals
        .mapValues(out -> ((JobOutput.Summary) out).summary(), Named.as(JobOutput.Summary.CHILD))
        .to(
            Topic.JOB_SUMMARY.topicName(),
            Produced.with(KEY, WireSerdes.jobSummaries()).withName("write-job-summary"));
    totals
        .mapValues(out -> ((JobOutput.Refused) out).value(), Named.as(JobOutput.Refused.CHILD))
        .to(Topic.DEAD_LETTER.topicName(), Produced.with(KEY, RAW).withName("write-refused-jobs"));
  }

  private void totalSites(KStream<String, AttributionOutput> attributed) {
    KStream<String, SiteOutput> totals =
        attributed
            .mapValues(
                out ->
                    SITE_WINDOWS.serialize(BY_SITE, ((AttributionOutput.ToSite) out).increment()),
                Named.as(AttributionOutput.ToSite.CHILD))
            .repartition(Repartitioned.with(KEY, RAW).withName(BY_SITE))
            .process(() -> new TotalSites(refusals), Named.as("total-sites"), TotalSites.WINDOWS);
    KStream<String, SiteWindow> windows =
        totals.mapValues(
            out -> ((SiteOutput.Window) out).window(), Named.as(SiteOutput.Window.CHILD));
    windows.to(
        Topic.SITE_WINDOW.topicName(),
        Produced.with(KEY, WireSerdes.siteWindows()).withName("write-site-window"));
    windows.to(
        Topic.LEDGER.topicName(),
        Produced.with(KEY, WireSerdes.siteWindows()).withName("write-ledger"));
    totals
        .mapValues(out -> ((SiteOutput.Refused) out).value(), Named.as(SiteOutput.Refused.CHILD))
        .to(Topic.DEAD_LETTER.topicName(), Produced.with(KEY, RAW).withName("write-refused-sites"));
  }

  private static void emitNodes(KStream<String, AttributionOutput> attributed) {
    attributed
        .mapValues(
            out -> ((AttributionOutput.ToNodes) out).increments(),
            Named.as(AttributionOutput.ToNodes.CHILD))
        .to(
            Topic.NODE_WINDOW.topicName(),
            Produced.with(KEY, WireSerdes.nodeWindows()).withName("write-node-window"));
    attributed
        .mapValues(
            out -> ((AttributionOutput.ToPlacement) out).placement(),
            Named.as(AttributionOutput.ToPlacement.CHILD))
        .to(
            Topic.PLACEMENT.topicName(),
            Produced.with(KEY, WireSerdes.placements()).withName("write-placement"));
    attributed
        .mapValues(
            out -> ((AttributionOutput.ToDevices) out).window(),
            Named.as(AttributionOutput.ToDevices.CHILD))
        .to(
            Topic.DEVICE_WINDOW.topicName(),
            Produced.with(KEY, WireSerdes.deviceWindows()).withName("write-device-window"));
    attributed
        .mapValues(
            out -> ((AttributionOutput.Power) out).snapshot(),
            Named.as(AttributionOutput.Power.CHILD))
        .to(
            Topic.POWER_SNAPSHOT.topicName(),
            Produced.with(KEY, WireSerdes.powerSnapshot()).withName("write-power-snapshot"));
  }

  private static void refuse(KStream<String, AttributionOutput> attributed) {
    attributed
        .mapValues(
            out -> ((AttributionOutput.Refused) out).value(),
            Named.as(AttributionOutput.Refused.CHILD))
        .to(
            Topic.DEAD_LETTER.topicName(),
            Produced.with(KEY, RAW).withName("write-refused-node-records"));
  }

  private void addStores(StreamsBuilder builder) {
    AttributeEnergy.stores(limits, budget).forEach(builder::addStateStore);
    builder.addStateStore(TotalJobs.windows(budget));
    builder.addStateStore(TotalJobs.totals(budget));
    builder.addStateStore(TotalJobs.quarterHours(budget));
    builder.addStateStore(TotalSites.windows(budget));
  }
}
