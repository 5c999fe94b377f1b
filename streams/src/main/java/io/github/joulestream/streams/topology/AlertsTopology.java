// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.streams.alerts.AlertsOutput;
import io.github.joulestream.streams.alerts.SendToSite;
import io.github.joulestream.streams.alerts.WatchSites;
import io.github.joulestream.streams.failure.RecordRefusals;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * From power and energy to alerts, and from what nodes have to what is stranded.
 *
 * <pre>
 *   alerts (cleared by a person)
 *   budgets ──────┤
 *   nodes ────────┤
 *   jobs ─────────┼─> send-to-site ── events-by-site ─┐
 *   node-window ──┤                                   │                 ┌─> alerts
 *   job-window ───┘                                   ├─> watch-sites ──┼─> cap-advice
 *   power-snapshot ───────────────────────────────────┤   (per site)    ├─> capacity, pool-peak
 *   site-window ──────────────────────────────────────┘                 └─> dead-letter
 * </pre>
 *
 * <p>Topics in: power-snapshot and site-window, keyed by site, which are read directly since they
 * have a record each second; and budgets, nodes, jobs, node-window, job-window and cleared alerts,
 * which are sent to their site by events-by-site: a few records per second for each thousand nodes.
 * events-by-site has as many partitions as the widest topic in, which is power-snapshot. Topics
 * out: alerts, cap-advice, capacity, pool-peak, dead-letter.
 *
 * <p>With keys of sites, records of nodes and jobs that are not signed by whom they name are
 * refused, and dead-letter is a topic in too: forged records of either topology are an alert of
 * their site.
 *
 * <p>Store: site-watch, the state that each site is restored from. Time is that of the site's data.
 * Late records change figures, but no alert that was emitted; the power of a node that is older
 * than the last one changes nothing.
 */
public final class AlertsTopology implements Supplier<Topology> {
  public static final String EVENTS_BY_SITE = "events-by-site";

  private static final Serde<String> KEY = Serdes.String();
  private static final Serde<byte[]> RAW = Serdes.ByteArray();
  private static final List<String> SENT =
      List.of(
          Topic.BUDGETS.topicName(),
          Topic.NODES.topicName(),
          Topic.JOBS.topicName(),
          Topic.NODE_WINDOW.topicName(),
          Topic.JOB_WINDOW.topicName(),
          Topic.ALERTS.topicName());
  private static final List<String> DIRECT =
      List.of(Topic.POWER_SNAPSHOT.topicName(), Topic.SITE_WINDOW.topicName());

  private final Properties config;
  private final SiteKeys siteKeys;
  private final RecordRefusals refusals = new RecordRefusals();

  /**
   * A topology.
   *
   * @param config the program's configuration; with it every resource must have a name
   */
  public AlertsTopology(Properties config) {
    this(config, SiteKeys.NONE);
  }

  /**
   * A topology that verifies signatures.
   *
   * @param siteKeys which records of nodes and jobs are accepted; without keys all are
   */
  public AlertsTopology(Properties config, SiteKeys siteKeys) {
    this.config = config;
    this.siteKeys = siteKeys;
  }

  /** Records that its tasks have refused. */
  public RecordRefusals refusals() {
    return refusals;
  }

  @Override
  public Topology get() {
    StreamsBuilder builder = NamedTopologies.builder(config);
    builder.addStateStore(WatchSites.store());
    KStream<String, AlertsOutput> alerts =
        sent(builder)
            .merge(
                builder.stream(DIRECT, Consumed.with(KEY, RAW).withName("read-site-events")),
                Named.as("site-events"))
            .process(() -> new WatchSites(refusals), Named.as("watch-sites"), WatchSites.STORE);
    emit(alerts);
    return builder.build(config);
  }

  private KStream<String, byte[]> sent(StreamsBuilder builder) {
    List<String> topics = new ArrayList<>(SENT);
    if (!siteKeys.isEmpty()) {
      // what either topology refuses as forged is alerted
      topics.add(Topic.DEAD_LETTER.topicName());
    }
    KStream<String, byte[]> read =
        builder.stream(topics, Consumed.with(KEY, RAW).withName("read-events"));
    KStream<String, byte[]> events =
        SignedRecords.of(read, siteKeys, refusals, "events")
            .process(() -> new SendToSite(refusals), Named.as("send-to-site"));
    events
        .mapValues(value -> value, Named.as(SendToSite.REFUSED))
        .to(
            Topic.DEAD_LETTER.topicName(),
            Produced.with(KEY, RAW).withName("write-refused-events"));
    return events
        .mapValues(value -> value, Named.as(SendToSite.SENT))
        .repartition(Repartitioned.with(KEY, RAW).withName(EVENTS_BY_SITE));
  }

  private static void emit(KStream<String, AlertsOutput> alerts) {
    alerts
        .mapValues(
            out -> ((AlertsOutput.AlertChange) out).alert(),
            Named.as(AlertsOutput.AlertChange.CHILD))
        .to(
            Topic.ALERTS.topicName(),
            Produced.with(KEY, WireSerdes.alerts()).withName("write-alerts"));
    alerts
        .mapValues(out -> ((AlertsOutput.Advice) out).advice(), Named.as(AlertsOutput.Advice.CHILD))
        .to(
            Topic.CAP_ADVICE.topicName(),
            Produced.with(KEY, WireSerdes.capAdvices()).withName("write-cap-advice"));
    alerts
        .mapValues(
            out -> ((AlertsOutput.CapacityOfSite) out).capacity(),
            Named.as(AlertsOutput.CapacityOfSite.CHILD))
        .to(
            Topic.CAPACITY.topicName(),
            Produced.with(KEY, WireSerdes.capacities()).withName("write-capacity"));
    alerts
        .mapValues(
            out -> ((AlertsOutput.PeaksOfPools) out).peaks(),
            Named.as(AlertsOutput.PeaksOfPools.CHILD))
        .to(
            Topic.POOL_PEAK.topicName(),
            Produced.with(KEY, WireSerdes.poolPeaks()).withName("write-pool-peak"));
    alerts
        .mapValues(
            out -> ((AlertsOutput.Refused) out).value(), Named.as(AlertsOutput.Refused.CHILD))
        .to(Topic.DEAD_LETTER.topicName(), Produced.with(KEY, RAW).withName("write-refused"));
  }
}
