// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.delivery;

import org.jspecify.annotations.NullMarked;
