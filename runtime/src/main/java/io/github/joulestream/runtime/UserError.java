// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Something the person at the command line can mend. The message is one line that says what is
 * wrong and what to do; it is shown without a stack trace.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
