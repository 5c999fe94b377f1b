// SPDX-License-Identifier: Apache-2.0
/** Certificates and keys out of PEM files, for servers and clients, with the JDK alone. */
@NullMarked
package io.github.joulestream.runtime.tls;

import org.jspecify.annotations.NullMarked;
