// SPDX-License-Identifier: Apache-2.0
/**
 * What a report is: figures, tables and charts, before any form. JSON is this, and all other forms
 * are renderings of it.
 */
@NullMarked
package io.github.joulestream.reports.model;

import org.jspecify.annotations.NullMarked;
