// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.producers.jobs.LocalJob.Parts;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
 * seen, to a second. Its labels, if they are wanted, come from the API server. Replicas of one GPU
 * (time slices, {@code GPU-...::2}) share it equally.
 *
 * <p>gRPC is HTTP/2, for which Jetty's client is used, and an answer of five fields, which is read
 * here; decision 0022 says why. The kubelet is asked once a second, and never waited for after the
 * first answer.
 */
public final class PodResources implements JobSource, AutoCloseable {
  /** Where kubelets listen. */
  public static final Path DEFAULT = Path.of("/var/lib/kubelet/pod-resources/kubelet.sock");

  private static final Logger log = LoggerFactory.getLogger(PodResources.class);
  private static final String LIST = "http://kubelet/v1.PodResourcesLister/List";
  private static final String GRPC = "application/grpc";
  private static final long PAUSE_MILLIS = 1_000;
  private static final long PATIENCE_MILLIS = 5_000;
  private static final int FRAME = 5; // compressed or not, length of the message
  private static final String REPLICA = "::";

  private final String site;
  private final Path socket;
  private final @Nullable PodLabels api;
  private final Map<String, Long> starts = new HashMap<>();
  private @Nullable HttpClient client;
  private @Nullable CompletableFuture<ContentResponse> pending;
  private long askedEpochMillis = Long.MIN_VALUE;
  private @Nullable Map<String, List<String>> devicesByPod;
  private @Nullable CompletableFuture<Map<String, Map<String, String>>> labelling;
  private Map<String, Map<String, String>> labelsByPod = Map.of();
  private Set<String> labelsAskedFor = Set.of();
  private boolean labelsFail;
  private List<LocalJob> jobs = List.of();
  private long changedEpochMillis;

