// SPDX-License-Identifier: Apache-2.0
/** The command {@code agent}: its options, its main class, and the table of {@code --print}. */
@NullMarked
package io.github.joulestream.producers.command;

import org.jspecify.annotations.NullMarked;
