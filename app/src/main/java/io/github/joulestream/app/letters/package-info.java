// SPDX-License-Identifier: Apache-2.0
/** The topic of dead letters, as the commands read it, and what is written to topics again. */
@NullMarked
package io.github.joulestream.app.letters;

import org.jspecify.annotations.NullMarked;
