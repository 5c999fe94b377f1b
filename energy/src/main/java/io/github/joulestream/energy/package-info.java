// SPDX-License-Identifier: Apache-2.0
/** Devices, readings and the amounts that are added up; the terms of all other modules. */
@NullMarked
package io.github.joulestream.energy;

import org.jspecify.annotations.NullMarked;
