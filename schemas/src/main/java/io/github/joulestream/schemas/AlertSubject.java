// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;

/**
 * The rule that an alert is of, and what it is about.
 *
 * @param rule what is wrong
 * @param site the site
 * @param budget the budget's id, or empty where there is none
 * @param scope what it is about, as {@link Scope#text}
 */
public record AlertSubject(Rule rule, String site, String budget, String scope) {}
