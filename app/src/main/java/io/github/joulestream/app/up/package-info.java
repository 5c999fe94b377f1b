// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code up}: broker, topologies, store and a workload in one process, and its summary.
 */
@NullMarked
package io.github.joulestream.app.up;

import org.jspecify.annotations.NullMarked;
