// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.store.points;

import org.jspecify.annotations.NullMarked;
