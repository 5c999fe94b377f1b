// SPDX-License-Identifier: Apache-2.0
/** Publishing to Kafka, directly or through a spool on disk. */
@NullMarked
package io.github.joulestream.producers.publish;

import org.jspecify.annotations.NullMarked;
