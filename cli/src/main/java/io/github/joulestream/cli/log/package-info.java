// SPDX-License-Identifier: Apache-2.0
/** Where the log lines of a program go, and how texts from outside are shown in them. */
@NullMarked
package io.github.joulestream.cli.log;

import org.jspecify.annotations.NullMarked;
