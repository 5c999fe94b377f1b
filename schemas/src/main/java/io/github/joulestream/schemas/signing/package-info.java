// SPDX-License-Identifier: Apache-2.0
/**
 * Signatures of records: who may speak for a site and for a node, and whether a record is theirs.
 */
@NullMarked
package io.github.joulestream.schemas.signing;

import org.jspecify.annotations.NullMarked;
