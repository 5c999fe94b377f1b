// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.store;

import org.jspecify.annotations.NullMarked;
