// SPDX-License-Identifier: Apache-2.0
/**
 * What a site's supply was: carbon intensity, mix, price, generation, contracts; and what energy
 * cost and emitted by it.
 */
@NullMarked
package io.github.joulestream.energy.grid;

import org.jspecify.annotations.NullMarked;
