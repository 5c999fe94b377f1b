// SPDX-License-Identifier: Apache-2.0
/** Commands that read the API: what users type on a login node. */
@NullMarked
package io.github.joulestream.app.query;

import org.jspecify.annotations.NullMarked;
