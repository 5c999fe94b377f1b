// SPDX-License-Identifier: Apache-2.0
/** The endpoints of the API. */
@NullMarked
package io.github.joulestream.serve.api;

import org.jspecify.annotations.NullMarked;
