// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.store.questdb;

import org.jspecify.annotations.NullMarked;
