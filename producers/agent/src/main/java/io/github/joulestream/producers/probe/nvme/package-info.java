// SPDX-License-Identifier: Apache-2.0
/** NVMe drives: identification and power states, by the kernel's ioctl. */
@NullMarked
package io.github.joulestream.producers.probe.nvme;

import org.jspecify.annotations.NullMarked;
