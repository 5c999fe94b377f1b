// SPDX-License-Identifier: Apache-2.0
/** What happened in a period, added up exactly out of the store. */
@NullMarked
package io.github.joulestream.reports.data;

import org.jspecify.annotations.NullMarked;
