// SPDX-License-Identifier: Apache-2.0
/** Readers of what comes from outside, which cost a bounded amount of time and memory. */
@NullMarked
package io.github.joulestream.producers.input;

import org.jspecify.annotations.NullMarked;
