// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.tls.ClientAuthorities;
import io.github.joulestream.runtime.tls.ServerCertificate;
import io.github.joulestream.serve.access.Access;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.eclipse.jetty.compression.gzip.GzipCompression;
import org.eclipse.jetty.compression.gzip.GzipEncoderConfig;
import org.eclipse.jetty.compression.server.CompressionConfig;
import org.eclipse.jetty.compression.server.CompressionHandler;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * The server that routes are reached through: Jetty's core, without servlets. Requests run on
 * virtual threads; an event stream holds none.
 */
public final class HttpServer implements AutoCloseable {
  private static final int MAX_THREADS = 12;
  // more than may wait for the store, so that the others are answered meanwhile
  private static final int MAX_REQUESTS_AT_ONCE = 512;
  private static final int HEAD_BYTES = 16 << 10;
  private static final int SEND_BUFFER = 256 << 10;
  private static final int IDLE_MILLIS = 30_000;
  private static final int STOP_MILLIS = 3_000;
  private static final int MIN_COMPRESSED = 1_000;

  /** A page of jobs is a tenth larger than at the usual level 6, in half of the time. */
  private static final int COMPRESSION_LEVEL = 3;

  private static final List<String> COMPRESSED =
      List.of(
          "application/json",
          "application/problem+json",
          "application/yaml",
          "application/javascript",
          "application/manifest+json",
          "image/svg+xml",
          "text/css",
          "text/csv",
          "text/html",
          "text/javascript",
          "text/markdown",
          "text/plain");

  private final Server server;
  private final ServerConnector connector;
  private final EventStreams streams;
  private final ScheduledExecutorService timer;

  private HttpServer(
      HttpSettings settings,
      Access access,
      List<Route> routes,
      HttpCounts counts,
      NanoClock clock) {
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("http-timer").daemon().factory());
    SlowConnections slow = new SlowConnections(settings.limits(), clock, counts, timer);
    streams = new EventStreams(settings.limits(), counts, clock, timer);
    server = new Server(threads());
    connector = new ServerConnector(server, 1, 1, factories(settings));
    connector.setHost(settings.address().getHostString());
    connector.setPort(settings.address().getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptedSendBufferSize(SEND_BUFFER);
    connector.addBean(slow);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(settings.limits().connections(), connector));
    server.setErrorHandler(new ProblemErrors());
    server.setHandler(
        compressing(
            new ApiHandler(
                settings,
                new Router(routes),
                access,
                new AnswerWriter(streams),
                slow,
                counts,
                clock)));
    server.setStopTimeout(STOP_MILLIS);
  }

  private static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 2);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    threads.setVirtualThreadsExecutor(new VirtualThreadPool(MAX_REQUESTS_AT_ONCE));
    return threads;
  }

  private static ConnectionFactory[] factories(HttpSettings settings) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(HEAD_BYTES);
    http.setResponseHeaderSize(HEAD_BYTES);
    http.setHttpCompliance(HttpCompliance.RFC9110);
    http.setUriCompliance(UriCompliance.RFC3986);
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    HttpSettings.Tls tls = settings.tls();
    if (tls == null) {
      return new ConnectionFactory[] {plain};
    }
    http.addCustomizer(new SecureRequestCustomizer(false));
    SSLContext context = tls.certificate().context(tls.clientAuthorities());
    SSLParameters taken = ServerCertificate.parameters(context);
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(context);
    factory.setIncludeProtocols(taken.getProtocols());
    factory.setIncludeCipherSuites(taken.getCipherSuites());
    factory.setNeedClientAuth(tls.clientAuthorities() != null);
    SslConnectionFactory secured = new SslConnectionFactory(factory, plain.getProtocol());
    ClientAuthorities authorities = tls.clientAuthorities();
    if (authorities != null) {
      secured.addBean(ofSessions(authorities));
    }
    return new ConnectionFactory[] {secured, plain};
  }

  /** Closes a connection whose session began under authorities that do not count any more. */
  private static SslHandshakeListener ofSessions(ClientAuthorities authorities) {
    return new SslHandshakeListener() {
      @Override
      public void handshakeSucceeded(Event event) throws SSLException {
        authorities.check(event.getSSLEngine().getSession());
      }
    };
  }

  private static CompressionHandler compressing(ApiHandler handler) {
    CompressionHandler compressing = new CompressionHandler(handler);
    GzipCompression gzip = new GzipCompression();
    gzip.setMinCompressSize(MIN_COMPRESSED);
    GzipEncoderConfig fast = new GzipEncoderConfig();
    fast.setCompressionLevel(COMPRESSION_LEVEL);
    gzip.setDefaultEncoderConfig(fast);
    compressing.putCompression(gzip);
    CompressionConfig.Builder config =
        CompressionConfig.builder()
            .compressIncludeMethod("GET")
            .compressIncludeMethod("HEAD")
            // what is sent compressed is refused: a few bytes may become any number
            .decompressExcludePath("/*");
    COMPRESSED.forEach(config::compressIncludeMimeType);
    compressing.putConfiguration("/*", config.build());
    return compressing;
  }

  /**
   * Starts.
   *
   * @param routes all that it answers
   * @throws UserError if it cannot listen there
   */
  public static HttpServer start(
      HttpSettings settings,
      Access access,
      List<Route> routes,
      HttpCounts counts,
      NanoClock clock) {
    HttpServer made = new HttpServer(settings, access, routes, counts, clock);
    try {
      made.server.start();
      return made;
    } catch (IOException e) {
      made.close();
      throw new UserError(
          "cannot listen on %s:%d: %s"
              .formatted(
                  settings.address().getHostString(), settings.address().getPort(), e.getMessage()),
          e);
    } catch (Exception e) {
      made.close();
      throw new IllegalStateException("the HTTP server cannot start", e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Says bye on event streams, and ends once what is under way is answered, or in 3 s. */
  @Override
  public void close() {
    streams.close();
    timer.shutdownNow();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server cannot be stopped", e);
    }
  }
}
