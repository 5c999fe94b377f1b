// SPDX-License-Identifier: Apache-2.0
/** Refusal of records: counted, logged, and kept as dead letters. */
@NullMarked
package io.github.joulestream.streams.failure;

import org.jspecify.annotations.NullMarked;
