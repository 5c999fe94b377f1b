// SPDX-License-Identifier: Apache-2.0
/**
 * Alerts of sites as processors: records of a site become events, its power and energy are summed
 * by scope, and budgets and rules are evaluated. Begin at {@link
 * io.github.joulestream.streams.alerts.SiteWatch}.
 */
@NullMarked
package io.github.joulestream.streams.alerts;

import org.jspecify.annotations.NullMarked;
