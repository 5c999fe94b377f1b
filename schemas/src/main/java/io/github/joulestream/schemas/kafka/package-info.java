// SPDX-License-Identifier: Apache-2.0
/** What consumers of every module have in common: groups, offsets, refused records. */
@NullMarked
package io.github.joulestream.schemas.kafka;

import org.jspecify.annotations.NullMarked;
