// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.app.up;

import org.jspecify.annotations.NullMarked;
