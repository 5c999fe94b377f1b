// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.schemas;

import org.jspecify.annotations.NullMarked;
