// SPDX-License-Identifier: Apache-2.0
/** Running the topologies: settings, start and restoration, failures, health and metrics. */
@NullMarked
package io.github.joulestream.streams;

import org.jspecify.annotations.NullMarked;
