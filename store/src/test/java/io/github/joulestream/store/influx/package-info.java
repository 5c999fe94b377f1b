// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.store.influx;

import org.jspecify.annotations.NullMarked;
