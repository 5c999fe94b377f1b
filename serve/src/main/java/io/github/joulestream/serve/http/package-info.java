// SPDX-License-Identifier: Apache-2.0
/** HTTP: routes, requests, answers, errors, and the server that they are reached through. */
@NullMarked
package io.github.joulestream.serve.http;

import org.jspecify.annotations.NullMarked;
