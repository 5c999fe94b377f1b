// SPDX-License-Identifier: Apache-2.0
/** Reports the state of a service to systemd. */
@NullMarked
package io.github.joulestream.runtime.systemd;

import org.jspecify.annotations.NullMarked;
