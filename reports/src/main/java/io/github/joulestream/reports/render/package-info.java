// SPDX-License-Identifier: Apache-2.0
/** Forms of reports. */
@NullMarked
package io.github.joulestream.reports.render;

import org.jspecify.annotations.NullMarked;
