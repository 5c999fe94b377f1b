// SPDX-License-Identifier: Apache-2.0
/**
 * The command line of every program: options that several commands share, settings from the
 * environment and from files, and the exit status.
 */
@NullMarked
package io.github.joulestream.cli;

import org.jspecify.annotations.NullMarked;
