// SPDX-License-Identifier: Apache-2.0
/**
 * Attribution: books the energy of a node's devices to jobs and to idle, and corrects it when
 * records arrive late.
 */
@NullMarked
package io.github.joulestream.energy.attribute;

import org.jspecify.annotations.NullMarked;
