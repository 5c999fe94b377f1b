// SPDX-License-Identifier: Apache-2.0
/** Integration: energy between two readings, counters, calibration and plausibility. */
@NullMarked
package io.github.joulestream.energy.integrate;

import org.jspecify.annotations.NullMarked;
