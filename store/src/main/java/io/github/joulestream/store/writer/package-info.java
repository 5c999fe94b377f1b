// SPDX-License-Identifier: Apache-2.0
/** The store writer: results from their topics into a store, at least once. */
@NullMarked
package io.github.joulestream.store.writer;

import org.jspecify.annotations.NullMarked;
