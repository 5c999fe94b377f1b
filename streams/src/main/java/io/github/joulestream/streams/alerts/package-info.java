// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.streams.alerts;

import org.jspecify.annotations.NullMarked;
