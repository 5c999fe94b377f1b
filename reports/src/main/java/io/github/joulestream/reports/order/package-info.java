// SPDX-License-Identifier: Apache-2.0
/** Reports as they are ordered: by a command, or by a request. */
@NullMarked
package io.github.joulestream.reports.order;

import org.jspecify.annotations.NullMarked;
