// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.PoolPeaks;

/** Emits the output of one site. */
interface AlertEmitter {
  void emit(Alert alert);

  void emit(CapAdvice advice);

  void emit(Capacity capacity);

  void emit(PoolPeaks peaks);
}
