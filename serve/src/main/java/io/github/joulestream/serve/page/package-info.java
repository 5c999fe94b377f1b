// SPDX-License-Identifier: Apache-2.0
/** The files of the page. */
@NullMarked
package io.github.joulestream.serve.page;

import org.jspecify.annotations.NullMarked;
