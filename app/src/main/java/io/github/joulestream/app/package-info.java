// SPDX-License-Identifier: Apache-2.0
/** The commands of {@code joulestream}. */
@NullMarked
package io.github.joulestream.app;

import org.jspecify.annotations.NullMarked;
