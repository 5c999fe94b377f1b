// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Where the schema of a record from another release can be looked up. */
@FunctionalInterface
interface SchemaSource {
  /** The schema with this CRC-64-AVRO fingerprint, or null if it is not known here. */
  @Nullable Schema find(long fingerprint);
}
