// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.energy.alerts;

import org.jspecify.annotations.NullMarked;
