// SPDX-License-Identifier: Apache-2.0
/** Grafana dashboards and alert rules, made from one description of panels and queries. */
@NullMarked
package io.github.joulestream.dashboards;

import org.jspecify.annotations.NullMarked;
