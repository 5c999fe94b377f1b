// SPDX-License-Identifier: Apache-2.0
/** NVIDIA GPUs and MIG instances, by NVML through the foreign function interface. */
@NullMarked
package io.github.joulestream.producers.probe.nvml;

import org.jspecify.annotations.NullMarked;
