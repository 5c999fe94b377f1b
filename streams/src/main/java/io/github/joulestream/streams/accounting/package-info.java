// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.streams.accounting;

import org.jspecify.annotations.NullMarked;
