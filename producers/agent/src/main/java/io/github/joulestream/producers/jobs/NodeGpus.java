// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.jobs.LocalJob.Shares;
import io.github.joulestream.producers.probe.GpuNumbering;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The GPUs of a node, and which of them a job has by the names that its source knows. One thread.
 *
 * <p>A name that no probe knows is published as it is, as the id of a device without readings: so
 * the job has device time that is not covered, and the name is shown to people.
 */
final class NodeGpus {
  private static final Logger log = LoggerFactory.getLogger(NodeGpus.class);
  // a name of a job that no probe knows may be anything
  private static final int MAX_UNKNOWN = 16;

  private final Supplier<List<GpuNumbering>> numberings;
  private final Map<String, Device> devices = new LinkedHashMap<>();
  private final Map<String, Set<String>> unknownByJob = new TreeMap<>();
  private final Set<String> logged = new HashSet<>();

  NodeGpus(Supplier<List<GpuNumbering>> numberings) {
    this.numberings = numberings;
  }

  /** Takes in a device that a probe reads; true if it is new, or another share of its GPU. */
  boolean sees(Device device) {
    Device before = devices.put(device.id(), device);
    return before == null
        || before.capacityBytes() != device.capacityBytes()
        || !before.instanceOf().equals(device.instanceOf());
  }

  /** Ids of GPUs, without those of instances. */
  Set<String> wholeGpus() {
    return devices.values().stream()
        .filter(device -> device.kind() == DeviceKind.GPU)
        .map(device -> device.whole().id())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The job's share of each GPU by its id; a name that is not understood is an id. */
  Map<String, Integer> sharesOf(LocalJob job) {
    Map<String, Integer> shares = new TreeMap<>();
    if (job.hasTheNode()) {
      wholeGpus().forEach(gpu -> shares.put(gpu, Shares.WHOLE));
    }
    Set<String> unknown = new TreeSet<>();
    Map<String, Integer> gpus = job.gpus();
    if (gpus != null && !gpus.isEmpty()) {
      List<GpuNumbering> known = numberings.get();
      new TreeMap<>(gpus)
          .forEach((name, share) -> {
            String id = find(name, known);
            Device device = id == null ? null : devices.get(id);
            if (device != null) {
              int whole = share * shareOfGpu(device) / Shares.WHOLE;
              shares.merge(device.whole().id(), whole, (a, b) -> Math.min(Shares.WHOLE, a + b));
            } else if (unknown.size() < MAX_UNKNOWN && unknown.add(unknownId(name))) {
              shares.put(id == null ? unknownId(name) : id, share);
            }
          });
    }
    remember(job.id(), unknown);
    return shares;
  }

  private void remember(String job, Set<String> unknown) {
    if (unknown.isEmpty()) {
      unknownByJob.remove(job);
    } else if (!unknown.equals(unknownByJob.put(job, unknown))) {
      unknown.forEach(name -> {
        if (logged.size() < 10_000 && logged.add(name)) {
          log.warn(
              "Job {} has GPU '{}', which no probe of this node knows; see docs/jobs.md",
              job,
              name);
        }
      });
    }
  }

  /** A job has nothing more. */
  void forget(String job) {
    unknownByJob.remove(job);
  }

  /** What jobs hold that is not understood, in words: {@code job 4711: '2'}. */
  List<String> notUnderstood() {
    List<String> words = new ArrayList<>();
    unknownByJob.forEach(
        (job, names) -> names.forEach(name -> words.add("job %s: '%s'".formatted(job, name))));
    return words;
  }

  /** The id of a device without readings. */
  private static String unknownId(String name) {
    return Names.id(plain(name));
  }

  private static String plain(String name) {
    return name.startsWith(GpuNumbering.COUNTED)
        ? name.substring(GpuNumbering.COUNTED.length())
        : name;
  }

  private @Nullable String find(String given, List<GpuNumbering> known) {
    // a replica of a GPU is the GPU
    String name = given.contains("::") ? given.substring(0, given.indexOf("::")) : given;
    if (name.length() > GpuNumbering.COUNTED.length() + Bounds.NAME_CHARACTERS) {
      return null; // no GPU is called so, and to compare it with patterns takes long
    }
    Device device = devices.get(name);
    if (device != null && device.kind() == DeviceKind.GPU) {
      return name;
    }
    for (GpuNumbering numbering : known) {
      String id = numbering.find(name);
      if (id != null) {
        return id;
      }
      if (numbering.any() && plain(name).matches("\\d+")) {
        return null; // of two makers' GPUs it would be a guess whose
      }
    }
    return null;
  }

  /** An instance's share of its GPU: by memory where that is known, else equal shares. */
  private int shareOfGpu(Device device) {
    if (device.instanceOf().isEmpty()) {
      return Shares.WHOLE;
    }
    List<Device> instances =
        devices.values().stream()
            .filter(other -> other.instanceOf().equals(device.instanceOf()))
            .toList();
    Device whole = devices.get(device.instanceOf());
    long bytes =
        whole != null && whole.capacityBytes() > 0
            ? whole.capacityBytes()
            : instances.stream().mapToLong(Device::capacityBytes).sum();
    boolean known = instances.stream().allMatch(instance -> instance.capacityBytes() > 0);
    return known
        ? Math.clamp(
            Math.round(device.capacityBytes() * (double) Shares.WHOLE / bytes), 0, Shares.WHOLE)
        : Shares.WHOLE / instances.size();
  }
}
