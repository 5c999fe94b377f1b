// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.producers.probe.nvml;

import org.jspecify.annotations.NullMarked;
