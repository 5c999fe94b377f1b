// SPDX-License-Identifier: Apache-2.0
/** Figures of the pipeline itself: lag, rates, age of the newest windows. */
@NullMarked
package io.github.joulestream.store.health;

import org.jspecify.annotations.NullMarked;
