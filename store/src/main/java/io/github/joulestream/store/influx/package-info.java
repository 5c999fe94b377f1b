// SPDX-License-Identifier: Apache-2.0
/** InfluxDB 1.x, 2.x and 3: buckets, writes, and queries by InfluxQL. */
@NullMarked
package io.github.joulestream.store.influx;

import org.jspecify.annotations.NullMarked;
