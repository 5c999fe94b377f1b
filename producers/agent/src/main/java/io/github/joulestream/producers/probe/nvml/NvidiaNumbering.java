// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.probe.PciAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names of NVIDIA's GPUs and their instances (MIG):
 *
 * <table>
 * <caption>Names</caption>
 * <tr><td>{@code GPU-604ac76c-...}, {@code MIG-...}</td><td>UUID, or as much of its beginning as
 *     only one has</td></tr>
 * <tr><td>{@code MIG-GPU-604ac76c-.../1/0}</td><td>GPU instance, compute instance (drivers before
 *     470)</td></tr>
 * <tr><td>{@code 00000000:3B:00.0}</td><td>bus address</td></tr>
 * <tr><td>{@code 1}</td><td>index, as nvidia-smi counts: by bus address</td></tr>
 * <tr><td>{@code 1.7}</td><td>DCGM's: index, GPU instance id ("GI ID" in nvidia-smi)</td></tr>
 * <tr><td>{@code 1:0}</td><td>the container toolkit's: index, place among its instances</td></tr>
 * <tr><td>{@code /dev/nvidia1}, {@code nvidia1}, {@code nvidia1/gi7}</td><td>device file, whose
 *     number is the driver's minor number, not the index; GPU instance id</td></tr>
 * <tr><td>{@code gpu.nvidia.com/gpu-1}, {@code .../gpu-1-mig-...}</td><td>the DRA driver's: minor
 *     number, profile</td></tr>
 * </table>
 */
final class NvidiaNumbering implements GpuNumbering {
  static final int UNKNOWN = -1;
  private static final Pattern NAME =
      Pattern.compile("(?<index>\\d{1,4})(?:\\.(?<gi>\\d{1,4})|:(?<place>\\d{1,4}))?");
  private static final Pattern FILE =
      Pattern.compile("(?:/dev/)?nvidia(?<minor>\\d{1,4})(?:/gi(?<gi>\\d{1,4}))?");
  private static final Pattern OF_DRIVERS_BEFORE_470 =
      Pattern.compile("MIG-(?<uuid>GPU-[^/]+)/(?<gi>\\d{1,4})/(?<ci>\\d{1,4})");
  private static final Pattern CLAIMED =
      Pattern.compile(
          "gpu\\.nvidia\\.com/gpu-(?<minor>\\d{1,4})"
              + "(?<mig>-mig-(?:(?<profile>\\d[a-z0-9-]*[a-z][a-z0-9-]*)-)?\\d+-\\d+(?:-\\d+)?)?");
  // of a model 'NVIDIA A100-SXM4-80GB MIG 3g.40gb'
  private static final String MIG = " MIG ";
  private static final int MIN_UUID = "GPU-".length() + 4;

  private final List<Gpu> gpus;

  /**
   * A GPU.
   *
   * @param index as nvidia-smi counts
   * @param minor of its device file, or {@link #UNKNOWN}
   * @param address or null if unknown
   * @param instances in the order of their places
   */
  record Gpu(
      String uuid, int index, int minor, @Nullable PciAddress address, List<Instance> instances) {}

  /**
   * A MIG instance.
   *
   * @param place among the instances of its GPU
   * @param gi its GPU instance id, or {@link #UNKNOWN}
   * @param ci its compute instance id, or {@link #UNKNOWN}
   */
  record Instance(String uuid, int place, int gi, int ci, String model) {
    /** Its profile as in the DRA driver's names: {@code 3g40gb}. */
    String profile() {
      int at = model.lastIndexOf(MIG);
      return at < 0 ? "" : model.substring(at + MIG.length()).replace(".", "").replace('+', '-');
    }
  }

  NvidiaNumbering(List<Gpu> gpus) {
    this.gpus = List.copyOf(gpus);
  }

  @Override
  public boolean any() {
    return !gpus.isEmpty();
  }

