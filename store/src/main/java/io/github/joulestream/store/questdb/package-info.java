// SPDX-License-Identifier: Apache-2.0
/** The embedded QuestDB, and queries to it by SQL. */
@NullMarked
package io.github.joulestream.store.questdb;

import org.jspecify.annotations.NullMarked;
