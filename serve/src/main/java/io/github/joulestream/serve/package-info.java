// SPDX-License-Identifier: Apache-2.0
/** The program: the parts of the API and the page, put together. */
@NullMarked
package io.github.joulestream.serve;

import org.jspecify.annotations.NullMarked;
