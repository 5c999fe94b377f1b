// SPDX-License-Identifier: Apache-2.0
/** Conversion of results to points: one class for each measurement. */
@NullMarked
package io.github.joulestream.store.points;

import org.jspecify.annotations.NullMarked;
