// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import org.jspecify.annotations.Nullable;

/**
 * Names of one maker's GPUs on a node, by the maker's tools, schedulers, device plugins. As it is
 * now; immutable.
 */
public interface GpuNumbering {
  /**
   * Before a number or a device file that a scheduler counted, or a person after it. Schedulers
   * count shares of GPUs and GPUs in one row, and how is not certain: such a name means something
   * only where it means the same whoever counts.
   */
  String COUNTED = "counted:";

  /** True if there are GPUs of this maker: then a plain number is one of theirs. */
  boolean any();

  /**
   * The id of the device that is called so; null if there is none, or if it is not certain which.
   */
  @Nullable String find(String name);
}
