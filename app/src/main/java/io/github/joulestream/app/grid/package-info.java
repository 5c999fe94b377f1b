// SPDX-License-Identifier: Apache-2.0
/** The topic of the supply of sites, as its commands read and write it. */
@NullMarked
package io.github.joulestream.app.grid;

import org.jspecify.annotations.NullMarked;
