// SPDX-License-Identifier: Apache-2.0
/** Says to systemd how a service is. */
@NullMarked
package io.github.joulestream.runtime.systemd;

import org.jspecify.annotations.NullMarked;
