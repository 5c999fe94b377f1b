// SPDX-License-Identifier: Apache-2.0
/**
 * State of the accounting topology: the accounts of nodes in memory, their journal and history, the
 * stores that are written when a task commits, and nodes that are set aside.
 */
@NullMarked
package io.github.joulestream.streams.state;

import org.jspecify.annotations.NullMarked;
