// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.producers.input.Names;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which pods have which GPUs, by an answer of the kubelet, {@code ListPodResourcesResponse} of
 * {@code k8s.io/kubelet/pkg/apis/podresources/v1/api.proto}: of each container the ids that device
 * plugins gave it, and the devices of its claims (DRA).
 */
final class PodDevices {
  // what device plugins add to an id of a GPU that they give to several: NVIDIA's, GKE's, AMD's,
  // Alibaba's, HAMi's
  private static final Pattern REPLICA =
      Pattern.compile("(.+?)(?:::\\d+|/vgpu\\d+|-slice-\\d+|-_-\\d+)");
  private static final String UUID =
      "(?:GPU|MIG)-\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}";
  private static final Pattern REPLICA_OF_UUID = Pattern.compile("(" + UUID + ")-\\d+");
  private static final Pattern WITH_UUID = Pattern.compile(".*?(" + UUID + ").*");
  private static final Pattern PARTITIONS = Pattern.compile("amd\\.com/[a-z]{2,4}x_nps\\d+");
  // Intel's plugin: other resources of that name are amounts, or all GPUs for a monitor
  private static final Pattern OF_INTEL = Pattern.compile("gpu\\.intel\\.com/.*");
  private static final Pattern INTELS_GPUS = Pattern.compile("gpu\\.intel\\.com/(?:i915|xe)");

  private PodDevices() {}

  /**
   * A GPU, or a share of one, that a pod was given.
   *
   * @param id by which it was given: a device plugin gives an id to one pod at a time
   * @param gpu name of the GPU, or of the share
   * @param claim by which it was given, {@code namespace/name}, or empty: pods may share one
   */
  record Given(String id, String gpu, String claim) {}

  /**
   * GPUs by pod, {@code namespace/name}.
   *
   * @param most GPUs and shares of them, over all pods
   * @throws IOException if it is no such answer, or has more
   */
  static Map<String, Set<Given>> in(ByteBuffer response, int most) throws IOException {
    Map<String, Set<Given>> pods = new TreeMap<>();
    int count = 0;
    for (ByteBuffer pod : fields(response, 1)) {
      Set<Given> gpus = new LinkedHashSet<>();
      for (ByteBuffer container : fields(pod, 3)) {
        for (ByteBuffer devices : fields(container, 2)) {
          if (isOfGpus(text(devices, 1))) {
            for (ByteBuffer bytes : fields(devices, 2)) {
              String id = Names.id(UTF_8.decode(bytes).toString());
              gpus.add(new Given(id, withoutReplica(id), ""));
            }
          }
        }
        for (ByteBuffer claim : fields(container, 5)) {
          String name = Names.id(text(claim, 3) + "/" + text(claim, 2));
          for (ByteBuffer device : fields(claim, 4)) {
            addClaimed(name, device, gpus);
          }
        }
      }
      count += gpus.size();
      if (count > most) {
        throw new IOException("pods have more than %,d GPUs or shares of them".formatted(most));
      }
      if (!gpus.isEmpty()) {
        pods.put(text(pod, 2) + "/" + text(pod, 1), gpus);
      }
    }
    return pods;
  }

  private static void addClaimed(String claim, ByteBuffer device, Set<Given> gpus)
      throws IOException {
    String driver = Names.id(text(device, 2));
    String name = Names.id(text(device, 4));
    if (!driver.contains("gpu") && !name.startsWith("gpu")) {
      return;
    }
    String id = driver + "/" + name;
    String gpu = id;
    for (ByteBuffer cdi : fields(device, 1)) {
      Matcher matcher = WITH_UUID.matcher(text(cdi, 1));
      if (matcher.matches()) {
        gpu = matcher.group(1);
      }
    }
    gpus.add(new Given(id, gpu, claim));
  }

  /** True if devices of this resource are GPUs or shares of them. */
  private static boolean isOfGpus(String resource) {
    return OF_INTEL.matcher(resource).matches()
        ? INTELS_GPUS.matcher(resource).matches()
        : resource.contains("gpu")
            || resource.contains("/mig-")
            || PARTITIONS.matcher(resource).matches();
  }

  private static String withoutReplica(String id) {
    for (Pattern pattern : List.of(REPLICA, REPLICA_OF_UUID)) {
      Matcher matcher = pattern.matcher(id);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    return id;
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
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number without end");
  }
}
