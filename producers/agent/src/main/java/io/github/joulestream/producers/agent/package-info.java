// SPDX-License-Identifier: Apache-2.0
/** The agent of a node: reads probes in turns and publishes batches. */
@NullMarked
package io.github.joulestream.producers.agent;

import org.jspecify.annotations.NullMarked;
