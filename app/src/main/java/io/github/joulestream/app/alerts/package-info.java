// SPDX-License-Identifier: Apache-2.0
/** Budgets as people write them: as options, in a YAML file and in their topic. */
@NullMarked
package io.github.joulestream.app.alerts;

import org.jspecify.annotations.NullMarked;
