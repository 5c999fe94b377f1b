// SPDX-License-Identifier: Apache-2.0
/** The rights in Kafka that each part of Joulestream needs, and no more. */
@NullMarked
package io.github.joulestream.app.rights;

import org.jspecify.annotations.NullMarked;
