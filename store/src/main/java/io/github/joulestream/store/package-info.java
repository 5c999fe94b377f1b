// SPDX-License-Identifier: Apache-2.0
/** Points and the contracts of stores: a sink takes points, a reader returns records from them. */
@NullMarked
package io.github.joulestream.store;

import org.jspecify.annotations.NullMarked;
