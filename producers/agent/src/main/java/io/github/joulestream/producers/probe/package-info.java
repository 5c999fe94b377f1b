// SPDX-License-Identifier: Apache-2.0
/** Probes: each reads one kind of source of a node. */
@NullMarked
package io.github.joulestream.producers.probe;

import org.jspecify.annotations.NullMarked;