  /**
   * @param socket the kubelet's; see {@link #DEFAULT}
   * @param api who knows the labels of pods, or null
   */
  public PodResources(String site, Path socket, @Nullable PodLabels api) {
    this.site = site;
    this.socket = socket;
    this.api = api;
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
  public List<LocalJob> read(long epochMillis) throws IOException {
    takeLabels();
    askForLabels();
    CompletableFuture<ContentResponse> asked = pending;
    if (asked == null && Math.abs(epochMillis - askedEpochMillis) >= PAUSE_MILLIS) {
      askedEpochMillis = epochMillis;
      asked = ask();
      pending = asked;
    }
    if (devicesByPod == null) {
      if (asked == null) {
        throw new IOException("the kubelet at %s has not answered yet".formatted(socket));
      }
    } else if (asked == null || !asked.isDone()) {
      return jobs;
    }
    pending = null;
    try {
      Map<String, List<String>> now =
          pods(message(asked.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)));
      if (!now.equals(devicesByPod)) {
        devicesByPod = now;
        changedEpochMillis = epochMillis;
        jobs = jobs(now, epochMillis);
        askForLabels();
      }
      return jobs;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the kubelet at %s does not answer: %s".formatted(socket, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Asks for labels if there are pods that they were not asked for. */
  private void askForLabels() {
    Map<String, List<String>> pods = devicesByPod;
    if (api != null
        && pods != null
        && labelling == null
        && !labelsAskedFor.containsAll(pods.keySet())) {
      labelsAskedFor = Set.copyOf(pods.keySet());
      try {
        labelling = api.read();
      } catch (IOException e) {
        labelling = CompletableFuture.failedFuture(e);
      }
    }
  }

  private void takeLabels() {
    CompletableFuture<Map<String, Map<String, String>>> asked = labelling;
    Map<String, List<String>> pods = devicesByPod;
    if (asked == null || !asked.isDone() || pods == null) {
      return;
    }
    labelling = null;
    try {
      labelsByPod = asked.join();
      labelsFail = false;
      jobs = jobs(pods, changedEpochMillis);
    } catch (CompletionException e) {
      // pods go without until the next is new
      if (!labelsFail) {
        labelsFail = true;
        log.warn("labels of pods cannot be read: {}", String.valueOf(e.getCause()));
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
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
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
    HttpFields said = trailers != null ? trailers : answer.getHeaders();
    String status = said.get("grpc-status");
    if (answer.getStatus() != 200 || !"0".equals(status)) {
      throw new IOException(
          "the kubelet says %d, status %s: %s"
              .formatted(answer.getStatus(), status, said.get("grpc-message")));
    }
    ByteBuffer content = ByteBuffer.wrap(answer.getContent());
    if (content.remaining() < FRAME || content.get() != 0) {
      throw new IOException("the kubelet's answer is compressed, or none");
    }
    int length = content.getInt();
    if (length != content.remaining()) {
      throw new IOException("the kubelet's answer has not the length that it says");
    }
    return content;
  }

  /** GPUs by pod, {@code namespace/name}. */
  static Map<String, List<String>> pods(ByteBuffer response) throws IOException {
    Map<String, List<String>> pods = new TreeMap<>();
    for (ByteBuffer pod : fields(response, 1)) {
      List<String> gpus = new ArrayList<>();
      for (ByteBuffer container : fields(pod, 3)) {
        for (ByteBuffer devices : fields(container, 2)) {
          String resource = text(devices, 1);
          if (resource.contains("gpu") || resource.contains("/mig-")) {
            for (ByteBuffer id : fields(devices, 2)) {
              gpus.add(UTF_8.decode(id).toString());
            }
          }
        }
      }
      if (!gpus.isEmpty()) {
        pods.put(text(pod, 2) + "/" + text(pod, 1), gpus);
      }
    }
    return pods;
  }

  private static String text(ByteBuffer message, int field) throws IOException {
    List<ByteBuffer> values = fields(message, field);
    return values.isEmpty() ? "" : UTF_8.decode(values.getLast()).toString();
  }

  /**
   * The values of a field that are texts or messages, of a message in protobuf's encoding; see
   * https://protobuf.dev/programming-guides/encoding/.
   */
  private static List<ByteBuffer> fields(ByteBuffer message, int field) throws IOException {
    List<ByteBuffer> values = new ArrayList<>();
    ByteBuffer in = message.duplicate();
    try {
      while (in.hasRemaining()) {
        long tag = varint(in);
        switch ((int) tag & 7) {
          case 0 -> varint(in);
          case 1 -> in.position(in.position() + Long.BYTES);
          case 2 -> {
            int length = Math.toIntExact(varint(in));
            if (tag >>> 3 == field) {
              values.add(in.slice(in.position(), length));
            }
            in.position(in.position() + length);
          }
          case 5 -> in.position(in.position() + Integer.BYTES);
          default -> throw new IOException("the kubelet's answer has a field of unknown type");
        }
      }
    } catch (RuntimeException e) {
      throw new IOException("the kubelet's answer is cut off", e);
    }
    return values;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte part = in.get();
      value |= (long) (part & 0x7f) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number without end");
  }

  private List<LocalJob> jobs(Map<String, List<String>> gpusByPod, long epochMillis) {
    Map<String, Integer> replicas = new HashMap<>();
    gpusByPod
        .values()
        .forEach(gpus -> gpus.forEach(gpu -> replicas.merge(whole(gpu), 1, Integer::sum)));
    starts.keySet().retainAll(gpusByPod.keySet());
    List<LocalJob> found = new ArrayList<>();
    gpusByPod.forEach((pod, gpus) -> {
      Map<String, Integer> parts = new TreeMap<>();
      gpus.forEach(gpu ->
          parts.merge(
              whole(gpu), Parts.WHOLE / replicas.getOrDefault(whole(gpu), 1), Integer::sum));
      int slash = pod.indexOf('/');
      found.add(
          new LocalJob(
              new JobRecord(
                  site,
                  pod,
                  "",
                  pod.substring(0, slash),
                  pod.substring(slash + 1),
                  "",
                  labelsByPod.getOrDefault(pod, Map.of()),
                  starts.computeIfAbsent(pod, _ -> epochMillis),
                  JobRecord.OPEN,
                  JobState.RUNNING,
                  0,
                  ""),
              parts,
              Parts.NONE_SAID,
              true));
    });
    return List.copyOf(found);
  }

  private static String whole(String gpu) {
    int replica = gpu.indexOf(REPLICA);
    return replica < 0 ? gpu : gpu.substring(0, replica);
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
