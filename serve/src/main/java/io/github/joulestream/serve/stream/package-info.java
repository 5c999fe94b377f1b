// SPDX-License-Identifier: Apache-2.0
/** Live figures as server-sent events. */
@NullMarked
package io.github.joulestream.serve.stream;

import org.jspecify.annotations.NullMarked;
