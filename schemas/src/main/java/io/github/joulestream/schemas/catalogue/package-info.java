// SPDX-License-Identifier: Apache-2.0
/** The catalogue of measurements: what stores hold, by name, tag and field; needs energy alone. */
@NullMarked
package io.github.joulestream.schemas.catalogue;

import org.jspecify.annotations.NullMarked;
