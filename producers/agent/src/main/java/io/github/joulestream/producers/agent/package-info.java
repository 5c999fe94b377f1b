// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.producers.agent;

import org.jspecify.annotations.NullMarked;
