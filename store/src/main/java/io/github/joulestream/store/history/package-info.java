// SPDX-License-Identifier: Apache-2.0
/** What reports read out of a store: years of history, row by row, added up in the store. */
@NullMarked
package io.github.joulestream.store.history;

import org.jspecify.annotations.NullMarked;
