// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.app.alerts;

import org.jspecify.annotations.NullMarked;
