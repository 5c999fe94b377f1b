// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.github.joulestream.producers.publish;

import org.jspecify.annotations.NullMarked;
