// SPDX-License-Identifier: Apache-2.0
/** System calls that the JDK has no class for. */
@NullMarked
package io.github.joulestream.runtime.linux;

import org.jspecify.annotations.NullMarked;
