// SPDX-License-Identifier: Apache-2.0
/** Records that a command which only reads a topic cannot read. */
@NullMarked
package io.github.joulestream.app.log;

import org.jspecify.annotations.NullMarked;