  @Override
  public @Nullable String find(String name) {
    if (name.startsWith(COUNTED)) {
      return counted(name.substring(COUNTED.length()));
    }
    Matcher matcher = NAME.matcher(name);
    if (matcher.matches()) {
      int index = Integer.parseInt(matcher.group("index"));
      return of(one(gpu -> gpu.index == index), matcher.group("gi"), matcher.group("place"));
    }
    matcher = FILE.matcher(name);
    if (matcher.matches()) {
      return of(ofFile(matcher.group("minor")), matcher.group("gi"), null);
    }
    matcher = OF_DRIVERS_BEFORE_470.matcher(name);
    if (matcher.matches()) {
      String uuid = matcher.group("uuid");
      int gi = Integer.parseInt(matcher.group("gi"));
      int ci = Integer.parseInt(matcher.group("ci"));
      return uuidOf(
          gpus.stream().filter(gpu -> gpu.uuid.equals(uuid)).flatMap(gpu -> gpu.instances.stream()),
          instance -> instance.gi == gi && instance.ci == ci);
    }
    matcher = CLAIMED.matcher(name);
    if (matcher.matches()) {
      Gpu gpu = ofFile(matcher.group("minor"));
      return matcher.group("mig") == null || gpu == null
          ? of(gpu, null, null)
          : claimed(gpu, matcher.group("profile"));
    }
    PciAddress address = PciAddress.parse(name);
    return address != null ? of(one(gpu -> address.equals(gpu.address)), null, null) : byUuid(name);
  }

  /** Where there are instances it is not certain who counts what. */
  private @Nullable String counted(String name) {
    boolean number = NAME.matcher(name).matches() || FILE.matcher(name).matches();
    boolean instances = gpus.stream().anyMatch(gpu -> !gpu.instances.isEmpty());
    return number && instances ? null : find(name);
  }

  private @Nullable Gpu ofFile(String number) {
    int minor = Integer.parseInt(number);
    // a driver that does not give minor numbers counts by index
    boolean known = gpus.stream().anyMatch(gpu -> gpu.minor != UNKNOWN);
    return one(gpu -> (known ? gpu.minor : gpu.index) == minor);
  }

  private static @Nullable String of(
      @Nullable Gpu gpu, @Nullable String gi, @Nullable String place) {
    if (gpu == null) {
      return null;
    }
    if (gi == null && place == null) {
      return gpu.uuid;
    }
    if (gi != null && gpu.instances.stream().allMatch(instance -> instance.gi == UNKNOWN)) {
      return anyOf(gpu.instances);
    }
    int wanted = Integer.parseInt(gi != null ? gi : place);
    return uuidOf(
        gpu.instances.stream(), instance -> (gi != null ? instance.gi : instance.place) == wanted);
  }

  /**
   * The name ends with the number of a profile and the instance's place on the GPU, which only root
   * may ask for. What a job is charged with is its share of the GPU: any instance of the profile
   * has it, and where the profile is not named, any at all if they are alike.
   */
  private static @Nullable String claimed(Gpu gpu, @Nullable String profile) {
    List<Instance> found =
        gpu.instances.stream()
            .filter(instance -> profile == null || instance.profile().equals(profile))
            .toList();
    return anyOf(found);
  }

  /** What a job is charged with is the same of all that are alike; null if they are not. */
  private static @Nullable String anyOf(List<Instance> instances) {
    boolean alike = instances.stream().map(Instance::profile).distinct().count() == 1;
    return alike ? instances.getFirst().uuid : null;
  }

  private @Nullable String byUuid(String name) {
    if (name.length() < MIN_UUID || !(name.startsWith("GPU-") || name.startsWith("MIG-"))) {
      return null;
    }
    List<String> found =
        gpus.stream()
            .flatMap(gpu ->
                Stream.concat(Stream.of(gpu.uuid), gpu.instances.stream().map(Instance::uuid)))
            .filter(uuid -> uuid.startsWith(name))
            .toList();
    return found.contains(name) ? name : found.size() == 1 ? found.getFirst() : null;
  }

  private @Nullable Gpu one(Predicate<Gpu> wanted) {
    return gpus.stream().filter(wanted).findFirst().orElse(null);
  }

  /** Compute instances of one GPU instance have the same share of the GPU. */
  private static @Nullable String uuidOf(Stream<Instance> instances, Predicate<Instance> wanted) {
    return instances.filter(wanted).findFirst().map(Instance::uuid).orElse(null);
  }
}
