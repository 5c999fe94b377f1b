// SPDX-License-Identifier: Apache-2.0
/** Who asks, and what they may see. */
@NullMarked
package io.github.joulestream.serve.access;

import org.jspecify.annotations.NullMarked;
