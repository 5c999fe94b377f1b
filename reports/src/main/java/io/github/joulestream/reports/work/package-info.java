// SPDX-License-Identifier: Apache-2.0
/** Work of jobs over their energy, in groups, and whether two groups differ. */
@NullMarked
package io.github.joulestream.reports.work;

import org.jspecify.annotations.NullMarked;
