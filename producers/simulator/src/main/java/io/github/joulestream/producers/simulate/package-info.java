// SPDX-License-Identifier: Apache-2.0
/** Simulated sites whose true energy is known. */
@NullMarked
package io.github.joulestream.producers.simulate;

import org.jspecify.annotations.NullMarked;
