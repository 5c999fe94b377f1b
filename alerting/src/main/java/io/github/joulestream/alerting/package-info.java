// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.alerting;

import org.jspecify.annotations.NullMarked;
