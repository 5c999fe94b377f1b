// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.CapAdvice;

/** Emits the output of one site. */
interface AlertEmitter {
  void emit(Alert alert);

  void emit(CapAdvice advice);
}
