// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.runtime.EpochClock;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The whole node at its supply, as its baseboard management controller knows it, by Redfish (DMTF
 * DSP0266; schemas in DSP0268). Of a chassis:
 *
 * <pre>
 *   /redfish/v1/Chassis/{id}/EnvironmentMetrics   PowerWatts.Reading       W
 *                                                 EnergyJoules.Reading     J, where there is one
 *                                                 EnergykWh.Reading        kWh, shown only
 *   else /redfish/v1/Chassis/{id}/Power           PowerControl[0].PowerConsumedWatts   W
 * </pre>
 *
 * <p>A kilowatt-hour is too coarse to be a counter: at 1 kW it takes an hour to count one.
 *
 * <p>It is asked in a thread of its own, at its own pace, so that a slow controller delays no other
 * reading; a reading bears the time at which it was asked for. Readings come when there are new
 * ones: in other turns there are none.
 */
public final class RedfishProbe implements Probe {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  private static final String CHASSIS = "/redfish/v1/Chassis";
  private static final long[] NONE = {};

  private final RedfishOptions options;
  private final EpochClock clock;
  private final ObjectMapper json = new ObjectMapper();
  // more than these are not kept: somebody has stopped reading
  private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(64);
  private @Nullable Asking asking;

  /** What it said once; MISSING where it did not. */
  private record Answer(
      long epochMillis, long milliwatts, long microjoules, double kilowattHours) {}

  /** The chassis that tells its power. */
  private record Found(String path, Device device) {}

  /** What is open while it asks; the fields that change are set by its thread. */
  private static final class Asking {
    final HttpClient client;
    final @Nullable String authorization;
    final CountDownLatch stop = new CountDownLatch(1);
    final CountDownLatch triedOnce = new CountDownLatch(1);
    volatile @Nullable Found found;
    volatile @Nullable IOException failure;
    @Nullable Thread thread;

    Asking(HttpClient client, @Nullable String authorization) {
      this.client = client;
      this.authorization = authorization;
    }
  }

  public RedfishProbe(RedfishOptions options, EpochClock clock) {
    this.options = options;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "redfish";
  }

