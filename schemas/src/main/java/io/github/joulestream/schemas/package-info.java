// SPDX-License-Identifier: Apache-2.0
/**
 * Topics and their records, with one codec for each Avro schema: the only place that knows Avro.
 */
@NullMarked
package io.github.joulestream.schemas;

import org.jspecify.annotations.NullMarked;
