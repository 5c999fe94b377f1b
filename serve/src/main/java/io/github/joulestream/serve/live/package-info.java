// SPDX-License-Identifier: Apache-2.0
/** What sites do now, out of the topics. */
@NullMarked
package io.github.joulestream.serve.live;

import org.jspecify.annotations.NullMarked;
