// SPDX-License-Identifier: Apache-2.0
/** The two topologies, with the names of their nodes, stores and topics. */
@NullMarked
package io.github.joulestream.streams.topology;

import org.jspecify.annotations.NullMarked;
