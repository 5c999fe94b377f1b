// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.joulestream.producers.jobs.PodDevices.Given;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kubelet's socket, with another HTTP/2 server behind it that answers as a kubelet does. */
class PodResourcesTest {
  private static final long NOW = 1_795_485_725_000L;

  @TempDir Path folder;
  private Path socket;
  private final Server server = new Server();
  private volatile byte[] response = new byte[0];
  private volatile String status = "0";
  private volatile String asked = "";
  private long now = NOW;

  @BeforeEach
  void start() throws Exception {
    socket = folder.resolve("kubelet.sock");
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(
            server, new HTTP2CServerConnectionFactory(new HttpConfiguration()));
    connector.setUnixDomainPath(socket);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response answer, Callback callback)
              throws Exception {
            ByteBuffer body = Content.Source.asByteBuffer(request);
            asked =
                request.getMethod()
                    + " "
                    + Request.getPathInContext(request)
                    + " "
                    + request.getHeaders().get("content-type")
                    + " "
                    + body.remaining();
            answer.getHeaders().put("content-type", "application/grpc");
            HttpFields trailers = HttpFields.from(new HttpField("grpc-status", status));
            answer.setTrailersSupplier(() -> trailers);
            // the last piece apart: this server sends one frame of what trailers follow at once
            answer.write(
                false,
                ByteBuffer.allocate(5 + response.length)
                    .putInt(1, response.length)
                    .put(5, response),
                Callback.from(
                    () -> answer.write(true, ByteBuffer.allocate(0), callback), callback::failed));
            return true;
          }
        });
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  /** A field that holds a text or a message. */
  private static byte[] field(int number, byte[]... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] value : values) {
      out.write((number << 3) | 2);
      for (int left = value.length; ; left >>>= 7) {
        if (left < 0x80) {
          out.write(left);
          break;
        }
        out.write((left & 0x7f) | 0x80);
      }
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  private static byte[] text(int number, String... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String value : values) {
      out.writeBytes(field(number, value.getBytes(UTF_8)));
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] pod(String namespace, String name, String resource, String... devices) {
    byte[] topology = field(3, new byte[] {0x0a, 2, 8, 1});
    byte[] cpus = {3 << 3, 7};
    byte[] container =
        joined(
            text(1, "main"),
            field(2, joined(text(1, resource), text(2, devices), topology)),
            cpus,
            field(4, text(1, "memory")));
    return field(1, joined(text(1, name), text(2, namespace), field(3, container)));
  }

  /** What it says once it has asked anew. */
  private List<LocalJob> read(PodResources pods) throws IOException {
    List<LocalJob> before = pods.read(now);
    for (int i = 0; i < 500; i++) {
      now += 1_000;
      List<LocalJob> found = pods.read(now);
      if (!found.equals(before)) {
        return found;
      }
      LockSupport.parkNanos(10_000_000);
    }
    return before;
  }

  @Test
  void podsWithGpus_areJobs() throws Exception {
    response =
        joined(
            pod("team-a", "train-0", "nvidia.com/gpu", "GPU-1", "GPU-2"),
            pod("team-b", "infer", "nvidia.com/mig-1g.10gb", "MIG-7"),
            pod("team-b", "notebook-1", "nvidia.com/gpu.shared", "GPU-3::0"),
            pod("team-b", "notebook-2", "nvidia.com/gpu.shared", "GPU-3::1"),
            pod("kube-system", "net", "intel.com/sriov", "eth7"));
    try (PodResources pods = new PodResources("s", socket, null)) {
      List<LocalJob> found = pods.read(now);
      assertThat(asked).isEqualTo("POST /v1.PodResourcesLister/List application/grpc 5");
      assertThat(found.stream().map(LocalJob::id))
          .containsExactly(
              "team-a/train-0", "team-b/infer", "team-b/notebook-1", "team-b/notebook-2");
      assertThat(found.stream().map(LocalJob::gpus))
          .containsExactly(
              Map.of("GPU-1", 10_000, "GPU-2", 10_000),
              Map.of("MIG-7", 10_000),
              Map.of("GPU-3", 5_000),
              Map.of("GPU-3", 5_000));
      assertThat(found.getFirst().record().details().project()).isEqualTo("team-a");
      assertThat(found.getFirst().record().details().name()).isEqualTo("train-0");
      assertThat(found.getFirst().record().span().startEpochMillis()).isEqualTo(NOW);

      response = pod("team-a", "train-0", "nvidia.com/gpu", "GPU-1", "GPU-2");
      found = read(pods);
      assertThat(found.stream().map(LocalJob::id)).containsExactly("team-a/train-0");
      assertThat(found.getFirst().record().span().startEpochMillis()).isEqualTo(NOW);
      assertThat(pods.changedEpochMillis()).isGreaterThan(NOW);
    }
  }

  @Test
  void aKubeletThatIsAway_orRefuses_isNoEndOfItsPods() throws Exception {
    try (PodResources pods = new PodResources("s", folder.resolve("none.sock"), null)) {
      assertThatThrownBy(() -> pods.read(now))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not answer");
      assertThat(pods.describe()).contains("not there yet");
    }
    status = "12";
    try (PodResources pods = new PodResources("s", socket, null)) {
      assertThatThrownBy(() -> pods.read(now))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("status 12");
      status = "0";
      assertThat(pods.read(now + 1_000)).isEmpty();
    }
  }

  @Test
  void labels_comeFromTheApiServer_andWithoutThemPodsAreJobsAllTheSame() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "secret\n");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<String> requests = new CopyOnWriteArrayList<>();
    server.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestURI() + " " + exchange.getRequestHeaders().get("Authorization"));
          boolean first = requests.size() == 1;
          byte[] answer =
              (first
                      ? "{\"message\":\"forbidden\"}"
                      : "{\"items\":[{\"metadata\":{\"namespace\":\"a\",\"name\":\"p\","
                          + "\"labels\":{\"team\":\"red\"}}},{\"metadata\":{}}]}")
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(first ? 403 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    PodApi labels =
        new PodApi(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            "n1",
            null,
            token,
            Duration.ofSeconds(10));
    response = pod("a", "p", "nvidia.com/gpu", "GPU-1");
    try (PodResources pods = new PodResources("s", socket, labels)) {
      assertThat(pods.read(now).getFirst().record().details().labels()).isEmpty();
      response = joined(response, pod("a", "q", "nvidia.com/gpu", "GPU-2"));
      Map<String, String> found = Map.of();
      for (int i = 0; i < 500 && found.isEmpty(); i++) {
        now += 1_000;
        found = pods.read(now).getFirst().record().details().labels();
        LockSupport.parkNanos(10_000_000);
      }
      assertThat(found).isEqualTo(Map.of("team", "red"));
      assertThat(pods.read(now)).hasSize(2);
    } finally {
      server.stop(0);
    }
    assertThat(requests.getLast())
        .isEqualTo(
            "/api/v1/pods?resourceVersion=0&fieldSelector=spec.nodeName%3Dn1 [Bearer secret]");
  }

  /** A plugin that divides the memory of GPUs gives each pod hundreds of devices. */
  @Test
  void aFullNode_isReadWhole_andAnAnswerWithoutEndIsNot() throws Exception {
    String[] parts = new String[400];
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 250; i++) {
      for (int part = 0; part < parts.length; part++) {
        parts[part] = "GPU-%d-part-%040d".formatted(i, part);
      }
      all.writeBytes(pod("n", "p" + i, "nvidia.com/gpu", parts));
    }
    response = all.toByteArray();
    assertThat(response.length).isGreaterThan(4 << 20);
    try (PodResources pods = new PodResources("s", socket, null)) {
      assertThat(pods.read(now)).hasSize(250);
    }
    // an unknown field, up to the limit and one byte over it
    int most = 16 << 20;
    int head = field(9, new byte[most]).length - most;
    response = field(9, new byte[most - head]);
    assertThat(response.length).isEqualTo(most);
    try (PodResources pods = new PodResources("s", socket, null)) {
      assertThat(pods.read(now)).isEmpty();
    }
    response = field(9, new byte[most - head + 1]);
    try (PodResources pods = new PodResources("s", socket, null)) {
      assertThatThrownBy(() -> pods.read(now)).isInstanceOf(IOException.class);
    }
  }

  /** An agent has a heap of 24 MiB. */
  @Test
  void anAnswerThatIsTooLargeForTheHeap_isNotRead_andSaysWhatToDo() throws Exception {
    response = field(9, new byte[(24 << 20) / 16]);
    try (PodResources pods = new PodResources("s", socket, null, 24 << 20)) {
      assertThatThrownBy(() -> pods.read(now))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("1,572,864 bytes")
          .hasMessageContaining("-Xmx");
    }
    String[] small = new String[30_000];
    for (int i = 0; i < small.length; i++) {
      small[i] = Integer.toString(i);
    }
    response = pod("n", "p", "nvidia.com/gpu", small);
    try (PodResources pods = new PodResources("s", socket, null, 24 << 20)) {
      assertThatThrownBy(() -> pods.read(now))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("24,576 GPUs");
    }
  }

  @Test
  void nonsense_isNoAnswer() {
    for (byte[] nonsense : new byte[][] {{0x0a}, {0x0a, 5, 1}, {(byte) 0xff, -1, -1}, {0x0b}}) {
      assertThatThrownBy(() -> PodDevices.in(ByteBuffer.wrap(nonsense), 1_000))
          .isInstanceOf(IOException.class);
    }
  }

  // ---- what pods were given

  private static byte[] container(byte[]... fields) {
    return field(3, joined(text(1, "c"), joined(fields)));
  }

  private static byte[] devices(String resource, String... ids) {
    return field(2, joined(text(1, resource), text(2, ids)));
  }

  private static byte[] claim(String claim, String driver, String device, String... cdi) {
    byte[] names = joined(field(1, text(1, cdi)), text(2, driver), text(3, "n1"), text(4, device));
    return field(5, joined(text(2, claim), text(3, "team"), field(4, names)));
  }

  private static byte[] podOf(String name, byte[]... containers) {
    return field(1, joined(text(1, name), text(2, "team"), joined(containers)));
  }

  private static Map<String, Set<Given>> parsed(byte[]... pods) throws IOException {
    return PodDevices.in(ByteBuffer.wrap(joined(pods)), 1_000);
  }

  private static List<String> gpus(Map<String, Set<Given>> pods, String name) {
    return pods.getOrDefault("team/" + name, Set.of()).stream().map(Given::gpu).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "nvidia.com/gpu, GPU-1, GPU-1",
    "nvidia.com/gpu.shared, GPU-1::12, GPU-1",
    "nvidia.com/mig-1g.5gb, MIG-7, MIG-7",
    "nvidia.com/mig-1g.5gb.shared, MIG-7::0, MIG-7",
    "nvidia.com/mig-3g.20gb, MIG-GPU-1/2/0, MIG-GPU-1/2/0",
    "nvidia.com/gpu, nvidia0, nvidia0", // GKE
    "nvidia.com/gpu, nvidia0/gi1, nvidia0/gi1",
    "nvidia.com/gpu, nvidia0/vgpu3, nvidia0",
    "nvidia.com/gpu, nvidia0/gi1/vgpu3, nvidia0/gi1",
    "amd.com/gpu, 0000:22:00.0, 0000:22:00.0",
    "amd.com/gpu, 0000:22:00.0-slice-2, 0000:22:00.0",
    "amd.com/gpu, amdgpu_xcp_3, amdgpu_xcp_3",
    "amd.com/cpx_nps4, amdgpu_xcp_3, amdgpu_xcp_3",
    "aliyun.com/gpu-mem, GPU-1-_-4, GPU-1",
    "nvidia.com/gpu, GPU-0a0b0c0d-1111-2222-3333-444444444444-7,"
        + " GPU-0a0b0c0d-1111-2222-3333-444444444444", // HAMi
    "gpu.intel.com/i915, card0-1, card0-1",
    "gpu.intel.com/xe, card0, card0",
    "example.com/vgpu, whatever, whatever",
    "gpu.intel.com/i915_monitoring, all,",
    "gpu.intel.com/memory.max, 17,",
    "nvidia.com/hostdev, 0000:3b:00.2,",
    "intel.com/sriov, eth7,",
  })
  void idsOfEveryPlugin_areNamesOfGpus(String resource, String id, @Nullable String gpu)
      throws IOException {
    assertThat(gpus(parsed(podOf("p", container(devices(resource, id)))), "p"))
        .isEqualTo(gpu == null ? List.of() : List.of(gpu));
  }

  @Test
  void claims_areReadToo_byTheDeviceTheirDriverNames_orTheUuidThatTheRuntimeIsToldOf()
      throws IOException {
    String uuid = "GPU-0a0b0c0d-1111-2222-3333-444444444444";
    Map<String, Set<Given>> pods =
        parsed(
            podOf(
                "p",
                container(
                    claim("c1", "gpu.nvidia.com", "gpu-0", "k8s.gpu.nvidia.com/claim=5d2f-gpu-0"),
                    claim("c2", "gpu.amd.com", "gpu-9-136")),
                // an init container, and one with the same claim
                container(claim("c2", "gpu.amd.com", "gpu-9-136"))),
            podOf("q", container(claim("c3", "gpu.nvidia.com", "gpu-1", "nvidia.com/gpu=" + uuid))),
            podOf(
                "r",
                container(
                    claim("c4", "compute-domain.nvidia.com", "channel-0"),
                    claim("c5", "dra.net", "eth0"))));
    assertThat(gpus(pods, "p")).containsExactly("gpu.nvidia.com/gpu-0", "gpu.amd.com/gpu-9-136");
    assertThat(gpus(pods, "q")).containsExactly(uuid);
    assertThat(pods).doesNotContainKey("team/r");
    assertThat(pods.get("team/p")).extracting(Given::claim).containsExactly("team/c1", "team/c2");
  }
}