  /**
   * Waits for the first answer, but only the first time: a controller that does not answer is asked
   * again and again until this is closed, and the next call says at once how that went.
   */
  @Override
  public void open() throws ProbeUnavailable {
    Asking now = asking;
    if (now == null) {
      now = new Asking(client(), authorization());
      asking = now;
      Asking started = now;
      now.thread =
          Thread.ofPlatform().name("redfish").daemon().start(() -> askAgainAndAgain(started));
      try {
        now.triedOnce.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    if (now.found == null) {
      IOException failure = now.failure;
      throw new ProbeUnavailable(
          "%s does not tell its power: %s"
              .formatted(options.address(), failure == null ? "no answer" : words(failure)));
    }
  }

  private static String words(IOException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }

  private @Nullable String authorization() throws ProbeUnavailable {
    Path file = options.credentials();
    if (file == null) {
      return null;
    }
    try {
      String line = Files.readString(file).lines().findFirst().orElse("").strip();
      if (line.indexOf(':') < 1) {
        throw new ProbeUnavailable("the first line of %s is not user:password".formatted(file));
      }
      return "Basic " + Base64.getEncoder().encodeToString(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ProbeUnavailable("%s cannot be read (%s)".formatted(file, e.getMessage()));
    }
  }

  private HttpClient client() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (options.trustAnyCertificate()) {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAnyCertificate()}, null);
        builder.sslContext(context);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JVM has no TLS", e);
      }
    }
    return builder.build();
  }

  private Found findChassis(Asking now) throws IOException {
    List<String> paths = new ArrayList<>();
    if (options.chassis().isEmpty()) {
      JsonNode list = get(now, CHASSIS);
      list.path("Members").forEach(member -> paths.add(member.path("@odata.id").asText()));
    } else {
      paths.add(CHASSIS + "/" + options.chassis());
    }
    IOException last = new IOException("it shows no chassis");
    for (String path : paths) {
      try {
        boolean counts = ask(now, path).microjoules != MISSING;
        return new Found(
            path,
            Device.sensor("redfish-" + path.substring(path.lastIndexOf('/') + 1), DeviceKind.NODE)
                .withSource(counts ? PowerSource.COUNTER : PowerSource.SENSOR));
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  /** Asks for the power of a chassis. */
  private Answer ask(Asking now, String chassis) throws IOException {
    long sent = clock.epochMillis();
    String environment = chassis + "/EnvironmentMetrics";
    JsonNode metrics;
    try {
      metrics = get(now, environment);
    } catch (NotThere _) {
      metrics = json.nullNode();
    }
    JsonNode watts = metrics.path("PowerWatts").path("Reading");
    if (!watts.isNumber()) {
      String power = chassis + "/Power";
      watts = get(now, power).path("PowerControl").path(0).path("PowerConsumedWatts");
      if (!watts.isNumber()) {
        throw new IOException("neither %s nor %s holds a power".formatted(environment, power));
      }
    }
    JsonNode joules = metrics.path("EnergyJoules").path("Reading");
    long answered = clock.epochMillis();
    return new Answer(
        sent + Math.max(0, answered - sent) / 2,
        Math.round(watts.doubleValue() * 1e3),
        joules.isNumber() ? Math.round(joules.doubleValue() * 1e6) : MISSING,
        metrics.path("EnergykWh").path("Reading").asDouble(Double.NaN));
  }

  /** It does not have such a resource. */
  private static final class NotThere extends IOException {
    private static final long serialVersionUID = 1;

    NotThere(String message) {
      super(message);
    }
  }

  /** On this controller and no other, whatever it says: it gets the password. */
  private URI address(String path) throws IOException {
    URI base = options.address();
    try {
      if (path.startsWith("/redfish/")) {
        return new URI(base.getScheme(), base.getAuthority(), path, null, null);
      }
    } catch (URISyntaxException _) {
      // said below
    }
    throw new IOException("it names a resource '%s'".formatted(path));
  }

  private JsonNode get(Asking now, String path) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(path))
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", "application/json");
    if (now.authorization != null) {
      request.header("Authorization", now.authorization);
    }
    HttpResponse<byte[]> response;
    try {
      response = now.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return switch (response.statusCode()) {
      case 200 -> json.readTree(response.body());
      case 401, 403 ->
          throw new IOException(
              "it refuses this user (%d for %s)".formatted(response.statusCode(), path));
      case 404, 405, 501 -> throw new NotThere("it has no " + path);
      default ->
          throw new IOException("it answers %d to %s".formatted(response.statusCode(), path));
    };
  }

  private void askAgainAndAgain(Asking now) {
    try {
      do {
        try {
          Found found = now.found;
          if (found == null) {
            found = findChassis(now);
          }
          Answer answer = ask(now, found.path);
          now.failure = null;
          now.found = found;
          if (!answers.offer(answer)) {
            answers.poll();
            answers.offer(answer);
          }
        } catch (IOException e) {
          now.failure = e; // told at the next reading
        }
        now.triedOnce.countDown();
      } while (!now.stop.await(options.interval().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      now.triedOnce.countDown();
    }
  }

  @Override
  public List<DeviceSeries> read(long epochMillis) throws IOException {
    Asking now = asking;
    Found found = now == null ? null : now.found;
    if (now == null || found == null) {
      throw new IOException("it is not open");
    }
    List<Answer> news = new ArrayList<>();
    answers.drainTo(news);
    if (news.isEmpty()) {
      IOException trouble = now.failure;
      if (trouble != null) {
        throw new IOException(words(trouble), trouble);
      }
      return List.of();
    }
    boolean counts = found.device.source() == PowerSource.COUNTER;
    return List.of(
        new DeviceSeries(
            found.device,
            new Readings(
                news.stream().mapToLong(Answer::epochMillis).toArray(),
                news.stream().mapToLong(Answer::milliwatts).toArray(),
                counts ? news.stream().mapToLong(Answer::microjoules).toArray() : NONE,
                NONE,
                NONE,
                NONE,
                NONE)));
  }

  @Override
  public Set<DeviceKind> measures() {
    return Set.of(DeviceKind.NODE);
  }

  @Override
  public List<Detail> details() throws IOException {
    Asking now = asking;
    Found found = now == null ? null : now.found;
    if (now == null || found == null) {
      return List.of();
    }
    String id = found.device.id();
    List<Detail> details = new ArrayList<>();
    details.add(new Detail(id, "from", options.address() + found.path));
    double kilowattHours = ask(now, found.path).kilowattHours;
    if (!Double.isNaN(kilowattHours)) {
      details.add(new Detail(id, "energy", String.format(Locale.ROOT, "%,.3f kWh", kilowattHours)));
    }
    return details;
  }

  @Override
  public String describe() {
    return "the node's power by Redfish from %s%s"
        .formatted(
            options.address(), options.trustAnyCertificate() ? ", whoever answers there" : "");
  }

  @Override
  public void close() {
    Asking was = asking;
    asking = null;
    if (was != null && was.thread != null) {
      was.stop.countDown();
      was.client.shutdownNow();
      try {
        was.thread.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    answers.clear();
  }

  /** Trusts any certificate, for any name: only where the options say so. */
  private static final class TrustAnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
