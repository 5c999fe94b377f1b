// SPDX-License-Identifier: Apache-2.0
/**
 * Processors of the accounting topology: they attribute the energy of nodes and add up windows and
 * totals of jobs and sites.
 */
@NullMarked
package io.github.joulestream.streams.accounting;

import org.jspecify.annotations.NullMarked;
