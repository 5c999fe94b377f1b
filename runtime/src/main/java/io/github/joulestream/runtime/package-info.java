// SPDX-License-Identifier: Apache-2.0
/** What every program needs: clocks, figures, health, HTTP, retries, and quantities as text. */
@NullMarked
package io.github.joulestream.runtime;

import org.jspecify.annotations.NullMarked;
