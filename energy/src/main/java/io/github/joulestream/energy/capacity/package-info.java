// SPDX-License-Identifier: Apache-2.0
/**
 * Memory and storage of a site: what is stranded, untouched and rentable, what pools of several
 * nodes could do without, and when storage is full.
 */
@NullMarked
package io.github.joulestream.energy.capacity;

import org.jspecify.annotations.NullMarked;
