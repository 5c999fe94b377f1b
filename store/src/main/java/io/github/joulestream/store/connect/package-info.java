// SPDX-License-Identifier: Apache-2.0
/** Detects the kind of a store and connects to it. */
@NullMarked
package io.github.joulestream.store.connect;

import org.jspecify.annotations.NullMarked;
