// SPDX-License-Identifier: Apache-2.0
/**
 * What users and sites could save: rules over jobs of a class, each with the figures that it rests
 * on, and what-ifs. Nothing is advised under {@link
 * io.github.joulestream.reports.advice.Spread#FEWEST} jobs, or within noise.
 */
@NullMarked
package io.github.joulestream.reports.advice;

import org.jspecify.annotations.NullMarked;
