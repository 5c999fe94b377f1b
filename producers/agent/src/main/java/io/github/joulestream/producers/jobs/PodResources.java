// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.producers.jobs.PodDevices.Given;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods that have GPUs of this node, from the kubelet: {@code PodResourcesLister.List} of its API
 * {@code v1} (gRPC over a Unix socket; Kubernetes' documentation on device plugins, "Monitoring
 * device plugin resources", and {@code k8s.io/kubelet/pkg/apis/podresources/v1/api.proto}). A pod
 * is a job: its id is {@code namespace/name}, its project the namespace. It began when it was first
 * seen, to a second. {@link PodDevices} reads what pods were given, {@link PodHolders} finds who
 * has it. Labels, and how pods ended, come from the API server, if they are wanted.
 *
 * <p>gRPC is HTTP/2, for which Jetty's client is used, and an answer of five fields, which is read
 * here; see decision 0022. The kubelet is asked once a second, and never waited for after the first
 * answer.
 */
public final class PodResources implements JobSource, AutoCloseable {
  /** Where kubelets listen. */
  public static final Path DEFAULT = Path.of("/var/lib/kubelet/pod-resources/kubelet.sock");

  private static final Logger log = LoggerFactory.getLogger(PodResources.class);
  private static final String LIST = "http://kubelet/v1.PodResourcesLister/List";
  private static final String GRPC = "application/grpc";
  private static final long PAUSE_MILLIS = 1_000;
  private static final long API_PAUSE_MILLIS = 60_000;
  private static final long PATIENCE_MILLIS = 5_000;
  private static final int BYTES_PER_DEVICE = 64;
  private static final int FRAME = 5; // compressed or not, length of the message
  // a plugin that divides memory gives thousands of devices; the kubelet's own limit is the same
  private static final int MAX_BYTES = 16 << 20;
  private static final int MIN_BYTES = 1 << 20;
  // what is read of an answer is kept, and that of the answer before: a dozen times its length
  private static final int PART_OF_HEAP = 16;

  private final Path socket;
  private final @Nullable PodApi api;
  private final PodHolders holders;
  private final int mostBytes;
  private @Nullable HttpClient client;
  private @Nullable CompletableFuture<ContentResponse> pending;
  private long askedEpochMillis = Long.MIN_VALUE;
  private @Nullable Map<String, Set<Given>> givenByPod;
  private @Nullable CompletableFuture<Map<String, PodApi.Pod>> askedOfApi;
  private Map<String, PodApi.Pod> known = Map.of();
  private Set<String> podsAskedOf = Set.of();
  private long apiAskedEpochMillis = Long.MIN_VALUE;
  private boolean apiFails;
  private List<LocalJob> jobs = List.of();
  private long changedEpochMillis;

  /**
   * @param socket the kubelet's; see {@link #DEFAULT}
   * @param api who knows labels and phases of pods, or null
   */
  public PodResources(String site, Path socket, @Nullable PodApi api) {
    this(site, socket, api, Runtime.getRuntime().maxMemory());
  }

  PodResources(String site, Path socket, @Nullable PodApi api, long heapBytes) {
    this.holders = new PodHolders(site);
    this.mostBytes = Math.clamp(heapBytes / PART_OF_HEAP, MIN_BYTES, MAX_BYTES);
    this.socket = socket;
    this.api = api;
  }

  @Override
  public String name() {
    return "pods";
  }

  @Override
  public String describe() {
    return "pods of the kubelet at " + socket + (Files.exists(socket) ? "" : " (not there yet)");
  }

  @Override
  public long changedEpochMillis() {
    return changedEpochMillis;
  }

  @Override
  public List<String> uncertain() {
    return holders.uncertain();
  }

  @Override
  public List<LocalJob> read(long epochMillis) throws IOException {
    takeFromApi(epochMillis);
    askApi(epochMillis);
    CompletableFuture<ContentResponse> asked = pending;
    if (asked == null && Math.abs(epochMillis - askedEpochMillis) >= PAUSE_MILLIS) {
      askedEpochMillis = epochMillis;
      asked = ask();
      pending = asked;
    }
    if (givenByPod == null) {
      if (asked == null) {
        throw new IOException("the kubelet at %s has not answered yet".formatted(socket));
      }
    } else if (asked == null || !asked.isDone()) {
      return jobs;
    }
    pending = null;
    try {
      Map<String, Set<Given>> now =
          PodDevices.in(
              message(asked.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)),
              mostBytes / BYTES_PER_DEVICE);
      if (!now.equals(givenByPod)) {
        givenByPod = now;
        changedEpochMillis = epochMillis;
        jobs = holders.jobs(now, known, epochMillis);
        askApi(epochMillis);
      }
      return jobs;
    } catch (ExecutionException e) {
      String why = String.valueOf(e.getCause());
      throw new IOException(
          why.contains("Buffering capacity")
              ? "the kubelet's answer is longer than %,d bytes, a %dth of the heap; give the agent more: -Xmx in agent.jvm"
                  .formatted(mostBytes, PART_OF_HEAP)
              : "the kubelet at %s does not answer: %s".formatted(socket, why),
          e);
    } catch (TimeoutException e) {
      throw new IOException("the kubelet at %s does not answer: %s".formatted(socket, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Asks the API server if there are pods that it was not asked of, and once a minute. */
  private void askApi(long epochMillis) {
    Map<String, Set<Given>> pods = givenByPod;
    if (api == null || pods == null || pods.isEmpty() || askedOfApi != null) {
      return;
    }
    boolean due = Math.abs(epochMillis - apiAskedEpochMillis) >= API_PAUSE_MILLIS;
    if (due || !podsAskedOf.containsAll(pods.keySet())) {
      apiAskedEpochMillis = epochMillis;
      podsAskedOf = Set.copyOf(pods.keySet());
      try {
        askedOfApi = api.read(podsAskedOf);
      } catch (IOException e) {
        askedOfApi = CompletableFuture.failedFuture(e);
      }
    }
  }

  private void takeFromApi(long epochMillis) {
    CompletableFuture<Map<String, PodApi.Pod>> asked = askedOfApi;
    Map<String, Set<Given>> pods = givenByPod;
    if (asked == null || !asked.isDone() || pods == null) {
      return;
    }
    askedOfApi = null;
    try {
      known = asked.join();
      apiFails = false;
      List<LocalJob> now = holders.jobs(pods, known, epochMillis);
      if (!now.equals(jobs)) {
        changedEpochMillis = epochMillis;
        jobs = now;
      }
    } catch (CompletionException e) {
      // pods go without until it is asked again
      if (!apiFails) {
        apiFails = true;
        log.warn("Cannot read pods from the API server: {}", String.valueOf(e.getCause()));
      }
    }
  }

  private CompletableFuture<ContentResponse> ask() throws IOException {
    return new CompletableResponseListener(
            started()
                .POST(LIST)
                .transport(new Transport.TCPUnix(socket))
                .headers(headers -> headers.put(HttpHeader.TE, "trailers"))
                // the request has no fields: a frame of nothing
                .body(new BytesRequestContent(GRPC, new byte[FRAME]))
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS),
            mostBytes + FRAME)
        .send();
  }

  private HttpClient started() throws IOException {
    HttpClient known = client;
    if (known != null) {
      return known;
    }
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setExecutor(new QueuedThreadPool(4, 1));
    HttpClient fresh = new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client(connector)));
    try {
      fresh.start();
    } catch (Exception e) {
      throw new IOException("the HTTP client does not start: " + e, e);
    }
    client = fresh;
    return fresh;
  }

  /** The message in an answer. */
  private static ByteBuffer message(ContentResponse answer) throws IOException {
    HttpFields trailers = answer.getTrailers();
    HttpFields fields = trailers != null ? trailers : answer.getHeaders();
    String status = fields.get("grpc-status");
    if (answer.getStatus() != 200 || !"0".equals(status)) {
      throw new IOException(
          "the kubelet answers %d, status %s: %s"
              .formatted(answer.getStatus(), status, fields.get("grpc-message")));
    }
    ByteBuffer content = ByteBuffer.wrap(answer.getContent());
    if (content.remaining() < FRAME || content.get() != 0) {
      throw new IOException("the kubelet's answer is compressed, or none");
    }
    int length = content.getInt();
    if (length != content.remaining()) {
      throw new IOException(
          "the kubelet's answer has %,d bytes and announces %,d"
              .formatted(content.remaining(), length));
    }
    return content;
  }

  @Override
  public void close() {
    HttpClient known = client;
    if (known != null) {
      try {
        known.stop();
      } catch (Exception e) {
        throw new IllegalStateException("the HTTP client does not stop", e);
      }
    }
  }
}
