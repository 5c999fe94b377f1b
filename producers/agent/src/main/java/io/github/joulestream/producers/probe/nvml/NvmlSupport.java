// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which values a GPU gives: what it does not support, or this user may not read, is logged once and
 * not asked for again. Mutable; one thread.
 *
 * @param <V> the values; their {@code toString} is for people
 */
final class NvmlSupport<V extends Enum<V>> {
  private static final Logger log = LoggerFactory.getLogger(NvmlSupport.class);

  private final String uuid;
  private final Set<V> off;

  NvmlSupport(String uuid, Class<V> values) {
    this.uuid = uuid;
    this.off = EnumSet.noneOf(values);
  }

  boolean isOff(V value) {
    return off.contains(value);
  }

  /** It is not asked for. */
  void turnOff(V value) {
    off.add(value);
  }

  /** It is asked for again. */
  void tryAgain(V value) {
    off.remove(value);
  }

  /** What it does not give, for people. */
  Stream<String> notGiven() {
    return off.stream().map(Object::toString);
  }

  /**
   * Judges the answer of a function that was to give a value.
   *
   * @return true if it gave it; after any other answer the next one may be better, unless {@link
   *     #isOff} is true now
   * @throws NvmlGpu.Lost if the GPU or the driver does not answer any more
   */
  boolean judge(NvmlSession session, V value, int answer) throws NvmlGpu.Lost {
    if (answer == Nvml.SUCCESS) {
      return true;
    }
    if (isLost(answer)) {
      throw new NvmlGpu.Lost(answer);
    }
    if (isNever(answer)) {
      off.add(value);
      log.info("GPU {} does not give its {}: {}", uuid, value, session.words(answer));
    }
    return false;
  }

  static boolean isNever(int answer) {
    return answer == Nvml.NOT_SUPPORTED
        || answer == Nvml.NO_PERMISSION
        || answer == Nvml.FUNCTION_NOT_FOUND
        || answer == Nvml.DEPRECATED;
  }

  static boolean isLost(int answer) {
    return answer == Nvml.GPU_IS_LOST
        || answer == Nvml.RESET_REQUIRED
        || answer == Nvml.UNINITIALIZED
        || answer == Nvml.DRIVER_NOT_LOADED;
  }
}
