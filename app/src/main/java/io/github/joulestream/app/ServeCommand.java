// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.cli.StatusLines;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.ApiServer;
import io.github.joulestream.serve.ServeSettings;
import io.github.joulestream.serve.access.ConfiguredAccess;
import io.github.joulestream.serve.http.HttpSettings;
import io.github.joulestream.store.connect.StoreConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The API and the page, beside any Kafka and any store. */
@Command(
    name = "serve",
    sortOptions = false,
    description = "Serve the live page and the HTTP API.",
    footer = {
      "",
      "It starts, and says what is missing, while Kafka or the store is away. Without an option by",
      "which it is known who asks it listens on this machine alone: docs/access.md.",
      "",
      "  joulestream serve --kafka broker:9092 --store-url http://influxdb:8086 --tokens tokens \\",
      "    --listen 0.0.0.0:8443 --tls-certificate cert.pem --tls-key key.pem"
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(2);

  /** No site is called so: whether the store answers is asked with it. */
  private static final String NO_SITE = "-";

  /** Whose emissions carbon intensities are of. */
  enum Carbon {
    LIFECYCLE,
    DIRECT
  }

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8080",
      description = "Where to listen, port 0 for any free one (default: ${DEFAULT-VALUE}).")
  String listen = "";

  @Option(
      names = "--store-url",
      paramLabel = "URL",
      defaultValue = StoreWriterCommand.DEFAULT_URL,
      description = "The store (default: ${DEFAULT-VALUE}).")
  URI url = URI.create(StoreWriterCommand.DEFAULT_URL);

  @Mixin StoreOptions store = new StoreOptions();

  @Mixin TlsOptions tls = new TlsOptions();

  @Option(
      names = "--site-file",
      paramLabel = "FILE",
      description = "Zones of sites, and values that nobody measures, for reports: YAML.")
  @Nullable Path siteFile;

  @Option(
      names = "--site-zone",
      paramLabel = "SITE=ZONE",
      split = ",",
      description =
          "Time zone of a site, as dc1=Europe/Berlin (default: that of --site-file, else UTC).")
  Map<String, ZoneId> zones = new LinkedHashMap<>();

  @Option(
      names = "--carbon",
      paramLabel = "SCOPE",
      defaultValue = "LIFECYCLE",
      description =
          "Emissions of plants over their whole life, or direct: what they burn"
              + " (default: lifecycle).")
  Carbon carbon = Carbon.LIFECYCLE;

  @Option(
      names = "--requests-per-second",
      paramLabel = "N",
      defaultValue = "50",
      description =
          "What one viewer may ask on average, 4 s of it at once; 0: any number"
              + " (default: ${DEFAULT-VALUE}).")
  int requestsPerSecond;

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Event streams in all (default: ${DEFAULT-VALUE}).")
  int maxStreams;

  @Option(
      names = "--max-streams-per-viewer",
      paramLabel = "N",
      defaultValue = "300",
      description = "Event streams of one viewer (default: ${DEFAULT-VALUE}).")
  int maxStreamsPerViewer;

  @Mixin AccessOptions access = new AccessOptions();
  @Mixin HealthOption healthPort = new HealthOption(HealthOption.SERVE);
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    InetSocketAddress address = ListenAddress.parse("--listen", listen);
    HttpSettings http = http(address);
    HttpSettings.Tls https = http.tls();
    ConfiguredAccess known = access.open(address);
    EpochClock clock = EpochClock.system();
    Metrics metrics = new Metrics();
    if (https != null) {
      metrics.show(Metric.SERVE_CERTIFICATE_END, https.certificate()::endEpochSeconds);
    } else if (isUnprotected(address)) {
      log.warn(
          "Tokens are sent unencrypted to {}: anybody on the way can read them; --tls-certificate"
              + " and --tls-key encrypt them, or a proxy with TLS before it (--trusted-peer)",
          listen);
    }
    try (ShutdownSignal stopping = new ShutdownSignal();
        StoreConnection.SharedReaders readers =
            StoreConnection.sharedLater(() -> store.connect(url));
        StoreWatch watch =
            new StoreWatch(() -> readers.history().firstHour(NO_SITE), NanoClock.system());
        LiveFeed live = new LiveFeed(kafka, clock, metrics);
        ApiServer server =
            ApiServer.start(
                settings(http),
                known,
                new ApiServer.Sources(live.sites(), readers.history(), readers.windows()),
                new ApiServer.State(metrics, () -> health(https, watch, live)),
                clock,
                NanoClock.system());
        AutoCloseable _ = healthPort.open(metrics, () -> health(https, watch, live))) {
      live.start();
      watch.start();
      System.out.printf("serving %s (%s); Ctrl-C stops it%n", server.address(), server.access());
      StatusLines lines = new StatusLines(System.out);
      while (!stopping.await(LINE_INTERVAL, "the live view", live::failure)) {
        lines.print(live.state() + watch.words(), live.line() + watch.words());
      }
    }
    return 0;
  }

  private static Health health(HttpSettings.@Nullable Tls tls, StoreWatch watch, LiveFeed live) {
    Health health = watch.of(live.health());
    return tls == null ? health : tls.with(health);
  }

  /** Others reach it, and nothing in front of it can have TLS. */
  private boolean isUnprotected(InetSocketAddress address) {
    return !address.getAddress().isLoopbackAddress() && access.settings().proxy() == null;
  }

  private ServeSettings settings(HttpSettings http) {
    Path file = siteFile;
    SiteFile sites =
        file == null ? SiteFile.NONE : SiteFiles.read(file, spec.commandLine().getErr());
    SortedMap<String, ZoneId> allZones = new TreeMap<>(sites.zones());
    allZones.putAll(zones);
    return new ServeSettings(
        http,
        allZones,
        sites,
        carbon == Carbon.DIRECT ? CarbonBasis.Scope.DIRECT : CarbonBasis.Scope.LIFECYCLE);
  }

  private HttpSettings http(InetSocketAddress address) {
    if (requestsPerSecond < 0 || maxStreams < 0 || maxStreamsPerViewer < 0) {
      throw UserError.usage("limits are 0 or more");
    }
    HttpSettings.Limits usual = HttpSettings.Limits.USUAL;
    return new HttpSettings(
        address,
        tls.settings(),
        access.settings().isOpen() ? HttpSettings.LOOPBACK_HOSTS : Set.of(),
        requestsPerSecond,
        new HttpSettings.Limits(
            maxStreams + usual.connections() / 2,
            maxStreams,
            maxStreamsPerViewer,
            usual.queuedBytes(),
            usual.requestMillis(),
            usual.answerMillis(),
            usual.heartbeatMillis()));
  }
}
