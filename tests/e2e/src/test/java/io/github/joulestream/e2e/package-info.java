// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.e2e;

import org.jspecify.annotations.NullMarked;
